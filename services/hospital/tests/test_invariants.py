"""What must be true whatever happens at once, each with a control that fails without its guard.

Elsewhere: as many numbers as there are (`test_races`, `tests/drills/test_release_second.py`), the window of
booking, the deadline of cancelling, the chance delay (`test_booking`), no-shows and suspensions
(`test_waiting_and_strikes`), 停诊 (`test_stopping`), money (`test_money`), numbers of the queue, one room
and 过号 (`visits/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Table, delete, select, text
from time_machine import Traveller

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import before_commit, while_uncommitted
from citizen_app.toolkit.time import now
from services.hospital.models import (
    HospitalBooking,
    HospitalMove,
    HospitalPatient,
    HospitalPool,
    HospitalSession,
)
from services.hospital.operations import booking, giving_up, stopping, sweeping, timetable
from services.hospital.operations.booking import By
from services.hospital.operations.states import BOOKINGS, PLACES

from .conftest import MakeWard, Ward

FORWARD = ("held", "booked", "checked_in", "called", "fulfilled")
BACKWARD = {
    ("called", "checked_in"),
    ("fulfilled", "called"),
    ("no_show", "checked_in"),
    ("no_show", "fulfilled"),
}
"""Each of them is somebody's act, written down with who and why."""
ENDED = ("cancelled", "lapsed", "moved", "stopped")


@pytest.fixture
def on_postgresql(database_url: str) -> None:
    """For controls of races."""
    if database_url.startswith("sqlite"):
        pytest.skip("units of work that write take turns there")


@pytest.fixture
def citizen(ward: Ward, city: City) -> TestCitizen:
    """Somebody whom the hospital knows as a patient, with 2,400 分."""
    found = city.citizen()
    city.top_up(found, 2_400)
    become_patient(ward, found)
    return found


def become_patient(ward: Ward, citizen: TestCitizen) -> None:
    """Be known to a hospital, with no number of it."""
    held = ward.hold(citizen, ward.slots(ward.open(starts="20:00:00", ends="21:00:00"))[0])
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/cancel")


def holding(ward: Ward, citizen: TestCitizen, slot: dict[str, Any]) -> Callable[[], str]:
    """To hold a number, in a unit of work that is open."""
    ref = citizen.ref("hospital")

    def hold() -> str:
        mine = select(HospitalPatient).where(
            HospitalPatient.holder_ref == ref, HospitalPatient.hospital_id == ward.id
        )
        return booking.hold(session().scalars(mine).one(), slot["id"], now(), By("self")).state

    return hold


def stop(of: dict[str, Any]) -> None:
    """The desk stops a session."""
    stopping.stop(session().get_one(HospitalSession, of["id"]), None, now(), "staff desk")
    stopping.clear_some(now(), of["id"])


@contextmanager
def without_index(city: City) -> Iterator[None]:
    """The database without the partial unique index of bookings."""
    table = HospitalBooking.__table__
    assert isinstance(table, Table)
    (index,) = (one for one in table.indexes if one.name == "uq_hospital_bookings_active")
    with city.app.app_context(), transaction():
        session().execute(text("DROP INDEX uq_hospital_bookings_active"))
    try:
        yield
    finally:
        with city.app.app_context(), transaction():
            session().execute(delete(HospitalBooking))
            index.create(session().connection())


@pytest.fixture
def no_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests of one person do not take turns."""
    monkeypatch.setattr(booking, "locked_person", lambda ref, moment: None)


def two_slots(ward: Ward, city: City, citizen: TestCitizen) -> str:
    """One person asks for both slots of a morning at once; what the second is told."""
    works = [holding(ward, citizen, slot) for slot in ward.slots(ward.open())]
    return str(before_commit(city.app, works[0], works[1]))


def test_the_index_alone_keeps_a_person_to_one_number_a_department_a_day(
    ward: Ward, city: City, citizen: TestCitizen, no_turns: None
) -> None:
    assert two_slots(ward, city, citizen) == "conflict"
    assert city.count("hospital_bookings", "hold_state = 'held'") == 1
    assert city.count("hospital_pools", "taken = 1") == 1, "a refusal takes no number along"


def test_without_the_index_they_get_two(ward: Ward, city: City, citizen: TestCitizen, no_turns: None) -> None:
    with without_index(city):
        assert two_slots(ward, city, citizen) == "held"
        assert city.count("hospital_bookings", "hold_state = 'held'") == 2


def in_two_hospitals(ward: Ward, other: Ward, city: City, citizen: TestCitizen) -> str:
    """One person asks two hospitals for numbers at the same time of the day, at once."""
    become_patient(other, citizen)
    works = [holding(one, citizen, one.slots(one.open())[0]) for one in (ward, other)]
    return str(before_commit(city.app, works[0], works[1]))


def test_nobody_is_in_two_hospitals_at_the_same_time(
    ward: Ward, make_ward: MakeWard, city: City, citizen: TestCitizen
) -> None:
    assert in_two_hospitals(ward, make_ward("H2"), city, citizen) == "conflict"


def test_without_turns_they_are(
    on_postgresql: None, ward: Ward, make_ward: MakeWard, city: City, citizen: TestCitizen, no_turns: None
) -> None:
    assert in_two_hospitals(ward, make_ward("H2"), city, citizen) == "held"


def test_no_number_is_taken_in_a_session_that_is_being_stopped(
    ward: Ward, city: City, citizen: TestCitizen
) -> None:
    of = ward.open()
    assert before_commit(city.app, partial(stop, of), holding(ward, citizen, ward.slots(of)[0])) == "conflict"
    assert city.count("hospital_bookings", "hold_state = 'held'") == 0


def test_with_places_left_in_it_one_is(
    on_postgresql: None, ward: Ward, city: City, citizen: TestCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PLACES, "resize", lambda pool_id, capacity: None)
    of = ward.open()
    assert before_commit(city.app, partial(stop, of), holding(ward, citizen, ward.slots(of)[0])) == "held"


def shrunk_while_held(ward: Ward, city: City, citizen: TestCitizen) -> int:
    """A line gives its places up while somebody takes one; how many pools have more taken than they have."""
    line = ward.entity("POST", "/templates", 201, **ward.line(room="9 诊室"))
    (of,) = (one for one in ward.sessions() if one["room"] == "9 诊室")
    hold = holding(ward, citizen, ward.slots(of)[0])
    while_uncommitted(city.app, hold, partial(ward.change, "templates", line["id"], app_places=0))
    return city.count("hospital_pools", "taken > capacity")


def test_no_line_takes_away_what_somebody_has(ward: Ward, city: City, citizen: TestCitizen) -> None:
    assert shrunk_while_held(ward, city, citizen) == 0


def test_without_holding_the_pools_it_does(
    on_postgresql: None, ward: Ward, city: City, citizen: TestCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(session_id: str) -> list[HospitalPool]:
        return list(session().scalars(select(HospitalPool).where(HospitalPool.session_id == session_id)))

    monkeypatch.setattr(timetable, "locked_pools", unlocked)
    assert shrunk_while_held(ward, city, citizen) == 1


@pytest.mark.parametrize("stops_first", [True, False])
def test_what_was_paid_comes_back_once_though_both_give_it_up(
    make_ward: MakeWard, city: City, stops_first: bool
) -> None:
    ward, citizen = make_ward(pays="online"), city.citizen()
    city.top_up(citizen, 1_200)
    of = ward.open(fee=1_200)
    mine = ward.book(citizen, ward.slots(of)[0])["id"]
    with city.app.app_context(), transaction(reading=True):
        row = session().get_one(HospitalBooking, mine)  # as a request has read it before it waits
        session().expunge(row)

    def cancel() -> None:
        giving_up.cancel(row, now(), By("self"))

    works = (partial(stop, of), cancel) if stops_first else (cancel, partial(stop, of))
    refused = before_commit(city.app, *works)
    assert refused == ("conflict" if stops_first else None)
    city.run_jobs("hospital")
    shown = ward.mine(citizen, "GET", f"/bookings/{mine}")
    assert (shown["state"], shown["paid"], shown["refunded"]) == (
        "stopped" if stops_first else "cancelled",
        1_200,
        1_200,
    )
    assert citizen.get("/api/v1/me/purse").get_json()["balance"] == 1_200
    assert city.count("hospital_pools", "taken <> 0") == 0


def test_states_go_forward_except_where_somebody_says_why() -> None:
    moves = {(origin, to) for origin, targets in BOOKINGS.allowed.items() for to in targets}
    backward = {
        (origin, to)
        for origin, to in moves
        if origin not in FORWARD or (to in FORWARD and FORWARD.index(to) <= FORWARD.index(origin))
    }
    assert backward == BACKWARD
    assert not [origin for origin, _ in moves if origin in ENDED], "what has ended stays as it ended"
    assert {name for name in ("moved_by", "reason") if HospitalMove.__table__.c[name].nullable} == set()
    assert set(FORWARD) | set(ENDED) | {"no_show"} == BOOKINGS.states


def test_who_was_there_is_no_no_show(ward: Ward, city: City, time_travel: Traveller) -> None:
    of = ward.open()
    came, missed = city.citizen(), city.citizen()
    bookings = [ward.book(one, ward.slots(of)[0])["id"] for one in (came, missed)]
    kiosk = city.kiosk("hospital", context={"campus": ward.campus})
    time_travel.move_to("2026-05-12T23:50:00+00:00")
    kiosk.scan(came.code(), "check_in", context=dict(kiosk.context))
    time_travel.move_to("2026-05-13T02:00:00+00:00")
    city.run_jobs("hospital")
    assert [
        ward.mine(one, "GET", f"/bookings/{row}")["state"]
        for one, row in zip((came, missed), bookings, strict=True)
    ] == ["checked_in", "no_show"]
    ward.desk("POST", f"/bookings/{bookings[1]}/seen", reason_zh="分诊台已接待")
    assert city.count("hospital_strikes", "forgiven_at IS NULL") == 0
    assert city.count("hospital_strikes", "forgiven_why = 'was there'") == 1


def test_who_came_while_others_are_counted_as_missed_stops_nobody(
    ward: Ward, city: City, time_travel: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [city.citizen() for _ in range(2)]
    slot = ward.slots(ward.open())[0]
    rows = [ward.book(one, slot)["id"] for one in people]
    time_travel.move_to("2026-05-13T02:00:00+00:00")
    miss = sweeping.miss_one

    def they_come(row: HospitalBooking, moment: Any) -> None:
        if row.id == rows[0]:
            BOOKINGS.move(row.id, "checked_in", by="citizen", reason="code", moment=moment)
        miss(row, moment)

    monkeypatch.setattr(sweeping, "miss_one", they_come)
    city.run_jobs("hospital")
    states = [
        ward.mine(one, "GET", f"/bookings/{row}")["state"] for one, row in zip(people, rows, strict=True)
    ]
    assert states == ["checked_in", "no_show"]


def test_a_session_that_was_stopped_meanwhile_has_no_no_shows(
    ward: Ward, city: City, time_travel: Traveller
) -> None:
    of, citizen = ward.open(), city.citizen()
    mine = ward.book(citizen, ward.slots(of)[0])["id"]
    time_travel.move_to("2026-05-13T02:00:00+00:00")
    with city.app.app_context(), transaction():
        row = session().get_one(HospitalBooking, mine)
        stopping.stop(session().get_one(HospitalSession, of["id"]), None, now(), "staff desk")
        sweeping.miss_one(row, now())
        assert row.state == "booked"
    city.run_jobs("hospital")
    assert city.count("hospital_strikes") == 0
    assert city.count("hospital_bookings", "state = 'stopped'") == 1
