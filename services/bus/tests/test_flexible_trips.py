"""Vehicles that come on demand (GTFS-Flex): their feeds are accepted, and what has no set time stays out of
departures."""

from __future__ import annotations

from pathlib import Path

from services.bus.operations.gtfs import Feed, Severity
from services.bus.tests.feeds import check, more, write_zip

HEADER = (
    "trip_id,arrival_time,departure_time,stop_id,location_group_id,location_id,stop_sequence,pickup_type,"
    "start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_booking_rule_id\n"
)
FIXED = "t1,08:00:00,08:00:00,s1,,,1,,,,\nt1,08:20:00,08:20:00,s3,,,9,2,,,b1\n"


def visits(folder: Path, stop_times: str) -> tuple[list[tuple[str, str, int]], dict[str, int]]:
    """The visits of a feed with those stop times and trips t1 and t2, and its warnings by rule."""
    changes = {**more("trips.txt", "r1,WD,t2,,"), "stop_times.txt": stop_times, "booking_rules.txt": "x\n"}
    with Feed.open(write_zip(folder, changes)) as feed:
        report = feed.check()
        assert report.ok, report.text("en")
        found = [(visit.trip_id, visit.stop_id, visit.departure) for visit in feed.visits()]
        assert feed.visit_count == len(found)
    return found, {rule: n for (rule, severity), n in report.totals.items() if severity is Severity.WARNING}


def test_a_trip_on_demand_alone_has_no_visits(tmp_path: Path) -> None:
    zones = "t2,,,,g1,,1,2,06:00:00,22:00:00,b1\nt2,,,,,z1,2,2,06:00:00,22:00:00,b1\n"
    found, warned = visits(tmp_path, HEADER + FIXED + zones)
    assert found == [("t1", "s1", 28_800), ("t1", "s3", 30_000)]
    assert warned == {"stop_time_on_demand": 2, "stop_without_stop_time": 1}


def test_a_zone_between_timed_stops_is_left_out_and_times_are_filled_without_it(tmp_path: Path) -> None:
    deviating = (
        HEADER + "t1,08:00:00,08:00:00,s1,,,1,,,,\nt1,,,,g1,,2,2,08:00:00,08:30:00,b1\n"
        "t1,,,s2,,,3,,,,\nt1,08:20:00,08:20:00,s3,,,9,,,,\n"
    )
    found, warned = visits(tmp_path, deviating)
    assert found == [("t1", "s1", 28_800), ("t1", "s2", 29_400), ("t1", "s3", 30_000)]
    assert warned == {"stop_time_on_demand": 1, "unused_trip": 1}


def test_stops_that_only_a_zone_gives_a_place_in_time_are_left_out_with_it(tmp_path: Path) -> None:
    edges = HEADER + "t2,,,,g1,,1,2,06:00:00,08:00:00,b1\nt2,,,s2,,,2,,,,\n"
    edges += "t2,09:00:00,09:00:00,s1,,,3,,,,\nt2,09:10:00,09:10:00,s3,,,4,,,,\n"
    found, _ = visits(tmp_path, edges + FIXED)
    assert [visit for visit in found if visit[0] == "t2"] == [("t2", "s1", 32_400), ("t2", "s3", 33_000)]


def test_a_stop_with_a_window_instead_of_a_time_has_no_departures(tmp_path: Path) -> None:
    window = "t2,,,s1,,,1,2,06:00:00,22:00:00,b1\nt2,,,s2,,,2,2,06:00:00,22:00:00,b1\n"
    found, warned = visits(tmp_path, HEADER + FIXED + window)
    assert {trip for trip, _, _ in found} == {"t1"}
    assert warned["stop_time_on_demand"] == 2


def test_a_row_with_neither_stop_nor_zone_is_refused(tmp_path: Path) -> None:
    report = check(tmp_path, {"stop_times.txt": HEADER + FIXED + "t1,,,,,,10,,,,\n"})
    assert [
        (found.rule, found.line, found.field) for found in report.findings if found.severity is Severity.ERROR
    ] == [("missing_required_field", 4, "stop_id")]
    without = "trip_id,arrival_time,departure_time,stop_sequence\nt1,8:00:00,8:00:00,1\n"
    assert "missing_required_column" in check(tmp_path, {"stop_times.txt": without}).rules()
