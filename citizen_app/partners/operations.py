"""Writes about partners. Every change of who may call as one invalidates the topic `partners`, so that it
holds in every process within a second; noting that a key was used does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, update

from citizen_app import clock
from citizen_app.audit.operations import current_actor, record
from citizen_app.ids import new_id
from citizen_app.office.queries import is_offered, offered, office_of_units
from citizen_app.partners.models import PartnerSystem
from citizen_app.partners.queries import TOPIC, Admission
from citizen_app.registry.state import module_of
from citizen_app.secrecy.bearers import mint
from citizen_app.secrecy.vault import token_hash
from citizen_app.staff.officers import Officer
from citizen_app.storage.cached_values import invalidate
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import after_commit, write_after_read
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

MOST_OF_SERVICE: Final = 500
KEEP_HOURS: Final = 7 * 24
"""How long the key before is accepted after a rotation, unless it is said otherwise."""
ENOUGH: Final = Text(
    "这项服务的接入系统已达 {most} 个。", "This service has {most} partners, which is the most."
)
NO_UNIT: Final = Text("这项服务没有这个单位，或已停用", "the service has no such unit, or it is closed")
NOT_DECLARED: Final = Text("这项服务没有声明这个权限范围", "the service declares no such scope")
IN_FUTURE: Final = Text("应在将来", "must lie in the future")
IS_REVOKED: Final = Text(
    "该系统已吊销，请新建一个。", "This partner is revoked; make a new one instead of changing it."
)


EVERY_UNIT: Final = Officer("", None)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A partner and its key, which is shown once."""

    partner: PartnerSystem
    key: str


def scopes_for(service: str) -> Mapping[str, Text]:
    """The scopes that a service declares for partners. Raises a 404 for a service that is not here."""
    return module_of(service).descriptor.partner_scopes


def units_for(service: str) -> list[tuple[str, Text]]:
    """The open units of a service, where it keeps them as an office; none for any other."""
    units = office_of_units(module_of(service))
    return [] if units is None else offered(units, EVERY_UNIT)


def create(
    service: str,
    unit: str,
    name: str,
    scopes: Sequence[str],
    per_minute: int,
    expires_at: datetime | None = None,
) -> NewKey:
    """A partner for one unit of a service. Raises a 422 for scopes that are not declared, a unit that is not
    there (where the service keeps its units as an office) or an end that is past, a 409 where a service has
    too many."""
    chosen = _checked(service, scopes)
    units = office_of_units(module_of(service))
    if units is not None and not is_offered(units, EVERY_UNIT, unit):
        raise invalid_input("/unit", NO_UNIT)
    _check_end(expires_at)
    count = select(func.count()).where(PartnerSystem.service == service, PartnerSystem.revoked_at.is_(None))
    if (db.session.scalar(count) or 0) >= MOST_OF_SERVICE:
        raise Problem("conflict", ENOUGH.fill(most=MOST_OF_SERVICE))
    key = mint("partner")
    made = PartnerSystem(
        id=new_id(),
        service=service,
        unit=unit,
        name=name,
        scopes=chosen,
        per_minute=per_minute,
        key_hash=token_hash(key),
        expires_at=expires_at,
        created_at=clock.now(),
        created_by=current_actor().name[:60],
    )
    db.session.add(made)
    _changed(made, "partner.create", unit=unit, scopes=chosen, per_minute=per_minute)
    return NewKey(made, key)


def change(partner_id: str, **changes: Any) -> PartnerSystem:
    """Another name, other scopes, another limit or end; what is the same changes nothing. Raises a 422, and a
    409 for a revoked one."""
    row = _changeable(partner_id)
    if "scopes" in changes:
        changes["scopes"] = _checked(row.service, changes["scopes"])
    new = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not new:
        return row
    _check_end(new.get("expires_at"))
    for name, value in new.items():
        setattr(row, name, value)
    told = {
        name: clock.rfc3339(value) if name == "expires_at" and value else value for name, value in new.items()
    }
    _changed(row, "partner.change", **told)
    return row


def rotate(partner_id: str, keep_hours: int = KEEP_HOURS) -> NewKey:
    """A new key. The one before is accepted for so many hours beside it; one from before that ends now.
    Raises a 409 for a revoked partner."""
    row, key, moment = _changeable(partner_id), mint("partner"), clock.now()
    keeps = keep_hours > 0
    row.previous_key_hash = row.key_hash if keeps else None
    row.previous_until = moment + timedelta(hours=keep_hours) if keeps else None
    row.previous_used_on = None
    row.key_hash, row.rotated_at = token_hash(key), moment
    _changed(row, "partner.rotate", keep_hours=keep_hours)
    return NewKey(row, key)


def revoke(partner_id: str) -> PartnerSystem:
    """Shut a partner out for good, in every process within a second; a second time changes nothing."""
    row = _locked(partner_id)
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.key_hash = row.previous_key_hash = row.previous_until = None
        _changed(row, "partner.revoke")
    return row


def note_use(admission: Admission) -> None:
    """Note on which day a partner calls, once a day and process; in the present unit of work, or after it
    where that only reads."""
    day, key = clock.now().date(), (admission.partner.id, admission.is_previous)
    if _noted.get(key) != day:
        write_after_read(lambda: _note(key, day))


_noted: Final[dict[tuple[str, bool], date]] = {}


def _note(key: tuple[str, bool], day: date) -> None:
    partner_id, is_previous = key
    column = PartnerSystem.previous_used_on if is_previous else PartnerSystem.last_used_on
    earlier = (PartnerSystem.id == partner_id) & (column.is_(None) | (column < day))
    values = {PartnerSystem.last_used_on: day, **({column: day} if is_previous else {})}
    noting = update(PartnerSystem).where(earlier).values(values)
    db.session.execute(noting.execution_options(synchronize_session=False))
    after_commit(lambda: _noted.__setitem__(key, day))


def _checked(service: str, scopes: Sequence[str]) -> list[str]:
    declared = scopes_for(service)
    for index, scope in enumerate(scopes):
        if scope not in declared:
            raise invalid_input(f"/scopes/{index}", NOT_DECLARED)
    return sorted(set(scopes))


def _check_end(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= clock.now():
        raise invalid_input("/expires_at", IN_FUTURE)


def _locked(partner_id: str) -> PartnerSystem:
    row = lock_row(PartnerSystem, partner_id)
    if row is None:
        raise Problem("not-found")
    return row


def _changeable(partner_id: str) -> PartnerSystem:
    row = _locked(partner_id)
    if row.revoked_at is not None:
        raise Problem("conflict", IS_REVOKED)
    return row


def _changed(row: PartnerSystem, action: str, **details: Any) -> None:
    db.session.flush()
    invalidate(TOPIC)
    record(action, "partner", row.id, service=row.service, **details)
