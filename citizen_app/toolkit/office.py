"""Plain entities of a service, as operators keep them: halls, departments, doctors, branches, gates.

Each is declared once, in `routes.py`, and has its list (search, filters, pages), creating, changing, closing
and reopening in the API below `/api/v1/services/<id>/operator/<name>` and in the console below
`/console/services/<id>/<name>`:

    office_api = service_blueprint(
        SERVICE.id, "office", staff_of_service(SERVICE.id, by_unit=True), "Branches and rooms, for operators"
    )
    BRANCHES = office(office_api, LibraryBranch, LibraryBranchSchema, "branches", Text("分馆", "Branches"),
                      unit="id", search=("name_zh", "name_en"))
    ROOMS = office(office_api, LibraryRoom, LibraryRoomSchema, "rooms", Text("房间", "Rooms"),
                   unit="branch_id", choices={"branch_id": BRANCHES}, check=fits, changed=tell_kiosks)

The model derives from `OfficeColumns`, which bring `id`, `version`, `closed_at` and `created_at`; the
migration writes them out. The schema is a `StrictSchema` whose fields are columns of the same name, with a
`label` each: forms, lists and the API document are drawn from it. Nothing is deleted: what is closed stays
for what refers to it.

- `unit` names the column of the unit (branch, hospital) to which a row belongs, `"id"` where each row is a
  unit itself. Whoever operates some units only sees theirs, and a 404 elsewhere; units are created and closed
  by whoever has the whole service. A row never passes to another unit.
- `choices` say what a field may be: another office (its open rows), or `f(officer)` with values and titles.
- `check(values, row)` raises `Refused`, `invalid_input` or a `Problem`; `row` is None for a new one.
  `closing(row)` may refuse that one is closed; `changed(row)` runs after each write, for `invalidate(…)`.
- `fixed` names fields that keep what they were given first; `named(row)` says what a row is called, without
  it the columns `name_zh` and `name_en`.

A change carries the `version` that was read: a 409 where somebody else was faster. Each write is an entry of
the audit log, `<service>.<name>.create`, with the unit and the names of the fields that changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from flask_smorest import Blueprint

from citizen_app.office.columns import OfficeColumns
from citizen_app.office.declared import (
    Check,
    ItsRow,
    Offered,
    Office,
    name_of,
    unchecked,
    unmoved,
)
from citizen_app.staff.officers import Officer
from citizen_app.text import Text
from citizen_app.web.office_routes import add_routes
from citizen_app.wire.inputs import StrictSchema


def office(
    blueprint: Blueprint,
    model: type[OfficeColumns],
    schema: type[StrictSchema],
    name: str,
    title: Text,
    *,
    unit: str | None = None,
    search: Collection[str] = (),
    fixed: Collection[str] = (),
    choices: Mapping[str, Office | Offered] | None = None,
    named: Callable[[Any], Text] = name_of,
    check: Check = unchecked,
    closing: ItsRow = unmoved,
    changed: ItsRow = unmoved,
) -> Office:
    """Declare a plain entity; `blueprint` is one for `staff_of_service(…)`, whose permission and units hold
    for the pages too. Raises `TypeError` for a declaration that could not work."""
    made = Office(
        service=blueprint.service,
        name=name,
        model=model,
        schema=schema,
        title=title,
        named=named,
        unit=unit,
        search=tuple(search),
        fixed=frozenset(fixed),
        choices=choices or {},
        check=check,
        closing=closing,
        changed=changed,
    )
    add_routes(blueprint, made)
    return made


__all__ = ["Office", "OfficeColumns", "Officer", "name_of", "office"]
