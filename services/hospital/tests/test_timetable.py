"""The timetable: lines over weekdays, holidays and closures become sessions; repeated, nothing changes."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from time_machine import Traveller

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.time import city_zone
from services.hospital.models import HospitalClosure, HospitalPool, HospitalTemplate
from services.hospital.operations.timetable import covers

from .conftest import Ward


def template(**more: object) -> HospitalTemplate:
    columns = {
        "hospital_id": "h",
        "department_id": "d",
        "doctor_id": "x",
        "weekday": 3,
        "segment": "morning",
        "days": "workdays",
        "valid_from": date(2026, 1, 1),
        "valid_until": None,
        "closed_at": None,
    }
    return HospitalTemplate(**{**columns, **more})


def closure(**more: object) -> HospitalClosure:
    columns = {
        "hospital_id": "h",
        "department_id": None,
        "doctor_id": None,
        "segment": None,
        "first_day": date(2026, 5, 14),
        "last_day": date(2026, 5, 21),
        "closed_at": None,
    }
    return HospitalClosure(**{**columns, **more})


@pytest.mark.parametrize(
    ("about", "covered"),
    [
        ({}, True),
        ({"department_id": "d"}, True),
        ({"department_id": "e"}, False),
        ({"doctor_id": "x"}, True),
        ({"doctor_id": "y"}, False),
        ({"segment": "morning"}, True),
        ({"segment": "evening"}, False),
        ({"hospital_id": "i"}, False),
        ({"closed_at": datetime(2026, 5, 1)}, False),
        ({"last_day": date(2026, 5, 13)}, False),
    ],
)
def test_whom_a_closure_is_about(about: dict[str, object], covered: bool) -> None:
    assert covers(closure(**about), template(), date(2026, 5, 14), "morning") is covered


def test_making_sessions_again_changes_nothing(ward: Ward, city: City) -> None:
    ward.entity("POST", "/templates", 201, **ward.line(valid_until=None))
    for _ in range(2):
        city.run_jobs("hospital")
        assert city.count("hospital_sessions") == 4, "four Wednesdays within twenty-eight days"
        assert city.count("hospital_pools") == 16


def test_a_changed_line_leaves_alone_where_somebody_has_a_number(ward: Ward, city: City) -> None:
    line = ward.line(valid_until="2026-05-23")
    made = ward.entity("POST", "/templates", 201, **line)
    first, second = ward.sessions()
    ward.book(city.citizen(), ward.slots(first)[0])
    ward.change("templates", made["id"], starts="08:30:00", ends="10:00:00", room="5")
    first, second = ward.sessions()
    assert (first["room"], len(ward.slots(first))) == ("3 诊室", 2)
    assert (second["room"], len(ward.slots(second))) == ("5", 3)
    ward.entity("POST", f"/templates/{made['id']}/close")
    assert [one["id"] for one in ward.sessions()] == [first["id"]]


def test_a_line_that_changes_after_somebody_gave_up_fits_again(ward: Ward, city: City) -> None:
    line = ward.line()
    made = ward.entity("POST", "/templates", 201, **line)
    (session,) = ward.sessions()
    citizen = city.citizen()
    held = ward.hold(citizen, ward.slots(session)[0])
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/cancel")
    ward.change("templates", made["id"], starts="08:15:00")
    assert [slot["starts_at"][11:16] for slot in ward.slots(session) if slot["left"]] == ["00:15", "00:45"]


def closing(city: City) -> dict[tuple[str, str], str]:
    """Until when the numbers that there are can be booked, by the city's clock: of each slot and channel."""
    with city.app.app_context(), transaction(reading=True):
        pools = session().scalars(select(HospitalPool).where(HospitalPool.capacity > 0))
        return {(one.channel, clock(one.starts_at)): clock(one.closes_at) for one in pools}


def clock(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(city_zone()).strftime("%H:%M")


def test_numbers_that_are_there_are_booked_as_long_as_the_changed_line_says(ward: Ward, city: City) -> None:
    made = ward.entity("POST", "/templates", 201, **ward.line(app_places=2))
    halves = {("app", "08:00"): "07:30", ("app", "08:30"): "08:00"}
    assert closing(city) == {**halves, ("window", "08:00"): "08:30", ("window", "08:30"): "09:00"}
    ward.change("templates", made["id"], ends="10:00:00", slot_minutes=60)
    hours = {("app", "08:00"): "07:30", ("app", "09:00"): "08:30"}
    assert closing(city) == {**hours, ("window", "08:00"): "09:00", ("window", "09:00"): "10:00"}


def test_numbers_that_are_there_follow_the_rules_when_their_line_changes(ward: Ward, city: City) -> None:
    made = ward.entity("POST", "/templates", 201, **ward.line())
    ward.rules(closes_minutes=60)
    ward.change("templates", made["id"], room="5")
    app = {slot: closes for (channel, slot), closes in closing(city).items() if channel == "app"}
    assert app == {"08:00": "07:00", "08:30": "07:30"}


def test_unsold_numbers_of_the_window_go_online(ward: Ward, city: City, time_travel: Traveller) -> None:
    session = ward.open(gives_back_hours=48, app_places=2, window_places=4)
    time_travel.move_to("2026-05-11T00:10:00+00:00")
    city.run_jobs("hospital")
    assert [slot["left"] for slot in ward.slots(session)] == [3, 1], "the first slot's time has come"
    city.run_jobs("hospital")
    assert [slot["left"] for slot in ward.slots(session)] == [3, 1]
