"""The walk over everything sealed: what an older key has sealed is opened and sealed with the newest, some
rows in each unit of work.

It may be interrupted and begun again: whatever is done is not looked at a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import LargeBinary, Tuple, func, inspect, literal, select, tuple_, update

from citizen_app.audit.operations import record
from citizen_app.resealing.sources import SealedTable, sealed_tables
from citizen_app.secrecy.vault import SealBroken, Vault, current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.slices import Unit
from citizen_app.storage.transactions import transaction

Tell = Callable[[str, int, int], None]
"""Told of a table how many rows of it were just done, and how many there are."""


@dataclass(slots=True)
class Resealed:
    """What came of it, by table: rows sealed anew, rows that do not open, and by number of key the rows of
    append-only tables that stay as they are."""

    newest: int
    done: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    left: dict[str, Counter[int]] = field(default_factory=dict)
    missed: int = 0

    def needed(self, numbers: Sequence[int]) -> list[int]:
        """The older keys among these without which something no longer opens."""
        still = {number for counts in self.left.values() for number in counts}
        if self.missed:
            still |= set(numbers)
        return sorted(still.intersection(numbers) - {self.newest})


def reseal(unit: Unit, tell: Tell) -> Resealed:
    """Seal anew what older keys have sealed, in no unit of work. Rows that do not open are counted."""
    vault = current_vault()
    found = Resealed(vault.newest)
    with transaction(reading=True):
        connection = db.session.connection()
        tables = list(sealed_tables(connection, set(inspect(connection).get_table_names())))
        older = {one.table.name: _count(one, vault.newest) for one in tables}
    for one in tables:
        name = one.table.name
        if not older[name]:
            continue
        if one.fixed:
            found.left[name] = _by_key(one, vault.newest)
            continue
        tell(name, 0, older[name])
        _walk(one, vault, unit, found, lambda rows, name=name: tell(name, rows, older[name]))  # type: ignore[misc]
    with transaction(reading=True):
        left = sum(_count(one, vault.newest) for one in tables if not one.fixed)
    found.missed = max(0, left - found.closed.total())
    with unit():
        record(
            "keys.reseal",
            "field_key",
            str(vault.newest),
            resealed=dict(found.done),
            closed=dict(found.closed),
        )
    return found


def _walk(one: SealedTable, vault: Vault, unit: Unit, found: Resealed, tell: Callable[[int], None]) -> None:
    columns = [value.column for value in one.values]
    after: Tuple | None = None
    while True:
        with unit():
            rows = select(*one.key, *columns).where(one.is_older(vault.newest))
            if after is not None:
                rows = rows.where(tuple_(*one.key) > after)
            step = (
                db.session.execute(rows.order_by(*one.key).limit(one.rows_per_step).with_for_update())
                .mappings()
                .all()
            )
            for row in step:
                _again(one, vault, dict(row), found)
        if not step:
            return
        after = tuple_(*(literal(step[-1][key.name], key.type) for key in one.key))
        tell(len(step))


def _again(one: SealedTable, vault: Vault, row: dict[str, Any], found: Resealed) -> None:
    changed = {}
    for value in one.values:
        sealed = value.sealed_in(row[value.column.name])
        if sealed is None or sealed[1] == vault.newest:
            continue
        place = value.place(row)
        try:
            plain = vault.unseal(sealed, place)
        except SealBroken:
            found.closed[one.table.name] += 1
            continue
        changed[value.column.name] = value.holding(row[value.column.name], vault.seal(plain, place))
    if changed:
        found.done[one.table.name] += 1
        this = [key == row[key.name] for key in one.key]
        db.session.execute(update(one.table).where(*this).values(changed))


def _count(one: SealedTable, newest: int) -> int:
    counted = select(func.count()).select_from(one.table).where(one.is_older(newest))
    return db.session.scalar(counted) or 0


def _by_key(one: SealedTable, newest: int) -> Counter[int]:
    """Values of an append-only table, by the number of the key that opens them."""
    counts = Counter[int]()
    with transaction(reading=True):
        for value in one.values:
            number = func.substr(value.column, 2, 1, type_=LargeBinary)
            counted = select(number, func.count()).where(value.is_older(newest)).group_by(number)
            for key, rows in db.session.execute(counted):
                counts[bytes(key)[0]] += rows
    return counts
