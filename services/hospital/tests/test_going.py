"""On the way to a booking: the file for a calendar, and how to get there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from citizen_app.toolkit.testing import City
from services.hospital.operations import going

from .conftest import BASE, Ward

WAY: dict[str, Any] = {
    "stops": [{"id": "s4", "name": "湖滨", "walk_minutes": 2, "lines": ["2路"]}],
    "start": None,
    "choices": [],
    "journeys": [
        {
            "departs_at": "2026-05-12T23:10:00.000Z",
            "arrives_at": "2026-05-12T23:50:00.000Z",
            "legs": [{"line": {"id": "r2", "name": "2路"}}, {"line": {"id": "r3", "name": "3路"}}],
        }
    ],
    "link": "/services/bus/journeys?end=s4",
}
ADDRESS = "黄河南路 1 号；门诊楼, 东门; 2 层 " + "很长的地址" * 12


def event_of(content: bytes) -> Any:
    """The event of a file that keeps the rules of RFC 5545 about lines."""
    assert content.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "lines are folded"
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


def test_a_booking_in_a_calendar_follows_its_changes(ward: Ward, city: City) -> None:
    ward.change(
        "campuses", ward.campus, address_zh=ADDRESS, address_en="1 Road; 2, East", lat=33.94, lon=118.27
    )
    citizen, slots = city.citizen(), ward.slots(ward.open())
    held = ward.hold(citizen, slots[0])
    path = f"{BASE}/bookings/{held['id']}/calendar"
    tentative = event_of(citizen.get(path).data)
    assert (tentative["SEQUENCE"], tentative["STATUS"], tentative.walk("VALARM")) == (0, "TENTATIVE", [])
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm")
    answer = citizen.get(path)
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    event = event_of(answer.data)
    assert event["SUMMARY"] == "市民码预约"
    assert event["LOCATION"] == f"示范医院本部，{ADDRESS}", "commas and semicolons are escaped and come back"
    assert event.start == datetime(2026, 5, 13, 0, 0, tzinfo=UTC), "eight in the morning in China"
    assert event.end - event.start == timedelta(minutes=30)
    assert (event["SEQUENCE"], event["STATUS"], event["CLASS"]) == (1, "CONFIRMED", "PRIVATE")
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [-timedelta(hours=2)]
    assert not any(word in answer.text for word in ("内科", "陈示安", "Internal", held["number"]))
    moved = ward.mine(citizen, "POST", f"/bookings/{held['id']}/move", slot_id=slots[1]["id"])
    after = event_of(citizen.get(f"{BASE}/bookings/{moved['id']}/calendar").data)
    assert (after["UID"], after["SEQUENCE"]) == (event["UID"], 4)
    assert after.start - event.start == timedelta(minutes=30)
    assert citizen.get(path).status_code == 404, "its time moved away from that one"
    ward.mine(citizen, "POST", f"/bookings/{moved['id']}/cancel")
    gone = event_of(citizen.get(f"{BASE}/bookings/{moved['id']}/calendar").data)
    assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == (event["UID"], 5, "CANCELLED")
    assert gone.walk("VALARM") == []
    assert city.citizen().get(path).status_code == 404


def test_the_way_is_asked_by_place_and_time_alone(
    ward: Ward, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    def answer(*given: Any, **more: Any) -> Any:
        asked.append((given, more))
        return {**WAY, "journeys": [dict(one) for one in WAY["journeys"]]}

    monkeypatch.setattr(going, "call", answer)
    citizen = city.citizen()
    booked = ward.book(citizen, ward.slots(ward.open())[0])
    path = f"{BASE}/bookings/{booked['id']}/way"
    assert citizen.get(path).get_json() == {"way": None}, "nobody knows where this campus is"
    ward.change("campuses", ward.campus, lat=33.94, lon=118.27)
    way = citizen.get(f"{path}?start=宿迁站").get_json()["way"]
    assert way["stops"] == [{"name": "湖滨", "walk_minutes": 2, "lines": ["2路"]}]
    assert [one["lines"] for one in way["journeys"]] == [["2路", "3路"]]
    place = {
        "latitude": 33.94,
        "longitude": 118.27,
        "arrive_by": "2026-05-13T00:00:00+00:00",
        "start": "宿迁站",
    }
    assert asked == [(("hospital", "journeys/1", place), {"default": None})], "and of no citizen"
    page = citizen.browser().get(f"/services/hospital/bookings/{booked['id']}?start=宿迁站").text
    assert all(words in page for words in ("怎么去", "湖滨", "07:10–07:50", "2路 → 3路", "加入日历"))
    monkeypatch.setattr(going, "call", lambda *given, **more: None)
    page = citizen.browser().get(f"/services/hospital/bookings/{booked['id']}").text
    assert ("怎么去" in page, "加入日历" in page) == (False, True)
