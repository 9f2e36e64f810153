"""Small feeds built in the test, and the way to real ones."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.bus.operations.gtfs import Feed, FeedRefused, FeedReport, Limits

REAL_FEEDS = Path(__file__).resolve().parents[4] / "shared" / "data" / "gtfs"
LARGE = pytest.mark.large
DRILL = "CITIZEN_DRILL" in os.environ
"""Whether `make drills` asks for full sizes."""
Content = Mapping[str, str | bytes | None]

SMALL: dict[str, str] = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,宿迁公交,https://bus.example/,Asia/Shanghai\n",
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "s1,宿迁站,33.91,118.25,,\ns2,市政府,33.96,118.28,0,\ns3,项王故里,33.94,118.28,,P\nP,枢纽,33.94,118.28,1,\n"
    ),
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\nr1,A,1路,,3\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign,direction_id\nr1,WD,t1,项王故里,0\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,08:00:00,08:00:00,s1,1\nt1,08:10:00,08:11:00,s2,2\nt1,08:20:00,08:20:00,s3,3\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "WD,1,1,1,1,1,0,0,20260101,20281231\n"
    ),
    "feed_info.txt": "feed_publisher_name,feed_publisher_url,feed_lang\n宿迁公交,https://bus.example/,zh-CN\n",
}


def edit(file: str, *pairs: tuple[str, str]) -> dict[str, str]:
    """The small feed's file with each old text replaced by a new one."""
    content = SMALL[file]
    for old, new in pairs:
        assert old in content
        content = content.replace(old, new, 1)
    return {file: content}


def more(file: str, *lines: str) -> dict[str, str]:
    """The small feed's file with lines added."""
    return {file: SMALL[file] + "".join(line + "\n" for line in lines)}


def write_zip(folder: Path, changes: Content | None = None, *, inside: str = "") -> Path:
    """The small feed with files replaced, added or (None) removed, as a zip file."""
    path = folder / "feed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**SMALL, **(changes or {})}.items():
            if content is not None:
                undated = zipfile.ZipInfo(inside + name)  # the same bytes whenever it is made
                archive.writestr(undated, content, zipfile.ZIP_DEFLATED)
    return path


def check(folder: Path, changes: Content | None = None, limits: Limits | None = None) -> FeedReport:
    """The report on the small feed with changes."""
    try:
        with Feed.open(write_zip(folder, changes), limits) as feed:
            return feed.check()
    except FeedRefused as refused:
        return refused.report


def real_feed(name: str) -> Path:
    """A real feed beside the project; the test is skipped where it is not."""
    path = REAL_FEEDS / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path
