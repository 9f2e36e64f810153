"""Figures of a hospital's office, by day and department: numbers, what became of them, how long people
waited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select

from citizen_app.toolkit.data import session
from services.hospital.models import (
    HospitalBooking,
    HospitalPool,
    HospitalSession,
    HospitalTicket,
    HospitalTicketMove,
)

CAME: Final = ("checked_in", "called", "fulfilled")
SOLD: Final = ("booked", *CAME, "no_show")


@dataclass(slots=True)
class Figures:
    """What there was in a department on a day (or in all of some days).

    `released` counts numbers of sessions that took place or will, `added` those added by hand (加号);
    `booked` who has a number or had one on the day, `walk_ins` those among them to whom a desk or a doctor
    gave it; `stopped` bookings that the hospital gave up. `waits` and `waited` are patients who were called,
    and the seconds from check-in to the first call of all of them."""

    released: int = 0
    added: int = 0
    booked: int = 0
    walk_ins: int = 0
    cancelled: int = 0
    stopped: int = 0
    came: int = 0
    missed: int = 0
    waits: int = 0
    waited: float = 0

    @property
    def missed_percent(self) -> int | None:
        """Of those whose visit is over or under way, who did not come; None where nobody was due."""
        due = self.came + self.missed
        return round(100 * self.missed / due) if due else None

    @property
    def mean_wait(self) -> int | None:
        """Minutes from check-in to the first call, on average; None where nobody was called."""
        return round(self.waited / self.waits / 60) if self.waits else None

    def __iadd__(self, other: Figures) -> Figures:
        for one in fields(Figures):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        return self


Rows = dict[tuple[date, str], Figures]


def figures_of(hospital_id: str, first: date, last: date) -> Rows:
    """By day and department, days in order."""
    found: Rows = {}

    def of(day: date, department_id: str) -> Figures:
        return found.setdefault((day, department_id), Figures())

    for day, department, channel, capacity in _numbers(hospital_id, first, last):
        name = "added" if channel == "added" else "released"
        setattr(of(day, department), name, getattr(of(day, department), name) + int(capacity))
    for day, department, state, count, walk_ins in _bookings(hospital_id, first, last):
        figures = of(day, department)
        figures.booked += count if state in SOLD else 0
        figures.walk_ins += int(walk_ins) if state in SOLD else 0
        figures.came += count if state in CAME else 0
        figures.missed += count if state == "no_show" else 0
        figures.cancelled += count if state == "cancelled" else 0
        figures.stopped += count if state == "stopped" else 0
    for day, department, arrived_at, called_at in _waits(hospital_id, first, last):
        figures = of(day, department)
        figures.waits += 1
        figures.waited += max((called_at - arrived_at).total_seconds(), 0)
    return dict(sorted(found.items()))


def use_of_pools(hospital_id: str, first: date, last: date) -> dict[str, tuple[int, int]]:
    """Numbers by channel: how many there were, how many are taken."""
    rows = session().execute(
        select(HospitalPool.channel, func.sum(HospitalPool.capacity), func.sum(HospitalPool.taken))
        .join(HospitalSession, HospitalSession.id == HospitalPool.session_id)
        .where(*_open(hospital_id, first, last))
        .group_by(HospitalPool.channel)
    )
    return {channel: (int(capacity), int(taken)) for channel, capacity, taken in rows}


def _open(hospital_id: str, first: date, last: date) -> list[ColumnElement[bool]]:
    return [
        HospitalSession.hospital_id == hospital_id,
        HospitalSession.day.between(first, last),
        HospitalSession.state != "stopped",
    ]


def _numbers(hospital_id: str, first: date, last: date) -> Iterable[Any]:
    return session().execute(
        select(
            HospitalSession.day,
            HospitalSession.department_id,
            HospitalPool.channel,
            func.sum(HospitalPool.capacity),
        )
        .select_from(HospitalPool)
        .join(HospitalSession, HospitalSession.id == HospitalPool.session_id)
        .where(*_open(hospital_id, first, last))
        .group_by(HospitalSession.day, HospitalSession.department_id, HospitalPool.channel)
    )


def _bookings(hospital_id: str, first: date, last: date) -> Iterable[Any]:
    return session().execute(
        select(
            HospitalBooking.day,
            HospitalBooking.department_id,
            HospitalBooking.state,
            func.count(),
            func.sum(case((HospitalBooking.booked_by == "staff", 1), else_=0)),
        )
        .where(HospitalBooking.hospital_id == hospital_id, HospitalBooking.day.between(first, last))
        .group_by(HospitalBooking.day, HospitalBooking.department_id, HospitalBooking.state)
    )


def _waits(hospital_id: str, first: date, last: date) -> Iterable[Any]:
    called = (
        select(HospitalTicketMove.subject_id, func.min(HospitalTicketMove.moved_at).label("at"))
        .where(HospitalTicketMove.to_state == "called")
        .group_by(HospitalTicketMove.subject_id)
        .subquery()
    )
    return session().execute(
        select(HospitalSession.day, HospitalSession.department_id, HospitalTicket.arrived_at, called.c.at)
        .select_from(HospitalTicket)
        .join(HospitalSession, HospitalSession.id == HospitalTicket.session_id)
        .join(called, called.c.subject_id == HospitalTicket.id)
        .where(HospitalSession.hospital_id == hospital_id, HospitalSession.day.between(first, last))
    )
