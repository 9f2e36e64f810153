"""Many at once: every number once, and every patient in one room; with controls that fail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from citizen_app.toolkit.data import lock_row, session
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.races import in_unit, run_concurrently
from citizen_app.toolkit.time import now
from services.hospital.models import HospitalBooking, HospitalPerson, HospitalSession, HospitalTicket
from services.hospital.operations.arriving import check_in
from services.hospital.operations.calling import QUEUES

from .conftest import Clinic
from .test_calling import queue

PEOPLE = 50
AT_ONCE = 10


def unlocked(session_id: str) -> HospitalSession:
    """What `lock` reads, without holding it."""
    return session().get_one(HospitalSession, session_id)


def arrive_at_once(clinic: Clinic, of: str) -> list[object]:
    """Fifty check in, ten at a time; their numbers, or why not."""
    bookings = [clinic.book(of, f"{number:022}") for number in range(PEOPLE)]

    def one(booking: str) -> int:
        return check_in(session().get_one(HospitalBooking, booking), now()).ticket.number

    def worker(number: int) -> list[object]:
        return [in_unit(clinic.city.app, partial(one, booking)) for booking in bookings[number::AT_ONCE]]

    return list(chain(*run_concurrently([partial(worker, number) for number in range(AT_ONCE)])))


def test_fifty_check_ins_have_fifty_numbers(clinic: Clinic) -> None:
    of = clinic.session()
    assert sorted(map(str, arrive_at_once(clinic, of)), key=int) == [str(n) for n in range(1, PEOPLE + 1)]
    in_order = select(HospitalTicket.number).order_by(HospitalTicket.id)
    assert clinic.run(lambda: session().get_one(HospitalSession, of).last_number) == PEOPLE
    assert len(set(clinic.run(lambda: session().scalars(in_order).all()))) == PEOPLE


def test_reading_the_last_number_and_adding_one_gives_it_twice(
    clinic: Clinic, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("units of work that write take turns there")

    def naive(session_id: str) -> int:
        last = select(HospitalSession.last_number).where(HospitalSession.id == session_id)
        number = (session().scalar(last) or 0) + 1
        session().get_one(HospitalSession, session_id).last_number = number
        return number

    monkeypatch.setattr(QUEUES, "lock", unlocked)
    monkeypatch.setattr(QUEUES, "_next_number", naive)
    of = clinic.session()
    with pytest.raises(IntegrityError, match="unique"):
        arrive_at_once(clinic, of)


def rooms_at_once(clinic: Clinic, of: str, rooms: int) -> list[object]:
    """Each of so many rooms calls its next patient, all at once."""

    def one(room: int) -> str | None:
        called = QUEUES.call_next(of, f"{room} 诊室", now(), "staff doctor")
        return called.booking_id if called is not None else None

    return run_concurrently([partial(in_unit, clinic.city.app, partial(one, room)) for room in range(rooms)])


def test_two_doctors_who_call_at_once_get_two_patients(clinic: Clinic) -> None:
    of = clinic.session()
    waiting = queue(clinic, of, 8)
    called = rooms_at_once(clinic, of, 8)
    assert sorted(map(str, called)) == sorted(waiting)


def test_without_turns_doctors_get_in_each_others_way(
    clinic: Clinic, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("units of work that write take turns there")
    monkeypatch.setattr(QUEUES, "lock", unlocked)
    of = clinic.session()
    queue(clinic, of, 8)
    called = rooms_at_once(clinic, of, 8)
    assert len(set(called)) < len(called)


def test_one_patient_of_two_queues_is_called_once(clinic: Clinic, city: City) -> None:
    sessions = [clinic.session(campus, room=f"{campus} 诊室") for campus in ("main", "south")]
    for of in sessions:
        booking = clinic.book(of, "p" * 22)
        clinic.check_in(booking)

    def one(of: str) -> bool:
        return QUEUES.call_next(of, None, now(), "staff doctor") is not None

    called = run_concurrently([partial(in_unit, city.app, partial(one, of)) for of in sessions])
    assert sorted(map(bool, called)) == [False, True]


def test_without_their_row_a_patient_is_called_twice(
    clinic: Clinic, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("units of work that write take turns there")
    monkeypatch.setattr(QUEUES, "of_same_person", lambda ticket: None)
    sessions = [clinic.session(campus, room=f"{campus} 诊室") for campus in ("main", "south")]
    for of in sessions:
        booking = clinic.book(of, "p" * 22)
        clinic.check_in(booking)
        clinic.run(partial(QUEUES.call_next, of, None, now(), "staff doctor"))
    assert clinic.city.count("hospital_tickets", "state = 'called'") == 2


def test_who_is_passed_over_is_not_held(clinic: Clinic, database_url: str) -> None:
    """Two queues with the same people in another order would wait for each other."""
    if database_url.startswith("sqlite"):
        pytest.skip("units of work that write take turns there")
    sessions = [clinic.session(campus, room=f"{campus} 诊室") for campus in ("main", "south")]
    for of in sessions:
        clinic.check_in(clinic.book(of, "p" * 22))
    clinic.run(partial(QUEUES.call_next, sessions[0], None, now(), "staff doctor"))

    def pass_over(meanwhile: ThreadPoolExecutor) -> None:
        assert QUEUES.call_next(sessions[1], None, now(), "staff doctor") is None
        hold = partial(in_unit, clinic.city.app, partial(lock_row, HospitalPerson, "p" * 22))
        assert meanwhile.submit(hold).result(10) is not None

    with ThreadPoolExecutor(1) as meanwhile:
        clinic.run(partial(pass_over, meanwhile))


def test_passing_keeps_places_apart(clinic: Clinic) -> None:
    of = clinic.session()
    queue(clinic, of, 6)
    for _ in range(9):
        called = clinic.run(partial(QUEUES.call_next, of, None, now(), "staff doctor"))
        assert called is not None
        clinic.run(partial(QUEUES.act, called, "pass", now(), "staff doctor", None))
    places = clinic.run(lambda: [one.place for one in QUEUES.order.waiting(of)])
    assert len(set(places)) == len(places)
