"""Reading staff."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from citizen_app.staff.models import Staff, StaffRole
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """A person and the roles held, each as `(role, service or None for all)`."""

    staff: Staff
    grants: tuple[tuple[str, str | None], ...]


def all_staff() -> list[StaffRecord]:
    """Everybody, by user name."""
    grants: dict[str, list[tuple[str, str | None]]] = {}
    for row in db.session.scalars(select(StaffRole).order_by(StaffRole.id)):
        grants.setdefault(row.staff_id, []).append((row.role_id, row.service))
    people = db.session.scalars(select(Staff).order_by(Staff.username))
    return [StaffRecord(person, tuple(grants.get(person.id, ()))) for person in people]


def id_of_username(username: str) -> str:
    """The person's id. Raises a 404."""
    staff_id = db.session.scalar(select(Staff.id).where(Staff.username == username.lower()))
    if staff_id is None:
        raise Problem("not-found")
    return staff_id
