"""Versions of the rules: published, never changed; what a change would mean is said before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from citizen_app.toolkit.booking import policies
from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.data import guarded_update, session
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import KINDS
from services.hospital.models import (
    HospitalBooking,
    HospitalPolicy,
    HospitalPool,
    HospitalSession,
    HospitalStrike,
)
from services.hospital.operations.rules import Rules
from services.hospital.operations.states import OPEN
from services.hospital.operations.strikes import suspended_at
from services.hospital.snapshot import RULES, rules_as_stored, rules_in_force, structure

LOOKED_AT: Final = timedelta(days=90)


def publish(
    hospital_id: str,
    rules: Mapping[str, Any],
    moment: datetime,
    by: str,
    *,
    department_id: str | None = None,
    kind: str | None = None,
    valid_from: datetime | None = None,
    after: int | None = None,
) -> HospitalPolicy:
    """The next version of the rules of a hospital, a department of it, or a kind of number. Sessions to come
    in which nobody has a number are released by it; the others keep what was announced. Raises a 409 where
    somebody else has published since `after`."""
    scope = scope_of(hospital_id, department_id, kind)
    made = RULES.publish(
        rules, by=by, moment=moment, valid_from=valid_from, scope=scope, after=after, hospital_id=hospital_id
    )
    audit("hospital.publish", "hospital_policy", made.id, scope=scope, version=made.version)
    if made.valid_from <= moment:
        _release_by(Rules.of(rules), made, moment)
    return made


def scope_of(hospital_id: str, department_id: str | None, kind: str | None) -> str:
    """How a policy says of what it speaks. Raises a 404 for a department of another hospital."""
    if department_id is not None:
        department = structure().departments.get(department_id)
        if department is None or department.hospital_id != hospital_id:
            raise Problem("not-found")
    assert kind is None or kind in KINDS
    return policies.scopes_of((department_id, hospital_id), kind)[0]


def effect_of(
    hospital_id: str, rules: Rules, moment: datetime, *, department_id: str | None, kind: str | None
) -> dict[str, Any]:
    """What a version would change, before it is saved (`schemas.rules.EffectSchema`). Suspensions are the
    hospital's own: they are computed where the version is one of the hospital."""
    scope = scope_of(hospital_id, department_id, kind)
    about = _about(hospital_id, department_id, kind, moment)
    before = rules_in_force(hospital_id, department_id, kind, moment).rules
    was, will = before.as_dict(), rules.as_dict()
    count = select(func.count(HospitalSession.id)).where(*about)
    cancelled = _cancelled(hospital_id, department_id, kind, moment)
    suspended = [
        len(suspended_at(hospital_id, one, moment)) for one in (before, rules) if scope == hospital_id
    ]
    return {
        "sessions": session().scalar(count) or 0,
        "released_anew": session().scalar(count.where(~_has_taken())) or 0,
        "bookings_kept": session().scalar(_open_bookings(about)) or 0,
        "cancelled": len(cancelled),
        "late": sum(kind_of == "late_cancel" for kind_of, *_ in cancelled),
        "late_then": sum(at > rules.cancel_by(day, starts_at) for _, at, day, starts_at in cancelled),
        "suspended": suspended[0] if suspended else None,
        "suspended_then": suspended[1] if suspended else None,
        "changes": {name: [was[name], will[name]] for name in will if was[name] != will[name]},
    }


def _cancelled(
    hospital_id: str, department_id: str | None, kind: str | None, moment: datetime
) -> list[tuple[str, datetime, date, datetime]]:
    """Booked numbers that their patients gave back in the last 90 days: as what each was counted, when, of
    which slot."""
    of = [
        HospitalStrike.hospital_id == hospital_id,
        HospitalStrike.kind.in_(("cancel", "late_cancel")),
        HospitalStrike.occurred_at > moment - LOOKED_AT,
    ]
    if department_id is not None:
        of.append(HospitalBooking.department_id == department_id)
    if kind is not None:
        of.append(HospitalSession.kind == kind)
    found = session().execute(
        select(
            HospitalStrike.kind, HospitalStrike.occurred_at, HospitalBooking.day, HospitalBooking.starts_at
        )
        .join(HospitalBooking, HospitalBooking.id == HospitalStrike.subject_id)
        .join(HospitalSession, HospitalSession.id == HospitalBooking.session_id)
        .where(*of)
    )
    return [(row.kind, row.occurred_at, row.day, row.starts_at) for row in found]


def _open_bookings(about: list[Any]) -> Any:
    sessions = select(HospitalSession.id).where(*about)
    return select(func.count(HospitalBooking.id)).where(
        HospitalBooking.session_id.in_(sessions), HospitalBooking.state.in_(OPEN)
    )


def _release_by(rules: Rules, made: HospitalPolicy, moment: datetime) -> None:
    """New sessions' release follows the new rules at once, where nobody has a number and it has not begun."""
    base, _, kind = made.scope.partition(":")
    department = base if base != made.hospital_id else None
    assert made.hospital_id is not None
    about = _about(made.hospital_id, department, kind or None, moment)
    fresh = select(HospitalSession).where(*about, HospitalSession.opens_at > moment, ~_has_taken())
    for row in session().scalars(fresh).all():
        if rules_as_stored(row.hospital_id, row.department_id, row.kind, moment).id != made.id:
            continue  # a more particular version speaks of it
        row.opens_at, row.policy_id = rules.opens_at(row.day), made.id
        pools = select(HospitalPool).where(HospitalPool.session_id == row.id, HospitalPool.channel == "app")
        for pool in session().scalars(pools).all():
            guarded_update(
                HospitalPool,
                HospitalPool.id == pool.id,
                opens_at=row.opens_at,
                closes_at=rules.closes_at(pool.starts_at),
            )
    session().flush()


def _about(hospital_id: str, department_id: str | None, kind: str | None, moment: datetime) -> list[Any]:
    about = [
        HospitalSession.hospital_id == hospital_id,
        HospitalSession.state == "open",
        HospitalSession.starts_at > moment,
    ]
    if department_id is not None:
        about.append(HospitalSession.department_id == department_id)
    if kind is not None:
        about.append(HospitalSession.kind == kind)
    return about


def _has_taken() -> Any:
    taken = select(HospitalPool.id).where(
        HospitalPool.session_id == HospitalSession.id, HospitalPool.taken > 0
    )
    return taken.exists()
