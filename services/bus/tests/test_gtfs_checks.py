"""Every rule of the catalogue, each with a feed that breaks it and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from services.bus.operations.gtfs import Feed, Limits, Severity
from services.bus.operations.gtfs.rules import RULES
from services.bus.tests.feeds import Content, check, edit, more, write_zip


class Case(NamedTuple):
    """A rule, what breaks it, and where it must be found."""

    rule: str
    changes: Content
    file: str
    line: int | None = None


AGENCY, STOPS, ROUTES, TRIPS, TIMES, CALENDAR, INFO = (
    name + ".txt" for name in ("agency", "stops", "routes", "trips", "stop_times", "calendar", "feed_info")
)
COLOURS = "route_id,route_short_name,route_type,route_color\n"
HEADWAY = "trip_id,start_time,end_time,headway_secs\n"
WORDS = "table_name,field_name,language,translation,record_id,field_value\n"
HEADWAYS, WORDS_FILE = "frequencies.txt", "translations.txt"

ERRORS = [
    Case("missing_required_file", {TRIPS: None}, TRIPS),
    Case("missing_calendar_and_calendar_date_files", {CALENDAR: None}, CALENDAR),
    Case("empty_file", {TIMES: "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"}, TIMES),
    Case("missing_required_column", edit(TIMES, ("arrival_time", "arrives")), TIMES, 1),
    Case("missing_required_field", edit(TRIPS, ("r1,WD", ",WD")), TRIPS, 2),
    Case("missing_required_field", edit(STOPS, ("宿迁站", "")), STOPS, 2),
    Case("missing_required_field", edit(STOPS, ("118.28,0", ",0")), STOPS, 3),
    Case("missing_required_field", more(AGENCY, ",B,https://b.example,Asia/Shanghai"), AGENCY, 3),
    Case(
        "missing_required_field",
        {**more(AGENCY, "B,B,https://b.example,Asia/Shanghai"), **edit(ROUTES, ("A,1路", ",1路"))},
        ROUTES,
        2,
    ),
    Case("invalid_row_length", more(TRIPS, "r1,WD,t2,,0,extra"), TRIPS, 3),
    Case("unclosed_quote", more(STOPS, 's4,"a\nb,33,118,,"'), STOPS, 6),
    Case("value_too_long", edit(TRIPS, ("项王故里", "x" * 2000)), TRIPS, 2),
    Case("invalid_time", edit(TIMES, ("08:10:00", "8:60:00")), TIMES, 3),
    Case("invalid_date", edit(CALENDAR, ("20260101", "20260230")), CALENDAR, 2),
    Case("invalid_integer", edit(TIMES, ("s2,2", "s2,two")), TIMES, 3),
    Case("invalid_float", edit(STOPS, ("33.91", "N33")), STOPS, 2),
    Case("number_out_of_range", edit(STOPS, ("118.25", "181")), STOPS, 2),
    Case(
        "invalid_color",
        {ROUTES: "route_id,route_short_name,route_type,route_color\nr1,1,3,#ff0000\n"},
        ROUTES,
        2,
    ),
    Case("invalid_language_code", edit(INFO, ("zh-CN", "中文")), INFO, 2),
    Case("invalid_timezone", edit(AGENCY, ("Asia/Shanghai", "Beijing")), AGENCY, 2),
    Case("invalid_url", edit(AGENCY, ("https://bus.example/", "javascript:x")), AGENCY, 2),
    Case("unexpected_enum_value", edit(CALENDAR, ("WD,1", "WD,2")), CALENDAR, 2),
    Case("unexpected_enum_value", edit(ROUTES, (",3", ",99")), ROUTES, 2),
    Case("duplicate_key", more(STOPS, "s1,宿迁站,33.91,118.25,,"), STOPS, 6),
    Case("duplicate_key", more(TIMES, "t1,08:15:00,08:15:00,s3,2"), TIMES, 5),
    Case("foreign_key_violation", edit(STOPS, (",P\n", ",Q\n")), STOPS, 4),
    Case("foreign_key_violation", edit(ROUTES, ("r1,A", "r1,Z")), ROUTES, 2),
    Case("foreign_key_violation", edit(TRIPS, ("r1,WD", "r9,WD")), TRIPS, 2),
    Case("foreign_key_violation", edit(TRIPS, ("r1,WD", "r1,SU")), TRIPS, 2),
    Case("foreign_key_violation", edit(TIMES, ("s2,2", "s9,2")), TIMES, 3),
    Case(
        "foreign_key_violation", more(TIMES, "t9,9:00:00,9:00:00,s1,1", "t9,9:09:00,9:09:00,s2,2"), TIMES, 5
    ),
    Case("foreign_key_violation", {HEADWAYS: HEADWAY + "t9,8:00:00,9:00:00,600\n"}, HEADWAYS, 2),
    Case("inconsistent_agency_timezone", more(AGENCY, "B,B,https://b.example,Asia/Tokyo"), AGENCY, 3),
    Case("route_both_short_and_long_name_missing", edit(ROUTES, ("1路", "")), ROUTES, 2),
    Case("start_and_end_range_out_of_order", edit(CALENDAR, ("20281231", "20251231")), CALENDAR, 2),
    Case(
        "start_and_end_range_out_of_order",
        {HEADWAYS: HEADWAY + "t1,9:00:00,8:00:00,600\n"},
        HEADWAYS,
        2,
    ),
    Case(
        "start_and_end_range_out_of_order",
        {
            INFO: "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date\n"
            "x,https://x.example,zh,20260102,20260101\n"
        },
        INFO,
        2,
    ),
    Case("start_and_end_range_equal", {HEADWAYS: HEADWAY + "t1,8:00:00,8:00:00,600\n"}, HEADWAYS, 2),
    Case("location_without_parent_station", more(STOPS, "E,入口,33.94,118.28,2,"), STOPS, 6),
    Case("station_with_parent_station", more(STOPS, "Q,枢纽,33.94,118.28,1,P"), STOPS, 6),
    Case("station_with_parent_station", more(STOPS, "Q,枢纽,33.94,118.28,1,s1"), STOPS, 6),
    Case("wrong_parent_location_type", edit(STOPS, (",P\n", ",s1\n")), STOPS, 4),
    Case("wrong_parent_location_type", more(STOPS, "B,,,,4,P"), STOPS, 6),
    Case("location_with_unexpected_stop_time", edit(TIMES, ("s2,2", "P,2")), TIMES, 3),
    Case("missing_trip_edge", edit(TIMES, ("08:00:00,08:00:00", ",")), TIMES, 2),
    Case("missing_trip_edge", edit(TIMES, ("08:20:00,08:20:00", ",")), TIMES, 4),
    Case("stop_time_with_only_arrival_or_departure_time", edit(TIMES, ("08:11:00", "")), TIMES, 3),
    Case(
        "stop_time_timepoint_without_times",
        {
            TIMES: "trip_id,arrival_time,departure_time,stop_id,stop_sequence,timepoint\n"
            "t1,8:00:00,8:00:00,s1,1,1\nt1,,,s2,2,1\nt1,8:20:00,8:20:00,s3,3,1\n"
        },
        TIMES,
        3,
    ),
    Case("stop_time_with_departure_before_arrival_time", edit(TIMES, ("08:11:00", "08:09:59")), TIMES, 3),
    Case(
        "stop_time_with_arrival_before_previous_departure_time",
        edit(TIMES, ("08:10:00,08:11:00", "07:59:59,08:11:00")),
        TIMES,
        3,
    ),
    Case(
        "stop_time_with_arrival_before_previous_departure_time",
        edit(TIMES, ("08:20:00,08:20:00", "08:10:30,08:20:00")),
        TIMES,
        4,
    ),
    Case(
        "overlapping_frequency",
        {HEADWAYS: HEADWAY + "t1,9:00:00,10:00:00,600\nt1,8:00:00,9:00:01,600\n"},
        HEADWAYS,
    ),
]

WARNINGS = [
    Case("missing_recommended_file", {INFO: None}, INFO),
    Case("new_line_in_value", edit(TRIPS, ("项王故里", '"项王\n故里"')), TRIPS, 2),
    Case("column_name_in_other_case", edit(TRIPS, ("trip_id", "Trip_Id")), TRIPS, 1),
    Case("file_name_in_other_case", {TRIPS: None, "Trips.txt": edit(TRIPS)[TRIPS]}, TRIPS),
    Case("empty_file", {HEADWAYS: ""}, HEADWAYS),
    Case("empty_row", more(TRIPS, ""), TRIPS, 3),
    Case("empty_column_name", {TRIPS: "route_id,service_id,trip_id,\nr1,WD,t1,\n"}, TRIPS, 1),
    Case("leading_or_trailing_whitespaces", edit(TRIPS, ("项王故里", "项王故里 ")), TRIPS, 2),
    Case("invalid_row_length", edit(TRIPS, (",项王故里,0", "")), TRIPS, 2),
    Case("invalid_row_length", edit(TRIPS, ("里,0", "里,0,,")), TRIPS, 2),
    Case("unexpected_enum_value", edit(TRIPS, ("里,0", "里,7")), TRIPS, 2),
    Case("more_than_one_entity", more(INFO, "x,https://x.example,zh"), INFO, 3),
    Case("unusable_trip", {**more(TRIPS, "r1,WD,t2,,"), **more(TIMES, "t2,9:00:00,9:00:00,s1,1")}, TIMES, 5),
    Case("unused_trip", more(TRIPS, "r1,WD,t2,,"), TRIPS),
    Case("stop_without_stop_time", more(STOPS, "s4,湖滨,34,118,,"), STOPS),
    Case("translation_unknown_table_name", {WORDS_FILE: WORDS + "moods,x,en,y,z,\n"}, WORDS_FILE, 2),
    Case("translation_unexpected_value", {WORDS_FILE: WORDS + "stops,stop_name,en,y,,\n"}, WORDS_FILE, 2),
    Case(
        "translation_foreign_key_violation",
        {WORDS_FILE: WORDS + "stops,stop_name,en,y,s9,\n"},
        WORDS_FILE,
        2,
    ),
]

# found by tests of the reader, or by the tests of dates below
ELSEWHERE = {
    *(
        "not_an_archive",
        "unreadable_archive",
        "archive_limit_exceeded",
        "csv_parsing_failed",
        "invalid_character",
        "other_encoding",
        "space_after_quote",
        "stop_time_on_demand",
        "utf_16_text",
        "wrong_line_ends",
        "line_too_long",
        "misplaced_quote",
        "duplicate_file",
        "encrypted_archive",
        "unsupported_compression",
        "too_many_rows",
    ),
    *(
        "duplicated_column",
        "invalid_input_files_in_subfolder",
        "expired_calendar",
        "no_service_days",
        "no_service_from_now_on",
        "feed_waits",
        "feed_expiration_date7_days",
        "feed_not_started",
        "feed_info_expired",
    ),
    *("unknown_file", "file_not_used", "unknown_column"),
}


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: f"{case.rule}-{case.file}")
def test_an_error_is_found_where_it_is_and_alone(tmp_path: Path, case: Case) -> None:
    report = check(tmp_path, case.changes)
    found = [(finding.rule, finding.file, finding.line) for finding in report.findings]
    assert (case.rule, case.file, case.line) in found
    assert report.rules(Severity.ERROR) == {case.rule}
    assert not report.ok


@pytest.mark.parametrize("case", WARNINGS, ids=lambda case: f"{case.rule}-{case.file}")
def test_a_warning_lets_the_feed_through(tmp_path: Path, case: Case) -> None:
    report = check(tmp_path, case.changes)
    assert [(f.rule, f.file, f.line) for f in report.findings if f.severity is Severity.WARNING] == [
        (case.rule, case.file, case.line)
    ]
    assert report.ok


def test_every_rule_of_the_catalogue_is_tested() -> None:
    assert {case.rule for case in ERRORS + WARNINGS} | ELSEWHERE == RULES.keys()


def test_trips_in_any_order_are_checked_as_whole_trips(tmp_path: Path) -> None:
    changes = more(TRIPS, "r1,WD,t2,,")
    changes[TIMES] = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,08:20:00,08:20:00,s3,3\nt2,9:00:00,9:00:00,s1,5\nt1,08:00:00,08:00:00,s1,1\n"
        't2,9:30:00,9:30:00,s3,70\nt2,,,"s2",9\nt1,07:10:00,08:11:00,s2,2\n'
    )
    report = check(tmp_path, changes, Limits(rows_in_memory=2))
    assert [(f.rule, f.line) for f in report.findings] == [
        ("stop_time_with_arrival_before_previous_departure_time", 7)
    ]
    changes[TIMES] = changes[TIMES].replace("07:10", "08:10")
    with Feed.open(write_zip(tmp_path, changes), Limits(rows_in_memory=2)) as feed:
        assert [(visit.trip_id, visit.stop_id, visit.departure) for visit in feed.visits()] == [
            ("t1", "s1", 28800),
            ("t1", "s2", 29460),
            ("t1", "s3", 30000),
            ("t2", "s1", 32400),
            ("t2", "s2", 33300),
            ("t2", "s3", 34200),
        ]


def test_one_bad_row_does_not_accuse_everything_that_refers_to_it(tmp_path: Path) -> None:
    report = check(tmp_path, edit(STOPS, ("33.91", "north")))
    assert report.rules() == {"invalid_float"}


@pytest.mark.parametrize(
    ("today", "rules"),
    [
        (date(2028, 12, 22), set()),
        (date(2028, 12, 23), {"feed_expiration_date7_days"}),
        (date(2028, 12, 29), {"feed_expiration_date7_days"}),
        (date(2028, 12, 30), {"expired_calendar"}),
    ],
)
def test_the_last_service_day_is_watched(tmp_path: Path, today: date, rules: set[str]) -> None:
    """The period ends on Sunday 31 December 2028; the last weekday is Friday the 29th."""
    with Feed.open(write_zip(tmp_path)) as feed:
        assert feed.check(today=today).rules() == rules


def test_an_added_date_extends_the_service(tmp_path: Path) -> None:
    dates = "service_id,date,exception_type\nWD,20290110,1\nWD,20290301,2\n"
    with Feed.open(write_zip(tmp_path, {"calendar_dates.txt": dates})) as feed:
        assert feed.check(today=date(2029, 1, 3)).rules() == set()
        assert feed.check(today=date(2029, 1, 4)).rules() == {"feed_expiration_date7_days"}


def test_a_feed_for_later_and_one_whose_publisher_has_stopped_are_told(tmp_path: Path) -> None:
    """The period begins on Thursday 1 January 2026; an added date may come before it."""
    with Feed.open(write_zip(tmp_path)) as feed:
        assert feed.check(today=date(2026, 1, 1)).rules() == set()
        report = feed.check(today=date(2025, 12, 31))
    assert [(f.rule, f.value) for f in report.findings] == [("feed_not_started", "2026-01-01")]
    dates = "service_id,date,exception_type\nWD,20251230,1\n"
    info = "feed_publisher_name,feed_publisher_url,feed_lang,feed_end_date\nx,https://x.example,zh,20260331\n"
    with Feed.open(write_zip(tmp_path, {"calendar_dates.txt": dates, INFO: info})) as feed:
        assert feed.check(today=date(2025, 12, 31)).rules() == set()
        assert feed.check(today=date(2026, 3, 31)).rules() == set()
        assert feed.check(today=date(2026, 4, 1)).rules() == {"feed_info_expired"}
