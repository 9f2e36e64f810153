"""Opening feeds of all shapes, and refusing hostile ones."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from services.bus.operations.gtfs import Feed, FeedRefused, Limits, Severity, load, tables
from services.bus.tests.feeds import SMALL, check, write_zip


def test_the_small_feed_has_no_finding(tmp_path: Path) -> None:
    report = check(tmp_path)
    assert report.findings == []
    assert report.counts["stop_times.txt"] == 3


def test_a_folder_gives_the_same_rows_as_a_zip(tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    folder.mkdir()
    for name, content in SMALL.items():
        (folder / name).write_text(content, encoding="utf-8")
    with Feed.open(folder) as plain, Feed.open(write_zip(tmp_path)) as packed:
        assert list(plain.visits()) == list(packed.visits()) != []
        for table in tables.TABLES:
            assert list(plain.rows(table)) == list(packed.rows(table))


@pytest.mark.parametrize("packed", [True, False])
def test_one_folder_inside_is_entered_with_a_warning(tmp_path: Path, packed: bool) -> None:
    path = write_zip(tmp_path, {"../__MACOSX/agency.txt": "x"} if packed else None, inside="gtfs/")
    if not packed:
        zipfile.ZipFile(path).extractall(tmp_path / "out")
        path = tmp_path / "out"
    with Feed.open(path) as feed:
        report = feed.check()
        assert report.rules() == {"invalid_input_files_in_subfolder"}
        assert len(list(feed.visits())) == 3


def test_bom_crlf_quotes_blank_lines_and_spaces_are_read(tmp_path: Path) -> None:
    stops = (
        '\ufeffstop_id , stop_name,stop_lat,stop_lon\r\n\r\n"s1", "站, ""东""" , 33.91,118.25 \r\n'
        "  s2  ,市政府,33.96,118.28\r\n   \r\ns3,项王故里,33.94,118.28\r\n\r\n"
    )
    with Feed.open(write_zip(tmp_path, {"stops.txt": stops})) as feed:
        report = feed.check()
        assert report.ok
        assert report.rules() == {"empty_row", "leading_or_trailing_whitespaces", "space_after_quote"}
        names = {stop.stop_id: stop.stop_name for stop in feed.rows(tables.STOPS)}
    assert names == {"s1": '站, "东"', "s2": "市政府", "s3": "项王故里"}


def test_unknown_and_unused_files_and_columns_are_only_noted(tmp_path: Path) -> None:
    changes = {
        "routes.txt": "route_id,route_short_name,route_type,network_id,mood\nr1,1路,3,n,good\n",
        "shapes.txt": "nonsense",
        "fare_attributes.txt": "",
        "notes.md": "hello",
    }
    report = check(tmp_path, changes)
    assert report.ok
    noted = {(finding.rule, finding.file, finding.field) for finding in report.findings}
    assert noted == {
        ("file_not_used", "shapes.txt", None),
        ("file_not_used", "fare_attributes.txt", None),
        ("unknown_file", "notes.md", None),
        ("unknown_column", "routes.txt", "mood"),
    }
    assert report.rules(Severity.INFO) == report.rules()


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    report = check(
        tmp_path, {"stops.txt": SMALL["stops.txt"].replace("s1,", "\n\ns1,").replace("33.96", "96")}
    )
    found = [finding for finding in report.findings if finding.rule == "number_out_of_range"]
    assert [(finding.line, finding.field, finding.value) for finding in found] == [(5, "stop_lat", "96")]
    assert "-90.0" in found[0].message.en
    assert "96" in found[0].message.zh


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        ("", "empty_file", None),
        ("\n", "empty_file", None),
        ("stop_id,stop_id\n", "duplicated_column", 1),
        ("stop_id,stop_name\ns1,宿迁站\n".encode("gbk"), "other_encoding", 2),
        (b"stop_id,stop_name\ns1,caf\xe9\n", "other_encoding", 2),
        (b"stop_id,stop_name\ns1,caf\x81\n", "invalid_character", 2),
        ("stop_id,stop_name\ns1,宿迁站市政府\n".encode()[:-2] + b"\n", "invalid_character", 2),
        ("stop_id,stop_name\ns1,x\n".encode("utf-16"), "utf_16_text", 1),
        (b"stop_id,stop_name\ns1,\0\n", "invalid_character", 2),
        ('stop_id,stop_name\ns1,"never closed\n', "unclosed_quote", 2),
        ('stop_id,stop_name\ns1,"never closed' + ",x\n" * 2**17, "unclosed_quote", 2),
        ('stop_id,stop_name\ns1,"a"b\n', "misplaced_quote", 2),
        ("stop_id,stop_name\ns1,a\rs2,b\r", "wrong_line_ends", 2),
        ("stop_id,stop_name\rs1,a\r" + "s2,b\r" * 20_000, "wrong_line_ends", 1),
        ("stop_id," + "x" * 70_000, "line_too_long", 1),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, content: str | bytes, rule: str, line: int | None
) -> None:
    report = check(tmp_path, {"stops.txt": content})
    assert not report.ok
    assert [(f.rule, f.line) for f in report.findings if f.severity is Severity.ERROR] == [(rule, line)]


def test_what_is_not_a_feed_is_refused_with_a_report(tmp_path: Path) -> None:
    (tmp_path / "feed.zip").write_bytes(b"not a zip")
    for name, rule in (("feed.zip", "not_an_archive"), ("absent.zip", "unreadable_archive")):
        feed, report = load(tmp_path / name)
        assert feed is None
        assert report.rules() == {rule}
        assert (
            report.findings[0].message.zh.isascii() is False
            and "No such file" not in report.findings[0].message.zh
        )


def test_names_that_point_elsewhere_touch_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    path = write_zip(tmp_path / "inside", {"../stops.txt": "stop_id\nmine\n", "/tmp/trips.txt": "x"})
    with Feed.open(path) as feed:
        assert feed.check().ok
        assert len(list(feed.rows(tables.STOPS))) == 4
    assert [file.name for file in tmp_path.iterdir()] == ["inside"]


def test_names_in_capitals_are_known_with_a_warning(tmp_path: Path) -> None:
    changes = {
        "stops.txt": None,
        "Stops.TXT": SMALL["stops.txt"].replace("stop_id", "Stop_ID"),
        "stop_times.txt": SMALL["stop_times.txt"].replace("trip_id", "TRIP_ID"),
        "NOTES.md": "hello",
    }
    with Feed.open(write_zip(tmp_path, changes)) as feed:
        report = feed.check()
        assert report.ok
        noted = {(f.rule, f.file, f.value) for f in report.findings if f.severity is Severity.WARNING}
        assert noted == {
            ("file_name_in_other_case", "stops.txt", "Stops.TXT"),
            ("column_name_in_other_case", "stops.txt", "Stop_ID"),
            ("column_name_in_other_case", "stop_times.txt", "TRIP_ID"),
        }
        assert len(list(feed.visits())) == 3
    both = {"stops.txt": SMALL["stops.txt"].replace("stop_name", "stop_id,STOP_ID", 1)}
    assert check(tmp_path, both).rules(Severity.ERROR) == {"duplicated_column"}


def test_a_line_break_inside_quotes_becomes_a_space(tmp_path: Path) -> None:
    stops = SMALL["stops.txt"].replace("宿迁站", '"宿迁站\r\n东广场"')
    with Feed.open(write_zip(tmp_path, {"stops.txt": stops})) as feed:
        report = feed.check()
        assert [(f.rule, f.line, f.severity.value) for f in report.findings] == [
            ("new_line_in_value", 2, "warning")
        ]
        assert next(iter(feed.rows(tables.STOPS))).stop_name == "宿迁站 东广场"
    swallowed = SMALL["stops.txt"].replace("宿迁站", '"宿迁站').replace("市政府", '市政府"', 1)
    report = check(tmp_path, {"stops.txt": swallowed})
    assert [(f.rule, f.line) for f in report.findings] == [("unclosed_quote", 2)]


def test_an_optional_file_without_a_header_is_only_noted(tmp_path: Path) -> None:
    report = check(tmp_path, {"frequencies.txt": "", "calendar_dates.txt": "\n", "translations.txt": ""})
    assert report.ok
    assert report.rules() == {"empty_file"}
    header_only = {"frequencies.txt": "trip_id,start_time,end_time,headway_secs\n"}
    assert check(tmp_path, header_only).findings == []


def test_a_zip_bomb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    bomb = {"stops.txt": "stop_id\n" + "\n" * (8 * 2**20)}
    assert check(tmp_path, bomb).rules(Severity.ERROR) == {"archive_limit_exceeded"}
    small = Limits(small_file_bytes=100, file_bytes=100)
    assert check(tmp_path, None, small).rules(Severity.ERROR) == {"archive_limit_exceeded"}
    few = Limits(entries=3)
    assert check(tmp_path, None, few).rules(Severity.ERROR) == {"archive_limit_exceeded"}


def test_row_trip_and_departure_limits_hold(tmp_path: Path) -> None:
    for limits in (Limits(rows_per_small_file=3), Limits(rows_per_file=2), Limits(stops_per_trip=2)):
        assert check(tmp_path, None, limits).rules(Severity.ERROR) == {"too_many_rows"}
    frequencies = "trip_id,start_time,end_time,headway_secs\nt1,0:00:00,24:00:00,1\n"
    report = check(tmp_path, {"frequencies.txt": frequencies}, Limits(visits=100_000))
    assert report.rules(Severity.ERROR) == {"too_many_rows"}


def test_rows_are_given_only_after_a_clean_check(tmp_path: Path) -> None:
    with Feed.open(write_zip(tmp_path, {"trips.txt": None})) as feed, pytest.raises(FeedRefused):
        list(feed.rows(tables.STOPS))


def test_progress_tells_every_byte_that_is_read(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with Feed.open(write_zip(tmp_path, {"shapes.txt": "never read"})) as feed:
        feed.check(progress=lambda done, total: told.append((done, total)))
    sizes = {name: len(content.encode()) for name, content in SMALL.items()}
    expected = sum(sizes.values()) + sizes["stop_times.txt"]
    assert {total for _, total in told} == {expected}
    assert sum(done for done, _ in told) == expected
