"""The declaration of a plain entity, checked where it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from marshmallow import fields

from citizen_app.office.columns import OfficeColumns
from citizen_app.staff.officers import Officer
from citizen_app.storage.orm import table_of
from citizen_app.text import Text
from citizen_app.wire.inputs import StrictSchema

Offered = Callable[[Officer], Iterable[tuple[str, Text]]]
Check = Callable[[Mapping[str, Any], Any], None]
"""`check(values, row)`: all values as they will be, and the row as it is (None for a new one)."""
ItsRow = Callable[[Any], None]

OWN: Final = frozenset(OfficeColumns.__annotations__)
RESERVED: Final = frozenset({"enable", "disable", "settings"})
"""Addresses below a service's page in the console that are the core's."""


def unchecked(values: Mapping[str, Any], row: Any) -> None:
    """No rule beside those of the schema."""


def unmoved(row: Any) -> None:
    """Nothing else happens."""


@dataclass(frozen=True, eq=False)
class Office:
    """A plain entity: what `toolkit.office.office` was given."""

    service: str
    name: str
    model: type[OfficeColumns]
    schema: type[StrictSchema]
    title: Text
    named: Callable[[Any], Text]
    unit: str | None = None
    search: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()
    choices: Mapping[str, Office | Offered] = field(default_factory=dict)
    check: Check = unchecked
    closing: ItsRow = unmoved
    changed: ItsRow = unmoved

    def __post_init__(self) -> None:
        """Raises `TypeError` for a declaration that could not work."""
        if self.name in RESERVED:
            raise TypeError(f"{self.name!r} is an address of the core's")
        columns = frozenset(table_of(self.model).columns.keys())
        for name in self.schema._declared_fields:
            if name not in columns or name in OWN:
                raise TypeError(f"the field {name!r} of {self.schema.__name__} is no column of its own")
        for name in (*self.search, *self.fixed, *self.choices, *((self.unit,) if self.unit else ())):
            if name not in columns:
                raise TypeError(f"{self.name}: there is no column {name!r}")
        for name, choice in self.choices.items():
            if isinstance(choice, Office) and choice.service != self.service:
                raise TypeError(f"{self.name}: {name!r} refers to an entity of another service")

    @property
    def is_unit(self) -> bool:
        """Whether each row is itself one of the units for which roles are given."""
        return self.unit == "id"

    def unit_of(self, row: OfficeColumns) -> str | None:
        """The unit to which a row belongs."""
        return None if self.unit is None else str(getattr(row, self.unit))

    def stays(self, name: str) -> bool:
        """Whether a field keeps what it was given first: a row does not pass to another unit."""
        return name in self.fixed or name == self.unit

    def label_of(self, name: str) -> Text:
        """What a field is called."""
        label = self.fields[name].metadata.get("label")
        return label if isinstance(label, Text) else Text(name, name)

    @property
    def fields(self) -> Mapping[str, fields.Field[Any]]:
        """The fields of the schema, by name."""
        declared: Mapping[str, fields.Field[Any]] = self.schema._declared_fields
        return declared


def name_of(row: Any) -> Text:
    """What a row is called where nothing else is said: its columns `name_zh` and `name_en`."""
    return Text(row.name_zh, row.name_en)
