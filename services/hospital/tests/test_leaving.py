"""Whoever leaves: a copy has all of it, an erasure leaves nothing, what they had goes to others and what they
had paid comes back; so after a death. And who stays is reminded once."""

from __future__ import annotations

import pytest
from time_machine import Traveller

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.testing import City, TestCitizen
from services.hospital import hooks

from .conftest import MakeWard, Ward

FEE = 1_200


@pytest.fixture
def ward(make_ward: MakeWard) -> Ward:
    """A hospital whose numbers are paid online; who gives one up has a strike."""
    return make_ward(
        pays="online", ladders=[{"kinds": ["no_show"], "strikes": 9, "within_days": 9, "suspend_days": 9}]
    )


@pytest.fixture
def leaving(ward: Ward, city: City) -> TestCitizen:
    """Somebody with a number that is paid, one that was given up, a strike and a place on a waiting list;
    another waits for what they have."""
    who, next_one = city.citizen(), city.citizen()
    city.top_up(who, 3 * FEE)
    mine = ward.open(app_places=1, slot_minutes=60, fee=FEE)
    ward.book(who, ward.slots(mine)[0])
    ward.mine(next_one, "POST", "/waiting", 204, session_id=mine["id"])
    full = ward.open(
        app_places=1,
        slot_minutes=60,
        starts="14:00:00",
        ends="15:00:00",
        department_id=surgery(ward),
        doctor_id=None,
    )
    ward.book(city.citizen(), ward.slots(full)[0])
    ward.mine(who, "POST", "/waiting", 204, session_id=full["id"])
    given_up = ward.open(
        starts="18:00:00", ends="19:00:00", department_id=surgery(ward, "eye"), doctor_id=None
    )
    booked = ward.book(who, ward.slots(given_up)[0])
    ward.mine(who, "POST", f"/bookings/{booked['id']}/cancel")
    return who


def surgery(ward: Ward, code: str = "sur") -> str:
    """Another department."""
    made = ward.entity(
        "POST", "/departments", 201, campus_id=ward.campus, code=code, name_zh=code, name_en=code
    )
    return str(made["id"])


def view(citizen: TestCitizen) -> CitizenView:
    """The person as the rights hooks see them; no document is known."""
    told = {"identity_ref": ()}
    return CitizenView(citizen.ref("hospital"), frozenset(told), told.__getitem__, lambda claim, at: False)


def balance(citizen: TestCitizen) -> int:
    return int(citizen.get("/api/v1/me/purse").get_json()["balance"])


def test_a_copy_has_it_and_an_erasure_leaves_nothing(city: City, leaving: TestCitizen) -> None:
    who, ref = view(leaving), leaving.ref("hospital")
    with city.app.app_context(), transaction(reading=True):
        kept = {one.name: len(list(one.rows)) for one in hooks.export_for(who)}
    assert {name: count for name, count in kept.items() if count} == {
        "patients": 1,
        "persons": 1,
        "bookings": 2,
        "waits": 1,
        "strikes": 1,
    }
    for _ in range(2):
        with city.app.app_context(), transaction():
            hooks.erase_for(who)
    for table, column in (
        ("bookings", "citizen_ref"),
        ("waits", "citizen_ref"),
        ("strikes", "citizen_ref"),
        ("persons", "ref"),
        ("patients", "holder_ref"),
    ):
        assert city.count(f"hospital_{table}", f"{column} = '{ref}'") == 0
    assert balance(leaving) == 3 * FEE
    what_they_had_is_offered(city)


def what_they_had_is_offered(city: City) -> None:
    """The number went to who waited for it, and to nobody else."""
    assert city.count("hospital_waits", "wait_state = 'offered'") == 1
    assert city.count("hospital_bookings", "state = 'held'") == 1
    assert city.count("hospital_pools", "taken > capacity") == 0


def test_after_a_death_numbers_and_money_come_back(city: City, ward: Ward, leaving: TestCitizen) -> None:
    with city.app.app_context(), transaction():
        hooks.on_death(leaving.ref("hospital"))
    assert [one["state"] for one in ward.mine(leaving, "GET", "/bookings")["items"]] == [
        "cancelled",
        "cancelled",
    ]
    assert ward.mine(leaving, "GET", "/waiting")["items"] == []
    assert balance(leaving) == 3 * FEE
    what_they_had_is_offered(city)


def test_tomorrows_patients_are_reminded_once(city: City, ward: Ward, time_travel: Traveller) -> None:
    citizen = city.citizen()
    ward.book(citizen, ward.slots(ward.open())[0])

    def reminders() -> int:
        city.run_jobs("hospital")
        told = citizen.get("/api/v1/me/notices?service=hospital").get_json()["items"]
        return [one["notice"] for one in told].count("reminder")

    assert reminders() == 0, "three days ahead nobody needs to be"
    time_travel.move_to("2026-05-12T08:00:00+00:00")
    assert [reminders(), reminders()] == [1, 1]
