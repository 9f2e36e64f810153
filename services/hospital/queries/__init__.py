"""Reads: hospitals, departments by words, sessions with numbers left, what a citizen has booked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import case, func, select

from citizen_app.toolkit.booking import EXPIRED, HELD
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Page, Problem, page
from services.hospital.manifest import CHANNELS, SEGMENTS, WEEKDAYS
from services.hospital.models import (
    Hospital,
    HospitalBooking,
    HospitalClosure,
    HospitalPerson,
    HospitalPool,
    HospitalSession,
    HospitalTemplate,
    HospitalWait,
)
from services.hospital.operations.privacy import Looking
from services.hospital.operations.strikes import strikes_of, suspensions_of
from services.hospital.operations.waiting import ahead_of
from services.hospital.snapshot import One, rules_of, structure

LINE: Final = Text("{who} {weekday}{segment} {starts}", "{who}, {weekday}, {segment}, {starts}")
DAYS: Final = Text("{who} {first} 至 {last}", "{who}, {first} to {last}")
FURTHEST: Final = timedelta(days=60)
MOST_SESSIONS: Final = 300


def hospitals_page(limit: int, cursor: str | None) -> Page[Hospital]:
    """Hospitals that take patients."""
    return page(select(Hospital).where(Hospital.closed_at.is_(None)), Hospital.id, limit, cursor)


def departments_by(words: str, hospital_id: str | None = None) -> list[One]:
    """Departments whose name or symptoms the words name, the best first; all of them for no words, by
    hospital."""
    held = structure()
    open_ones = [
        one
        for one in held.departments.values()
        if hospital_id in (None, one.hospital_id) and held.is_open(one.id, None)
    ]
    if not words.strip():
        return sorted(open_ones, key=lambda one: (one.hospital_id, one.id))
    ranked = [(held.rank(one.id, words), one) for one in open_ones]
    return [one for rank, one in sorted(((r, o) for r, o in ranked if r is not None), key=_best)]


def doctors_by(words: str, department_id: str | None = None, hospital_id: str | None = None) -> list[One]:
    """Doctors by name or skills, of a department, of a hospital."""
    held = structure()
    open_ones = [
        one
        for one in held.doctors.values()
        if department_id in (None, one.department_id)
        and hospital_id in (None, one.hospital_id)
        and held.is_open(one.department_id, one.id)
    ]
    if not words.strip():
        return open_ones
    ranked = [(held.rank(one.id, words), one) for one in open_ones]
    return [one for rank, one in sorted(((r, o) for r, o in ranked if r is not None), key=_best)]


def sessions_of(
    moment: datetime,
    *,
    department_id: str | None = None,
    doctor_id: str | None = None,
    hospital_id: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[dict[str, Any]]:
    """Sessions to come, the next first, each with the numbers that the app has left."""
    today = moment.astimezone(city_zone()).date()
    first = max(first or today, today)
    last = min(last or first + timedelta(days=13), today + FURTHEST)
    found = select(HospitalSession).where(
        HospitalSession.day.between(first, last),
        HospitalSession.state.in_(("open", "stopped")),
        HospitalSession.ends_at > moment,
    )
    for column, value in (
        (HospitalSession.department_id, department_id),
        (HospitalSession.doctor_id, doctor_id),
        (HospitalSession.hospital_id, hospital_id),
    ):
        if value is not None:
            found = found.where(column == value)
    rows = (
        session()
        .scalars(found.order_by(HospitalSession.starts_at, HospitalSession.id).limit(MOST_SESSIONS))
        .all()
    )
    left = left_in([row.id for row in rows], moment)
    return [shown_session(row, left.get(row.id, 0), moment) for row in rows]


def left_in(session_ids: list[str], moment: datetime) -> dict[str, int]:
    """Numbers that the app has left, by session."""
    free = case(
        (HospitalPool.capacity > HospitalPool.taken, HospitalPool.capacity - HospitalPool.taken), else_=0
    )
    sums = (
        select(HospitalPool.session_id, func.sum(free))
        .where(
            HospitalPool.session_id.in_(session_ids),
            HospitalPool.channel == "app",
            HospitalPool.closes_at > moment,
        )
        .group_by(HospitalPool.session_id)
    )
    return {session_id: int(number) for session_id, number in session().execute(sums)}


def shown_session(row: HospitalSession, left: int, moment: datetime) -> dict[str, Any]:
    """A session as people read it."""
    held = structure()
    return {
        "row": row,
        "id": row.id,
        "day": row.day,
        "hospital": held.hospitals[row.hospital_id],
        "campus": held.campuses[row.campus_id],
        "department": held.departments[row.department_id],
        "doctor": held.doctors.get(row.doctor_id) if row.doctor_id else None,
        "state": "stopped" if row.state == "stopped" else "later" if row.opens_at > moment else "open",
        "left": left if row.state == "open" else 0,
    }


def session_or_404(session_id: str) -> HospitalSession:
    """A session."""
    found = session().get(HospitalSession, session_id)
    if found is None:
        raise Problem("not-found")
    return found


def slots_of(session_id: str, channels: Iterable[str], moment: datetime) -> list[HospitalPool]:
    """The slots of a session that these channels sell and that can still be booked, in order."""
    found = select(HospitalPool).where(
        HospitalPool.session_id == session_id,
        HospitalPool.channel.in_(list(channels)),
        HospitalPool.closes_at > moment,
    )
    order = case(*[(HospitalPool.channel == name, number) for number, name in enumerate(CHANNELS)], else_=9)
    return list(session().scalars(found.order_by(HospitalPool.starts_at, order)))


def bookings_of(ref: str, limit: int, cursor: str | None) -> Page[HospitalBooking]:
    """What somebody has booked, what was made last first."""
    mine = select(HospitalBooking).where(HospitalBooking.citizen_ref == ref)
    return page(mine, HospitalBooking.id, limit, cursor)


def coming_of(ref: str, moment: datetime) -> list[HospitalBooking]:
    """Bookings that are still ahead, the next first; a hold that expired is none."""
    mine = select(HospitalBooking).where(
        HospitalBooking.citizen_ref == ref,
        HospitalBooking.ends_at > moment,
        HospitalBooking.state.in_(("held", "booked", "checked_in", "called")),
    )
    rows = session().scalars(mine.order_by(HospitalBooking.starts_at)).all()
    return [row for row in rows if standing(row, moment) != "lapsed"]


def standing(row: HospitalBooking, moment: datetime) -> str:
    """The state as it is at a moment: a hold has lapsed when its time is over, swept or not."""
    is_over = row.hold_state == EXPIRED or (
        row.hold_state == HELD and row.expires_at is not None and row.expires_at <= moment
    )
    return "lapsed" if row.state == "held" and is_over else row.state


def shown_booking(row: HospitalBooking, moment: datetime) -> dict[str, Any]:
    """A booking as its owner reads it."""
    held, rules = structure(), rules_of(row.policy_id)
    of = session().get_one(HospitalSession, row.session_id)
    return {
        "row": row,
        "id": row.id,
        "state": standing(row, moment),
        "hospital": held.hospitals[row.hospital_id],
        "campus": held.campuses[of.campus_id],
        "department": held.departments[row.department_id],
        "doctor": held.doctors.get(row.doctor_id) if row.doctor_id else None,
        "session": of,
        "cancel_by": rules.cancel_by(row.day, row.starts_at),
        "check_in_from": row.starts_at - timedelta(minutes=rules.early_minutes),
        "check_in_until": row.ends_at + timedelta(minutes=rules.late_minutes),
        "late_refund_percent": rules.late_refund_percent,
        "may_move": row.state == "booked"
        and moment <= rules.cancel_by(row.day, row.starts_at)
        and row.moves < rules.most_moves,
        "may_cancel": row.state in ("held", "booked") and (row.state == "held" or moment < row.starts_at),
    }


def waits_of(ref: str) -> list[dict[str, Any]]:
    """The sessions for which somebody waits, each with how many are ahead in the shortest of its lists."""
    mine = select(HospitalWait).where(HospitalWait.citizen_ref == ref, HospitalWait.wait_state == "waiting")
    by_session: dict[str, list[int]] = {}
    for entry in session().scalars(mine):
        by_session.setdefault(entry.session_id, []).append(ahead_of(entry))
    return [
        {
            **shown_session(session_or_404(one), 0, datetime.max.replace(tzinfo=city_zone())),
            "ahead": min(ahead),
        }
        for one, ahead in by_session.items()
    ]


def pool_or_404(pool_id: str) -> HospitalPool:
    """A slot of a session."""
    found = session().get(HospitalPool, pool_id)
    if found is None:
        raise Problem("not-found")
    return found


def shares(ref: str) -> bool:
    """Whether somebody lets a guardian see."""
    person = session().get(HospitalPerson, ref)
    return person is not None and person.shares


def strikes_shown(who: Looking, moment: datetime) -> dict[str, Any]:
    """What counts against somebody, as they read it."""
    held = structure()
    found = [] if who.is_limited and not who.shares else strikes_of(who.ref)
    items = [
        {
            "id": strike.id,
            "hospital": held.hospitals[strike.hospital_id].name,
            "kind": strike.kind,
            "occurred_at": strike.occurred_at,
            "forgiven": strike.forgiven_at is not None,
            "appeal": appeal.state if appeal else None,
            "answer": appeal.answer if appeal else None,
        }
        for strike, appeal in found
    ]
    until = suspensions_of(who.ref, moment)
    return {
        "items": items,
        "suspensions": [{"hospital_id": one, "until": end} for one, end in until.items()],
    }


def line_said(line: HospitalTemplate) -> Text:
    """A line of the timetable, in a list."""
    held = structure()
    who = held.doctors.get(line.doctor_id or "") or held.departments[line.department_id]
    return LINE.fill(
        who=who.name,
        weekday=WEEKDAYS[line.weekday],
        segment=SEGMENTS[line.segment],
        starts=f"{line.starts:%H:%M}",
    )


def closure_said(closure: HospitalClosure) -> Text:
    """A closure, in a list."""
    held = structure()
    who = (
        held.doctors.get(closure.doctor_id or "")
        or held.departments.get(closure.department_id or "")
        or held.hospitals[closure.hospital_id]
    )
    return DAYS.fill(who=who.name, first=closure.first_day.isoformat(), last=closure.last_day.isoformat())


def _best(ranked: tuple[int, One]) -> tuple[int, str]:
    return ranked[0], ranked[1].id
