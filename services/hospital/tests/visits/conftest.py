"""A hospital on the day of the visit: two campuses, sessions and bookings as rows, so that a queue can be
tried without selling its numbers first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from time_machine import Traveller

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import Model, invalidate, new_id, session
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.time import now
from services.hospital.models import (
    Hospital,
    HospitalBooking,
    HospitalCampus,
    HospitalDepartment,
    HospitalDoctor,
    HospitalPatient,
    HospitalPerson,
    HospitalPolicy,
    HospitalPool,
    HospitalSession,
    HospitalTicket,
)
from services.hospital.operations.arriving import check_in
from services.hospital.operations.rules import Rules
from services.hospital.snapshot import RULES, TOPIC

MORNING = datetime(2026, 5, 11, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
Result = TypeVar("Result")


def row(model: type[Model], **values: Any) -> Any:
    """A row; what is usual is filled in where the table has such a column."""
    usual = {
        "id": new_id(), "version": 1, "created_at": now(), "symptoms": "", "patients": 0,
        "name_zh": "示范", "name_en": "Demonstration", "made_at": now(), "held_at": now(), "valid_from": now(),
    }  # fmt: skip
    columns = {column.name for column in model.__table__.columns}
    kept = {name: value for name, value in usual.items() if name in columns}
    made = model(**{**kept, **values})
    session().add(made)
    session().flush()
    return made


@dataclass
class Clinic:
    """One hospital with two campuses and a department at each, and another hospital with one."""

    city: City
    hospital: str
    campuses: dict[str, tuple[str, str]]
    policy: str
    numbers: Callable[[], int] = field(default_factory=lambda: count(1).__next__)

    def run(self, work: Callable[[], Result]) -> Result:
        """In a unit of work of its own."""
        with self.city.app.app_context(), transaction():
            return work()

    def session(
        self, campus: str = "main", room: str | None = "3 诊室", doctor: str | None = None, **more: Any
    ) -> str:
        """A session this morning, from eight to ten."""

        def make() -> str:
            hospital, department = self.campuses[campus]
            values = {
                "hospital_id": hospital, "campus_id": campus_of(department), "department_id": department,
                "doctor_id": doctor, "day": MORNING.date(), "segment": "morning", "kind": "general",
                "starts_at": MORNING, "ends_at": MORNING + timedelta(hours=2), "slot_minutes": 120, "room": room,
                "fee": 0, "state": "open", "opens_at": MORNING - timedelta(days=7), "last_number": 0, **more,
            }  # fmt: skip
            made = row(HospitalSession, **values)
            row(
                HospitalPool, session_id=made.id, channel="app", starts_at=made.starts_at, ends_at=made.ends_at,
                capacity=1_000, taken=0,
            )  # fmt: skip
            return str(made.id)

        return self.run(make)

    def book(self, session_id: str, citizen: TestCitizen | str, state: str = "booked", **more: Any) -> str:
        """A booking of somebody in a session."""

        def make() -> str:
            ref = citizen if isinstance(citizen, str) else citizen.ref("hospital")
            of = session().get_one(HospitalSession, session_id)
            if session().get(HospitalPerson, ref) is None:
                row(HospitalPerson, ref=ref, shares=False)
            mine = select(HospitalPatient).where(
                HospitalPatient.holder_ref == ref, HospitalPatient.hospital_id == of.hospital_id
            )
            patient = session().scalar(mine) or row(
                HospitalPatient, hospital_id=of.hospital_id, number=f"{self.numbers():08}", holder_ref=ref,
                citizen_ref=None if isinstance(citizen, str) else ref, name="王小明",
            )  # fmt: skip
            pool = session().scalars(select(HospitalPool).where(HospitalPool.session_id == of.id)).first()
            assert pool is not None
            made = row(
                HospitalBooking, pool_id=pool.id, citizen_ref=ref, hold_state="confirmed", places=1,
                hospital_id=of.hospital_id, patient_id=patient.id, session_id=of.id, department_id=of.department_id,
                doctor_id=of.doctor_id, number=f"{self.numbers():010}", day=of.day, starts_at=of.starts_at,
                ends_at=of.ends_at, channel="app", state=state, policy_id=self.policy, booked_by="self", fee=0,
                pays="free", **more,
            )  # fmt: skip
            return str(made.id)

        return self.run(make)

    def check_in(self, booking_id: str, *, is_urgent: bool = False) -> int:
        """Check a booking in; its number."""

        def arrive() -> int:
            booking = session().get_one(HospitalBooking, booking_id)
            return check_in(booking, now(), is_urgent=is_urgent).ticket.number

        return self.run(arrive)

    def ticket(self, booking_id: str) -> HospitalTicket:
        """The ticket of a booking, as it is now."""

        def read() -> HospitalTicket:
            found = (
                session().scalars(select(HospitalTicket).where(HospitalTicket.booking_id == booking_id)).one()
            )
            session().expunge(found)
            return found

        return self.run(read)

    def state(self, booking_id: str) -> str:
        """The state of a booking."""
        return self.run(lambda: session().get_one(HospitalBooking, booking_id).state)


def campus_of(department_id: str) -> str:
    """Where a department is."""
    return str(session().get_one(HospitalDepartment, department_id).campus_id)


def _opened(city: City) -> Clinic:
    def make() -> Clinic:
        policy = row(HospitalPolicy, scope="*", rules=Rules().as_dict(), made_by="test")
        places = {}
        first = row(Hospital, code="H1", name_zh="示范医院")
        second = row(Hospital, code="H2", name_zh="另一医院")
        for key, of, called in (("main", first, "本部"), ("south", first, "南院"), ("other", second, "院区")):
            campus = row(HospitalCampus, hospital_id=of.id, name_zh=called)
            department = row(
                HospitalDepartment,
                hospital_id=of.id,
                campus_id=campus.id,
                code="int",
                name_zh="内科",
                floor="3 层",
            )
            places[key] = (of.id, department.id)
        invalidate(TOPIC)
        invalidate(RULES.topic)
        return Clinic(city, first.id, places, policy.id)

    with city.app.app_context(), transaction():
        return make()


def doctor_of(clinic: Clinic, staff_name: str, campus: str = "main") -> str:
    """A doctor who calls under a user name of the console."""
    hospital, department = clinic.campuses[campus]

    def make() -> str:
        made = row(
            HospitalDoctor, hospital_id=hospital, department_id=department, code=staff_name[:20], title="chief",
            staff_name=staff_name, name_zh="陈示安",
        )  # fmt: skip
        invalidate(TOPIC)
        return str(made.id)

    return clinic.run(make)


@pytest.fixture
def morning(time_travel: Traveller) -> None:
    """Before there is a city it is a quarter to eight."""
    time_travel.move_to(MORNING - timedelta(minutes=15))


@pytest.fixture
def clinic(morning: None, city: City) -> Clinic:
    """The hospital on a Monday."""
    return _opened(city)
