"""Reading plain entities: an officer sees those of their units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, false, func, or_, select

from citizen_app.office.columns import OfficeColumns
from citizen_app.office.declared import Offered, Office
from citizen_app.registry.modules import InstalledModule
from citizen_app.staff.officers import Officer
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

MOST_OFFERED: Final = 500
"""Rows in a list to choose from on a page; the API takes any."""


def office_page(
    office: Office,
    officer: Officer,
    *,
    limit: int,
    cursor: str | None,
    state: str = "open",
    q: str = "",
    **wanted: str | None,
) -> Page[OfficeColumns]:
    """The officer's rows, newest first: in one state, with `q` in what is searched, and the values wanted."""
    query = _of(office, officer)
    if state != "all":
        closed = office.model.closed_at
        query = query.where(closed.is_(None) if state == "open" else closed.is_not(None))
    if q.strip():
        columns = [getattr(office.model, name) for name in office.search]
        words = q.strip().lower()
        query = query.where(or_(*(func.lower(one).contains(words, autoescape=True) for one in columns)))
    for name, value in wanted.items():
        if value is not None:
            query = query.where(_among(office, name, [value]))
    return page(query, office.model.id, limit, cursor, of=f"{office.service}:{office.name}")


def row_or_404(office: Office, officer: Officer, row_id: str) -> OfficeColumns:
    """One row. Raises a 404 for what is not there, or another unit's."""
    row = db.session.get(office.model, row_id)
    if row is None:
        raise Problem("not-found")
    require_own(office, officer, row)
    return row


def require_own(office: Office, officer: Officer, row: OfficeColumns) -> None:
    """Raises a 404 for a row of another unit."""
    unit = office.unit_of(row)
    if unit is not None:
        officer.require(unit)


def offered(choice: Office | Offered, officer: Officer) -> list[tuple[str, Text]]:
    """What a field may be, with titles: the officer's open rows, the one made last first, or what the service
    says."""
    if not isinstance(choice, Office):
        return list(choice(officer))
    found = _of(choice, officer).where(choice.model.closed_at.is_(None))
    rows = db.session.scalars(found.order_by(choice.model.id.desc()).limit(MOST_OFFERED))
    return [(row.id, choice.named(row)) for row in rows]


def office_of_units(module: InstalledModule) -> Office | None:
    """The office whose rows are the units of a service, where it has one."""
    declared = (office for blueprint in module.blueprints for office in getattr(blueprint, "offices", ()))
    return next((office for office in declared if office.is_unit), None)


def is_offered(choice: Office | Offered, officer: Officer, value: str) -> bool:
    """Whether an officer may choose a value."""
    if not isinstance(choice, Office):
        return any(value == one for one, _ in choice(officer))
    if not _is_id(value):
        return False
    found = _of(choice, officer).where(choice.model.id == value, choice.model.closed_at.is_(None))
    return db.session.scalar(found) is not None


def titles_of(
    office: Office, officer: Officer, rows: Iterable[OfficeColumns]
) -> Mapping[tuple[str, str], Text]:
    """What the values of fields that refer to something are called, by field and value."""
    rows, found = list(rows), dict[tuple[str, str], Text]()
    for name, choice in office.choices.items():
        held = {one for row in rows for one in values_in(getattr(row, name))}
        if isinstance(choice, Office):
            referred = select(choice.model).where(_among(choice, "id", held))
            found |= {(name, row.id): choice.named(row) for row in db.session.scalars(referred)}
        elif held:
            found |= {(name, value): title for value, title in choice(officer)}
    return found


def values_in(value: Any) -> list[str]:
    """The values of a field: none, one, or several."""
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _of(office: Office, officer: Officer) -> Select[OfficeColumns]:
    query = select(office.model)
    if office.unit is None or officer.units is None:
        return query
    return query.where(_among(office, office.unit, officer.units))


def _among(office: Office, name: str, values: Iterable[str]) -> ColumnElement[bool]:
    """That a column holds one of some texts; a text that is no id is in no column of ids."""
    column = getattr(office.model, name)
    held = sorted(value for value in values if not isinstance(column.type, Uuid) or _is_id(value))
    return column.in_(held) if held else false()


def _is_id(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
