"""Right and wrong values for declared fields, and what a module holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from sqlalchemy import Table, inspect, select

from citizen_app.registry.contract import Purpose
from citizen_app.registry.fields import Field
from citizen_app.registry.modules import InstalledModule
from citizen_app.storage.orm import Model, db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.people import TestKiosk

ON_ONE_DATABASE: Final = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For a rule that is kept before any statement of the module runs, or whatever it stores into: the second
database proves nothing new."""


def right(field: Field) -> Any:
    """A value that the field accepts."""
    if field.default is not None:
        return field.default
    if field.choices:
        return field.choices[0][0]
    if field.type == "boolean":
        return True
    if field.type == "integer":
        return field.minimum if field.minimum is not None else min(1, field.maximum or 1)
    return "1" * max(field.minimum or 1, 1)


def wrong(field: Field) -> Any:
    """A value that the field refuses."""
    return {"string": 12, "integer": "twelve", "boolean": "perhaps"}[field.type]


def answer_to(schema: Mapping[str, Any]) -> dict[str, Any]:
    """An answer to what a kiosk was asked for, from its JSON Schema."""
    values: dict[str, Any] = {}
    for name, asked in schema["properties"].items():
        if "oneOf" in asked:
            values[name] = asked["oneOf"][0]["const"]
        elif asked["type"] == "integer":
            values[name] = sorted((asked.get("minimum", 0), 0, asked.get("maximum", 0)))[1]
        else:
            values[name] = True if asked["type"] == "boolean" else "1"
    return values


def scans(city: City, module: InstalledModule) -> Iterator[tuple[TestKiosk, Purpose, Mapping[str, Any]]]:
    """A kiosk for each purpose with a context: those of the demo data, and one that the declaration
    allows."""
    seeded = city.seed(module.id)
    for purpose in module.descriptor.purposes:
        kiosks = [kiosk for kiosk in seeded if purpose.id in kiosk.purposes]
        declared = {field.name for field in purpose.context}
        for kiosk in kiosks[:1]:
            yield kiosk, purpose, {n: v for n, v in kiosk.context.items() if n in declared}
        made = {field.name: right(field) for field in purpose.context}
        yield (kiosks[0] if kiosks else city.kiosk(module.id)), purpose, made


def tables_of(module: InstalledModule) -> list[Table]:
    """The module's tables, by their prefix."""
    names = Model.metadata.tables
    return [table for name, table in sorted(names.items()) if name.startswith(f"{module.id}_")]


def rows(city: City, module: InstalledModule) -> dict[str, int]:
    """How many rows each of the module's tables holds."""
    return {table.name: city.count(table.name) for table in tables_of(module)}


def cells(city: City, module: InstalledModule) -> Iterator[tuple[str, Any]]:
    """Every value that the module stores, with its table and column."""
    with city.app.app_context(), transaction(reading=True):
        present = set(inspect(db.engine).get_table_names())
        for table in tables_of(module):
            if table.name in present:
                for row in db.session.execute(select(table)):
                    yield from ((f"{table.name}.{column}", value) for column, value in row._mapping.items())
