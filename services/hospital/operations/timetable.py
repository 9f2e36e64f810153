"""The timetable: lines of the week become sessions of days, with their numbers. Repeated, it changes
nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, select

from citizen_app.toolkit.booking import Version, timetable
from citizen_app.toolkit.data import new_id, session, upsert
from citizen_app.toolkit.jobs import Unit
from citizen_app.toolkit.time import city_zone
from services.hospital.models import (
    HospitalClosure,
    HospitalDepartment,
    HospitalPool,
    HospitalSession,
    HospitalTemplate,
)
from services.hospital.operations.rules import Rules
from services.hospital.operations.states import SESSIONS, SLOTS
from services.hospital.snapshot import rules_as_stored, structure

APP: Final = "app"
AT_ONCE: Final = 50
"""Sessions to a statement."""
LINES: Final = 20
"""Lines to a unit of work of the job."""
CLOSED_BY: Final = ("hospital_id", "department_id", "doctor_id")
Wanted = Mapping[tuple[datetime, str], Mapping[str, Any]]
"""Columns of pools, by the begin of their slot and the channel."""


@dataclass(frozen=True, slots=True)
class Refitted:
    """What became of the sessions of a changed line: made anew or changed, and left alone because somebody
    has a number there."""

    changed: int = 0
    kept: int = 0


def covers(closure: HospitalClosure, of: Any, day: date, segment: str) -> bool:
    """Whether a closure that stands is about a session (or a line) on a day."""
    return closure.segment in (None, segment) and timetable.covers(closure, of, day, *CLOSED_BY)


def make_sessions(first: date, last: date, moment: datetime, unit: Unit) -> int:
    """Make the sessions of these days that are not there yet, some lines to a unit; returns how many were
    made."""
    standing, made = HospitalTemplate.closed_at.is_(None), 0
    with unit():
        ids, held = session().scalars(select(HospitalTemplate.id).where(standing)).all(), structure()
    for start in range(0, len(ids), LINES):
        with unit():
            some = select(HospitalTemplate).where(HospitalTemplate.id.in_(ids[start : start + LINES]))
            lines = [one for one in session().scalars(some) if held.is_open(one.department_id, one.doctor_id)]
            made += make_of(lines, first, last, moment)
    return made


def refit(template: HospitalTemplate, first: date, last: date, moment: datetime) -> Refitted:
    """After a line was changed: its sessions to come follow, except where somebody has a number or waits."""
    coming = select(HospitalSession).where(
        HospitalSession.template_id == template.id,
        HospitalSession.state == "open",
        HospitalSession.starts_at > moment,
    )
    closures = closures_of(template.hospital_id, first)
    (version,) = _versions([template], moment)
    changed = kept = 0
    for row in session().scalars(coming.order_by(HospitalSession.day)).all():
        pools = locked_pools(row.id)
        if is_used(row.id, pools, moment):
            kept += 1
            continue
        changed += 1
        if any(_days(template, row.day, row.day, closures)):
            for name, value in _columns(template, row.day, version).items():
                setattr(row, name, value)
            fit_pools(row, _wanted(template, row.starts_at, row.ends_at), pools, moment)
        else:
            fit_pools(row, {}, pools, moment)
            _drop(row, moment)
    session().flush()
    made = 0 if template.closed else make_of([template], first, last, moment)
    return Refitted(changed + made, kept)


def closures_of(hospital_id: str, first: date) -> list[HospitalClosure]:
    """Closures of a hospital that stand and are not past."""
    standing = select(HospitalClosure).where(
        HospitalClosure.hospital_id == hospital_id,
        HospitalClosure.last_day >= first,
        HospitalClosure.closed_at.is_(None),
    )
    return list(session().scalars(standing))


def add_pools(row: HospitalSession, wanted: Wanted) -> None:
    """The numbers of a session, by slot and channel."""
    _insert(_pools(row.id, _timed(wanted, row.opens_at, _rules(row, row.created_at))))


def make_of(lines: Sequence[HospitalTemplate], first: date, last: date, moment: datetime) -> int:
    """Make the sessions of these lines that are not there yet, in a few statements however many days there
    are; returns how many."""
    there = select(HospitalSession.template_id, HospitalSession.day).where(
        HospitalSession.template_id.in_([line.id for line in lines]), HospitalSession.day >= first
    )
    known = {(line, day) for line, day in session().execute(there)}
    closures = {of: closures_of(of, first) for of in {line.hospital_id for line in lines}}
    rows: list[dict[str, Any]] = []
    pools: dict[str, list[dict[str, Any]]] = {}
    for line, version in zip(lines, _versions(lines, moment), strict=True):
        for day in _days(line, first, last, closures[line.hospital_id]):
            if (line.id, day) in known:
                continue
            row = {"id": new_id(), "template_id": line.id, "day": day, **_columns(line, day, version)}
            if row["ends_at"] <= moment:
                continue
            rows.append({**row, "state": "open", "created_at": moment, "last_number": 0})
            wanted = _wanted(line, row["starts_at"], row["ends_at"])
            pools[row["id"]] = list(_pools(row["id"], _timed(wanted, row["opens_at"], version.rules)))
    made: list[str] = []
    for start in range(0, len(rows), AT_ONCE):
        new = upsert(HospitalSession).values(rows[start : start + AT_ONCE]).on_conflict_do_nothing()
        made += session().scalars(new.returning(HospitalSession.id))
    _insert(pool for one in made for pool in pools[one])
    return len(made)


def _days(
    line: HospitalTemplate, first: date, last: date, closures: Iterable[HospitalClosure]
) -> Iterator[date]:
    days = timetable.days_of(line, first, last)
    return (day for day in days if not any(covers(one, line, day, line.segment) for one in closures))


def _versions(lines: Iterable[HospitalTemplate], moment: datetime) -> Iterator[Version[Rules]]:
    found: dict[tuple[str, str, str], Version[Rules]] = {}
    for line in lines:
        key = (line.hospital_id, line.department_id, line.kind)
        if key not in found:
            found[key] = rules_as_stored(*key, moment)
        yield found[key]


def _columns(template: HospitalTemplate, day: date, version: Version[Rules]) -> dict[str, Any]:
    starts_at, ends_at = timetable.times_of(template, day, city_zone())
    return {
        "hospital_id": template.hospital_id,
        "campus_id": session().get_one(HospitalDepartment, template.department_id).campus_id,
        "department_id": template.department_id,
        "doctor_id": template.doctor_id,
        "segment": template.segment,
        "kind": template.kind,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "slot_minutes": template.slot_minutes,
        "room": template.room,
        "fee": template.fee,
        "opens_at": version.rules.opens_at(day),
        "policy_id": version.id,
    }


def _wanted(
    template: HospitalTemplate, starts_at: datetime, ends_at: datetime
) -> dict[tuple[datetime, str], dict[str, Any]]:
    slots = timetable.slots_of(starts_at, ends_at, template.slot_minutes)
    back = timedelta(hours=template.gives_back_hours)
    return timetable.places_of(slots, template.places, main=APP, gives_back=back)


def _rules(row: HospitalSession, moment: datetime) -> Rules:
    return rules_as_stored(row.hospital_id, row.department_id, row.kind, moment).rules


def _timed(wanted: Wanted, opens_at: datetime, rules: Rules) -> Wanted:
    """From when until when each is booked: online by the rules, elsewhere to the end of the slot."""
    return {
        (starts_at, channel): {
            **columns,
            "opens_at": opens_at if channel == APP else None,
            "closes_at": rules.closes_at(starts_at) if channel == APP else columns["ends_at"],
        }
        for (starts_at, channel), columns in wanted.items()
    }


def _pools(session_id: str, wanted: Wanted) -> Iterator[dict[str, Any]]:
    for (starts_at, channel), columns in wanted.items():
        yield {
            "id": new_id(),
            "session_id": session_id,
            "channel": channel,
            "starts_at": starts_at,
            "taken": 0,
            **columns,
        }


def _insert(pools: Iterable[dict[str, Any]]) -> None:
    if rows := list(pools):
        session().execute(insert(HospitalPool), rows)


def locked_pools(session_id: str) -> list[HospitalPool]:
    """The pools of a session, each held until the end of the unit of work."""
    return SLOTS.locked(session_id)


def is_used(session_id: str, pools: list[HospitalPool], moment: datetime) -> bool:
    """Whether somebody has a number in a session, or waits for one; its pools are held."""
    return SLOTS.are_used(pools, moment)


def fit_pools(row: HospitalSession, wanted: Wanted, pools: list[HospitalPool], moment: datetime) -> None:
    """Pools of a session that nobody uses as they are wanted, and booked as long as the rules say now."""
    session().flush()
    timed = _timed(wanted, row.opens_at, _rules(row, moment))
    _insert(_pools(row.id, SLOTS.fit(pools, timed)))


def _drop(row: HospitalSession, moment: datetime) -> None:
    left = select(func.count()).select_from(HospitalPool).where(HospitalPool.session_id == row.id)
    if session().scalar(left):
        SESSIONS.move(row.id, "stopped", by="system", reason="timetable", moment=moment, stopped_at=moment)
    else:
        session().execute(delete(HospitalSession).where(HospitalSession.id == row.id))
        session().expunge(row)
