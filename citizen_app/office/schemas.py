"""The schemas of a plain entity's routes and forms, made from the one that its author writes."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, fields, missing, validate

from citizen_app.office.declared import Office
from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.text import Text
from citizen_app.wire.inputs import ChangeSchema, StrictInteger, StrictSchema
from citizen_app.wire.outputs import MomentOut

STATES: Final[Mapping[str, Text]] = {
    "open": Text("在用", "in use"),
    "closed": Text("已停用", "closed"),
    "all": Text("全部", "all"),
}
MOST_CHANGES: Final = 10**6
VERSION: Final = "The `version` of the row that was read; a 409 where it was changed since."
SEARCH: Final = Text("查找", "Search")
STATE: Final = Text("状态", "State")


@dataclass(frozen=True, slots=True)
class OfficeSchemas:
    """What comes in and goes out. `query`: the filters of a list, `change`: a PATCH, `form`: the same on a
    page, where everything is sent; `row` and `page`: what is answered."""

    query: type[PageQuerySchema]
    change: type[ChangeSchema]
    form: type[StrictSchema]
    row: type[Schema]
    page: type[PageSchema]


def schemas_of(office: Office) -> OfficeSchemas:
    """The schemas of an entity, named after its own."""
    stem = office.schema.__name__.removesuffix("Schema")
    row: type[Schema] = type(f"{stem}RowSchema", (office.schema,), _row_fields())
    row.__doc__ = f"{office.title.en}: one of them, as it stands."
    items = fields.List(fields.Nested(row), required=True)
    return OfficeSchemas(
        query=type(f"{stem}QuerySchema", (PageQuerySchema,), _filters(office)),
        change=type(f"{stem}ChangeSchema", (ChangeSchema,), _changes(office)),
        form=type(f"{stem}FormSchema", (StrictSchema,), _form(office)),
        row=row,
        page=type(f"{stem}PageSchema", (PageSchema,), {"items": items}),
    )


def _row_fields() -> dict[str, Any]:
    return {
        "id": fields.String(required=True),
        "version": fields.Integer(required=True),
        "closed": fields.Boolean(required=True),
        "created_at": MomentOut(),
    }


def _filters(office: Office) -> dict[str, Any]:
    made: dict[str, Any] = {
        "state": fields.String(
            load_default="open",
            validate=validate.OneOf(list(STATES)),
            metadata={"label": STATE, "titles": STATES},
        )
    }
    if office.search:
        described = f"A part of {', '.join(office.search)}."
        made["q"] = fields.String(
            load_default="",
            validate=validate.Length(max=80),
            metadata={"label": SEARCH, "description": described},
        )
    for name in filters_of(office):
        made[name] = fields.String(
            load_default=None, validate=validate.Length(max=64), metadata={"label": office.label_of(name)}
        )
    return made


def filters_of(office: Office) -> list[str]:
    """The fields by which a list can be narrowed: those that refer to something, one value each."""
    return [
        name
        for name in office.choices
        if name in office.fields and not isinstance(office.fields[name], fields.List)
    ]


def _changes(office: Office) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, declared in office.fields.items():
        if not office.stays(name):
            made[name] = copy.deepcopy(declared)
            made[name].required, made[name].load_default = False, missing
    version = StrictInteger(
        required=True, validate=validate.Range(1, MOST_CHANGES), metadata={"description": VERSION}
    )
    return {**made, "version": version}


def _form(office: Office) -> dict[str, Any]:
    kept = {name: copy.deepcopy(one) for name, one in office.fields.items() if not office.stays(name)}
    version = fields.Integer(required=True, metadata={"label": Text("版本", "Version")})
    return {**kept, "version": version}
