"""Creating, changing, closing and reopening plain entities. Each is an audit entry, in the same unit of
work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError

from citizen_app.audit.operations import record
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.office.columns import OfficeColumns
from citizen_app.office.declared import Office
from citizen_app.office.queries import is_offered, require_own, values_in
from citizen_app.staff.officers import Officer
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, errors_from_messages, invalid_input

STALE: Final = Text(
    "您打开之后，别人改过这一条。请重新打开，看过再改。",
    "Somebody has changed this since you opened it. Open it again and look before you change it.",
)
TAKEN: Final = Text("已有一条与此相同。", "There is one like this already.")
NOT_OFFERED: Final = Text("不能选这一项", "this cannot be chosen")
WHOLE_SERVICE: Final = Text(
    "您的角色只限部分单位，不能增减单位。", "Your role is for some units only; it cannot add or close units."
)


def create(office: Office, officer: Officer, values: Mapping[str, Any]) -> OfficeColumns:
    """A new row. Raises what its rules raise, a 404 for another's unit, and a 409 for what is there
    already."""
    _require_unit(office, officer, values)
    _check(office, officer, values, None)
    row = office.model(id=new_id(), version=1, closed_at=None, created_at=now(), **values)
    _store(row)
    return _told(office, row, "create")


def change(
    office: Office, officer: Officer, row_id: str, version: int, changes: Mapping[str, Any]
) -> OfficeColumns:
    """Change what was given, of the row as it was in that version. Raises as `create`, and a 409 where it was
    changed since."""
    row = _held(office, officer, row_id)
    if row.version != version:
        raise Problem("conflict", STALE)
    before = {name: getattr(row, name) for name in office.fields}
    whole = _loaded(office, {**before, **changes})
    _check(office, officer, whole, row)
    changed = sorted(name for name in changes if whole.get(name) != before[name])
    if not changed:
        return row
    for name in changed:
        setattr(row, name, whole.get(name))
    row.version += 1
    _store(row)
    return _told(office, row, "change", fields=changed)


def close(office: Office, officer: Officer, row_id: str) -> OfficeColumns:
    """Take a row out of use; a second time changes nothing. Raises what the service has against it."""
    row = _held(office, officer, row_id)
    _require_whole(office, officer)
    if row.closed:
        return row
    office.closing(row)
    row.closed_at, row.version = now(), row.version + 1
    _store(row)
    return _told(office, row, "close")


def reopen(office: Office, officer: Officer, row_id: str) -> OfficeColumns:
    """Put a row into use again; a second time changes nothing."""
    row = _held(office, officer, row_id)
    _require_whole(office, officer)
    if not row.closed:
        return row
    office.check({name: getattr(row, name) for name in office.fields}, row)
    row.closed_at, row.version = None, row.version + 1
    _store(row)
    return _told(office, row, "reopen")


def _held(office: Office, officer: Officer, row_id: str) -> OfficeColumns:
    row = lock_row(office.model, row_id)
    if row is None:
        raise Problem("not-found")
    require_own(office, officer, row)
    return row


def _require_unit(office: Office, officer: Officer, values: Mapping[str, Any]) -> None:
    _require_whole(office, officer)
    if office.unit is not None and not office.is_unit:
        officer.require(str(values.get(office.unit)))


def _require_whole(office: Office, officer: Officer) -> None:
    """Units come and go by whoever has the whole service."""
    if office.is_unit and officer.units is not None:
        raise Problem("not-permitted", WHOLE_SERVICE)


def _check(office: Office, officer: Officer, values: Mapping[str, Any], row: OfficeColumns | None) -> None:
    for name, choice in office.choices.items():
        known = values_in(getattr(row, name)) if row is not None else []
        for value in values_in(values.get(name)):
            if value not in known and not is_offered(choice, officer, value):
                raise invalid_input(f"/{name}", NOT_OFFERED)
    office.check(values, row)


def _loaded(office: Office, values: Mapping[str, Any]) -> dict[str, Any]:
    """All values, by the rules of the schema as a whole."""
    schema = office.schema()
    sent = {
        name: value
        for name, value in schema.dump(values).items()
        if value is not None or schema.fields[name].allow_none
    }
    try:
        found: dict[str, Any] = schema.load(sent)
    except ValidationError as refused:
        raise Problem("invalid-input", errors=errors_from_messages(refused.messages)) from refused
    return found


def _store(row: OfficeColumns) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as taken:
        raise Problem("conflict", TAKEN) from taken


def _told(office: Office, row: OfficeColumns, action: str, **details: Any) -> OfficeColumns:
    if office.unit is not None:
        details["unit"] = office.unit_of(row)
    record(f"{office.service}.{office.name}.{action}", row.__tablename__, row.id, **details)
    office.changed(row)
    return row
