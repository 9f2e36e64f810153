"""Boarding: the fare of each class, where the rider got on, and what a validator may get wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from citizen_app.toolkit.data import new_id
from citizen_app.toolkit.scan import FareClass
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from citizen_app.toolkit.time import now, rfc3339
from services.bus import hooks
from services.bus.tests.feeds import edit

HERE = {"line": "1路", "direction": "0", "stop": "s1", "vehicle": "B1"}


@pytest.fixture
def kiosk(city: City, import_small: Any) -> TestKiosk:
    """A validator on line 1 of the small feed."""
    import_small()
    return city.kiosk("bus")


def board(kiosk: TestKiosk, citizen: TestCitizen, context: dict[str, str], **more: Any) -> dict[str, Any]:
    """The decision on a scan."""
    answer = kiosk.scan(citizen.code(), "board", context=context, **more)
    assert answer.status_code == 200, answer.text
    decision: dict[str, Any] = answer.get_json()
    return decision


def upload(kiosk: TestKiosk, *scans: tuple[TestCitizen, datetime, dict[str, str]]) -> list[dict[str, Any]]:
    """The decisions on scans made offline."""
    body = [
        {
            "scan_id": new_id(),
            "purpose": "board",
            "code": citizen.code(int(moment.timestamp())),
            "occurred_at": rfc3339(moment),
            "context": context,
        }
        for citizen, moment, context in scans
    ]
    answer = kiosk.post("/api/v1/scans/batch", {"scans": body})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.get_json()["results"]
    return results


def trips(citizen: TestCitizen, query: str = "", **headers: str) -> dict[str, Any]:
    """A page of the citizen's trips."""
    answer = citizen.get(f"/api/v1/services/bus/trips{query}", **headers)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.get_json()
    return page


@pytest.mark.parametrize(
    ("fare_class", "fare", "spoken"),
    [
        (FareClass.ADULT, 200, "请上车"),
        (FareClass.STUDENT, 100, "学生卡"),
        (FareClass.SENIOR, 0, "老年卡"),
        (FareClass.CHILD, 0, "儿童票"),
        (FareClass.DISABLED, 0, "爱心卡"),
        (FareClass.VETERAN, 0, "优待卡"),
    ],
)
def test_each_fare_class_boards_at_its_fare(
    city: City, kiosk: TestKiosk, fare_class: FareClass, fare: int, spoken: str
) -> None:
    citizen = city.citizen(fare_class=fare_class)
    decision = board(kiosk, citizen, HERE)
    assert (decision["decision"], decision["display"]["speak"]) == ("allow", spoken)
    outcome = decision["outcome"]
    boarding_id = outcome.pop("boarding_id")
    assert outcome == {
        "fare": fare,
        "currency": "CNY",
        "fare_class": fare_class.name.lower(),
        "line": "1路",
        "line_id": "r1",
        "direction": 0,
        "stop": "宿迁站",
        "stop_id": "s1",
    }
    trip = trips(citizen)["items"][0]
    assert (trip["id"], trip["fare"], trip["headsign"], trip["vehicle"]) == (
        boarding_id,
        fare,
        "项王故里",
        "B1",
    )


def test_the_fares_are_settings(city: City, kiosk: TestKiosk) -> None:
    city.choose("bus", base_fare=350, senior_percent=50, currency="HKD")
    outcome = board(kiosk, city.citizen(fare_class=FareClass.SENIOR), HERE)["outcome"]
    assert (outcome["fare"], outcome["currency"]) == (175, "HKD")


@pytest.mark.parametrize(
    ("wrong", "detail"),
    [
        ({"line": "99路"}, "unknown_line"),
        ({"line": "   "}, "unknown_line"),
        ({"direction": "1"}, "unknown_direction"),
        ({"stop": "s9"}, "unknown_stop"),
    ],
)
def test_a_validator_set_wrongly_is_told_what(
    city: City, kiosk: TestKiosk, wrong: dict[str, str], detail: str
) -> None:
    decision = board(kiosk, city.citizen(), {**HERE, **wrong})
    assert (decision["reason"], decision["detail_code"]) == ("service_refused", detail)
    assert city.count("bus_boardings") == 0


def test_a_stop_of_another_line_is_not_on_this_one(city: City, import_small: Any) -> None:
    import_small(edit("stop_times.txt", ("t1,08:10:00,08:11:00,s2,2\n", "")))
    decision = board(city.kiosk("bus"), city.citizen(), {**HERE, "stop": "s2"})
    assert decision["detail_code"] == "not_on_this_line"


def test_a_late_scan_is_recorded_as_the_validator_had_it(city: City, kiosk: TestKiosk) -> None:
    citizen = city.citizen()
    done = upload(kiosk, (citizen, now() - timedelta(hours=2), {"line": "旧线", "stop": "旧站"}))
    assert done[0]["decision"] == "allow"
    trip = trips(citizen)["items"][0]
    assert (trip["line"], trip["line_id"], trip["stop"], trip["late"]) == ("旧线", None, "旧站", True)


def test_without_a_timetable_riders_board_and_the_line_stands_as_given(city: City) -> None:
    citizen = city.citizen()
    decision = board(city.kiosk("bus"), citizen, {"line": "7路", "direction": "火车站"})
    assert (decision["decision"], decision["outcome"]["fare"]) == ("allow", 200)
    assert decision["display"]["lines"][0] == "7路 开往 火车站"
    assert city.count("bus_boardings", "version_id IS NULL AND line_zh = '7路'") == 1


def test_a_withdrawn_scope_stops_no_bus(city: City, kiosk: TestKiosk) -> None:
    city.grant("bus")
    decision = board(kiosk, city.citizen(fare_class=FareClass.SENIOR), HERE)
    assert (decision["decision"], decision["outcome"]["fare_class"]) == ("allow", "adult")
    assert decision["granted"] == {}


def test_boarding_takes_two_statements_and_a_refused_tap_two(
    city: City, kiosk: TestKiosk, statements: Any
) -> None:
    board(kiosk, city.citizen(), HERE)
    citizen = city.citizen()
    with statements() as first:
        board(kiosk, citizen, HERE)
    with statements() as second:
        board(kiosk, citizen, HERE)
    assert [s.split()[0] for s in first] in (
        ["INSERT", "INSERT"],
        ["INSERT", "WITH"],
    )  # PostgreSQL: rows together
    assert [s.split()[0] for s in second] == ["INSERT", "SELECT"]


def test_what_is_shown_is_in_the_callers_language(city: City, kiosk: TestKiosk) -> None:
    citizen = city.citizen(fare_class=FareClass.STUDENT)
    code = citizen.code()
    answer = kiosk.post(
        "/api/v1/scans",
        {"scan_id": new_id(), "purpose": "board", "code": code, "context": HERE},
        **{"Accept-Language": "en"},
    )
    display = answer.get_json()["display"]
    assert (display["title"], display["lines"][-1]) == ("Welcome aboard", "Student card, ¥1.00")
    assert trips(citizen, **{"Accept-Language": "en"})["items"][0]["fare_class_title"] == "Student"


def test_a_citizen_sees_their_own_trips_page_by_page(city: City, kiosk: TestKiosk) -> None:
    mine, other = city.citizen(), city.citizen()
    made = [board(kiosk, mine, {**HERE, "vehicle": f"B{n}"})["outcome"]["boarding_id"] for n in range(5)]
    board(kiosk, other, HERE)
    first = trips(mine, "?limit=3")
    second = trips(mine, f"?limit=3&cursor={first['next_cursor']}")
    assert [trip["id"] for trip in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None
    assert len(trips(other)["items"]) == 1
    assert city.client.get("/api/v1/services/bus/trips").status_code == 401


def test_health_says_how_long_the_timetable_lasts(app: Any, city: City, import_small: Any) -> None:
    with app.app_context():
        assert hooks.health() == {"timetable": None, "waiting": []}
    import_small()
    with app.app_context():
        figures = hooks.health()
    today = datetime.now(UTC).date()
    assert (figures["lines"], figures["stops"], figures["last_day"]) == (1, 4, "2028-12-29")  # a Friday
    assert abs(figures["days_left"] - (datetime(2028, 12, 29).date() - today).days) <= 1


def test_a_carer_taps_for_a_senior_and_sees_the_trip(city: City, kiosk: TestKiosk) -> None:
    senior, carer = city.citizen("李秀英", fare_class=FareClass.SENIOR), city.citizen("王丽华")
    acting = city.acting(carer, senior, "carer", "bus")
    decision = board(kiosk, acting, HERE)
    assert (decision["decision"], decision["outcome"]["fare"]) == ("allow", 0)
    (seen,) = trips(acting)["items"]
    assert trips(senior)["items"] == [seen]
    assert trips(carer)["items"] == []
    assert (senior.usage()[0]["by"]["kind"], carer.usage()[0]["done_for"]) == ("carer", "李*英")
