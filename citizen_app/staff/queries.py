"""Reading staff."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from citizen_app.staff.models import Role, Staff, StaffRole
from citizen_app.staff.operations import Grant
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """A person and the roles held."""

    staff: Staff
    grants: tuple[Grant, ...]


def all_staff() -> list[StaffRecord]:
    """Everybody, by user name."""
    grants: dict[str, list[Grant]] = {}
    for row in db.session.scalars(select(StaffRole).order_by(StaffRole.id)):
        grants.setdefault(row.staff_id, []).append(Grant(row.role_id, row.service, row.unit))
    people = db.session.scalars(select(Staff).order_by(Staff.username))
    return [StaffRecord(person, tuple(grants.get(person.id, ()))) for person in people]


def id_of_username(username: str) -> str:
    """The person's id. Raises a 404."""
    staff_id = db.session.scalar(select(Staff.id).where(Staff.username == username.lower()))
    if staff_id is None:
        raise Problem("not-found")
    return staff_id


def person_or_404(staff_id: str) -> StaffRecord:
    """One person. Raises a 404."""
    person = db.session.get(Staff, staff_id)
    if person is None:
        raise Problem("not-found")
    rows = db.session.scalars(select(StaffRole).where(StaffRole.staff_id == staff_id).order_by(StaffRole.id))
    return StaffRecord(person, tuple(Grant(row.role_id, row.service, row.unit) for row in rows))


def all_roles() -> list[Role]:
    """The roles that can be given, by id."""
    return list(db.session.scalars(select(Role).order_by(Role.id)))
