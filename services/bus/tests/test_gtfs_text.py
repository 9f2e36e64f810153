"""Files in the encodings and with the quotation marks that agencies write."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.bus.operations.gtfs import Feed, Severity, tables
from services.bus.tests.feeds import SMALL, write_zip


def test_a_file_of_a_chinese_operator_is_read_when_its_encoding_is_told(tmp_path: Path) -> None:
    changes = {name: SMALL[name].encode("gb18030") for name in SMALL if name != "trips.txt"}
    changes["trips.txt"] = b"\xef\xbb\xbf" + SMALL["trips.txt"].encode()  # its mark says UTF-8
    path = write_zip(tmp_path, changes)
    with Feed.open(path) as feed:
        assert feed.check().rules(Severity.ERROR) == {"other_encoding"}
    (tmp_path / "plain").mkdir()
    plain_path = write_zip(tmp_path / "plain")
    with Feed.open(path, encoding="gb18030") as told, Feed.open(plain_path) as plain:
        assert told.check().findings == []
        assert list(told.visits()) == list(plain.visits())
        assert list(told.rows(tables.STOPS)) == list(plain.rows(tables.STOPS))


FRENCH = {
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "s1,Gare de l’Université,45.5,-73.5,,\ns2,Hôtel-de-Ville créée,45.5,-73.6,0,\ns3,Montréal Église,45.4,-73.5,,P\n"
        "P,Pôle,45.4,-73.5,1,\n"
    ),
    "agency.txt": SMALL["agency.txt"].replace("宿迁公交", "Société"),
    "routes.txt": SMALL["routes.txt"].replace("1路", "Métro é1"),
}


@pytest.mark.parametrize("name", ["agency.txt", "routes.txt", "stops.txt"])
def test_a_feed_in_latin_1_is_known_and_read_when_that_is_told(tmp_path: Path, name: str) -> None:
    """The other files are UTF-8, as in feeds that several programs wrote; they are read as what they are."""
    path = write_zip(tmp_path, {**FRENCH, name: FRENCH[name].encode("windows-1252")})
    with Feed.open(path) as feed:
        (why,) = [found for found in feed.check().findings if found.severity is Severity.ERROR]
        assert (why.file, why.rule, "--encoding windows-1252" in why.message.zh) == (
            name,
            "other_encoding",
            True,
        )
    (tmp_path / "plain").mkdir()
    with (
        Feed.open(path, encoding="windows-1252") as told,
        Feed.open(write_zip(tmp_path / "plain", FRENCH)) as plain,
    ):
        assert told.check().findings == []
        for table in tables.TABLES:
            assert list(told.rows(table)) == list(plain.rows(table))


def test_blanks_behind_a_closing_quotation_mark_are_a_warning(tmp_path: Path) -> None:
    stops = (
        '"stop_id" ,stop_name,stop_lat,stop_lon\n'
        '"s1"  ,"站, ""东"" , 西" \t,33.91,118.25\r\n'
        's2,5" 管 ,33.96,118.28\n'
        's3,"两\n行 ""a"" ,b" ,33.94,118.28 \n'
        '"s4","全" ,33.9,"118.2" '
    )
    with Feed.open(write_zip(tmp_path, {"stops.txt": stops})) as feed:
        report = feed.check()
        assert report.ok, report.text("en")
        noted = [found.line for found in report.findings if found.rule == "space_after_quote"]
        assert noted == [1, 2, 5, 6]
        names = {stop.stop_id: stop.stop_name for stop in feed.rows(tables.STOPS)}
    assert names == {"s1": '站, "东" , 西', "s2": '5" 管', "s3": '两 行 "a" ,b', "s4": "全"}
