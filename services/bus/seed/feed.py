"""A small bus network for demonstrations: Suqian (宿迁), five lines, Chinese names with English translations.

Our own data, made up for this project and free to use (CC0). The places exist; the lines, times and stop
codes are invented, and coordinates (WGS-84) are approximate. The feed is a function of its start date and
nothing else.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from services.bus.seed.network import CALLS, LINES, STOPS, Line

YEARS = 3
_ZONE = "Asia/Shanghai"
_SECONDS_BETWEEN_STOPS = 180
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_URL = "https://bus.suqian.example/"
_HOLIDAYS = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
Row = tuple[object, ...]


def demo_files(start: date) -> dict[str, str]:
    """The feed as {file name: CSV text}, valid for `YEARS` years from `start`."""
    end = start + timedelta(days=365 * YEARS)
    return {
        "agency.txt": _csv(
            "agency_id,agency_name,agency_url,agency_timezone,agency_lang,agency_phone",
            [("SQ", "宿迁示范公交", _URL, _ZONE, "zh-CN", "0527-00000000")],
        ),
        "feed_info.txt": _csv(
            "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version",
            [("宿迁示范公交", _URL, "zh-CN", _day(start), _day(end), f"demo-{_day(start)}")],
        ),
        "stops.txt": _csv(
            "stop_id,stop_code,stop_name,stop_lat,stop_lon,location_type,parent_station",
            _stops(),
        ),
        "routes.txt": _csv(
            "route_id,agency_id,route_short_name,route_long_name,route_type,route_color,route_text_color,"
            "route_sort_order",
            _routes(),
        ),
        "calendar.txt": _csv(
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date",
            [
                ("WEEKDAY", 1, 1, 1, 1, 1, 0, 0, _day(start), _day(end)),
                ("WEEKEND", 0, 0, 0, 0, 0, 1, 1, _day(start), _day(end)),
                ("DAILY", 1, 1, 1, 1, 1, 1, 1, _day(start), _day(end)),
            ],
        ),
        "calendar_dates.txt": _csv("service_id,date,exception_type", _holidays(start, end)),
        "trips.txt": _csv("route_id,service_id,trip_id,trip_headsign,direction_id", _trips()),
        "stop_times.txt": _csv(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence,timepoint", _stop_times()
        ),
        "frequencies.txt": _csv("trip_id,start_time,end_time,headway_secs,exact_times", _frequencies()),
        "translations.txt": _csv(
            "table_name,field_name,language,translation,record_id,record_sub_id,field_value", _translations()
        ),
    }


def demo_zip(start: date) -> bytes:
    """The feed as a GTFS zip; the same bytes for the same start date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in demo_files(start).items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.encode())
    return buffer.getvalue()


def write_demo_folder(folder: Path, start: date) -> None:
    """Write the feed's files into a folder, which is created."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in demo_files(start).items():
        (folder / name).write_text(content, encoding="utf-8", newline="")


def _csv(header: str, rows: Iterable[Row]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return buffer.getvalue()


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _time(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _stops() -> Iterator[Row]:
    for number, stop in enumerate(STOPS):
        kind = 1 if stop.is_station else 0
        yield stop.id, f"{1001 + number}", stop.zh, stop.lat, stop.lon, kind, stop.parent


def _routes() -> Iterator[Row]:
    for order, line in enumerate(LINES):
        ends = f"{_name(CALLS[line.id][0])}—{_name(CALLS[line.id][-1])}"
        yield line.id, "SQ", line.zh, ends, 3, line.colour, "FFFFFF", order


def _name(stop_id: str, english: bool = False) -> str:
    stop = next(stop for stop in STOPS if stop.id == stop_id)
    return stop.en if english else stop.zh


def _holidays(start: date, end: date) -> Iterator[Row]:
    """On public holidays that fall on a weekday, the weekend timetable runs."""
    for year in range(start.year, end.year + 1):
        for month, number in _HOLIDAYS:
            day = date(year, month, number)
            if start <= day <= end and day.weekday() < 5:
                yield "WEEKDAY", _day(day), 2
                yield "WEEKEND", _day(day), 1


def _directions(line: Line) -> Iterator[tuple[int, Sequence[str]]]:
    yield 0, CALLS[line.id]
    yield 1, CALLS[line.id][::-1]


def _trip_starts(line: Line) -> Iterator[tuple[str, str, int, Sequence[str], int]]:
    """Every trip as (trip id, service, direction, stops, first departure in seconds)."""
    for direction, stops in _directions(line):
        for service, periods in line.services.items():
            starts = [period.start for period in periods[:1]] if line.headway else _starts(line, service)
            for number, start in enumerate(starts):
                yield f"{line.id}-{service}-{direction}-{number:03}", service, direction, stops, start


def _starts(line: Line, service: str) -> list[int]:
    return [
        start for period in line.services[service] for start in range(period.start, period.end, period.every)
    ]


def _trips() -> Iterator[Row]:
    for line in LINES:
        for trip_id, service, direction, stops, _ in _trip_starts(line):
            yield line.id, service, trip_id, _name(stops[-1]), direction


def _stop_times() -> Iterator[Row]:
    for line in LINES:
        for trip_id, _, _, stops, start in _trip_starts(line):
            for place, stop_id in enumerate(stops):
                given = not line.few_timepoints or place % 3 == 0 or place == len(stops) - 1
                shown = _time(start + place * _SECONDS_BETWEEN_STOPS) if given else ""
                yield trip_id, shown, shown, stop_id, place + 1, 1 if given else 0


def _frequencies() -> Iterator[Row]:
    for line in (line for line in LINES if line.headway):
        for trip_id, service, _, _, _ in _trip_starts(line):
            for period in line.services[service]:
                yield trip_id, _time(period.start), _time(period.end), period.every, 0


def _translations() -> Iterator[Row]:
    yield "agency", "agency_name", "en", "Suqian Demonstration Bus", "SQ", "", ""
    for stop in STOPS:
        yield "stops", "stop_name", "en", stop.en, stop.id, "", ""
    for line in LINES:
        first, last = CALLS[line.id][0], CALLS[line.id][-1]
        yield "routes", "route_short_name", "en", line.en, line.id, "", ""
        yield (
            "routes",
            "route_long_name",
            "en",
            f"{_name(first, True)} – {_name(last, True)}",
            line.id,
            "",
            "",
        )
    for stop_id in sorted({end for line in LINES for end in (CALLS[line.id][0], CALLS[line.id][-1])}):
        yield "trips", "trip_headsign", "en", _name(stop_id, True), "", "", _name(stop_id)
