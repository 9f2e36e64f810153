"""Where something is sealed: found in the tables of the core and of every service, not listed by hand.

A column whose name ends in `_sealed`, in a table with the key `id`, is sealed for `table.column.id`: so
`SealedText` does it, of services too. What is sealed for another place, or inside a JSON document, is said
here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, func, literal, or_
from sqlalchemy.engine import Connection

from citizen_app.codes.keys import SigningKeyRow
from citizen_app.files.models import StoredPiece, place_of_piece
from citizen_app.idempotency.models import IdempotencyRecord
from citizen_app.scans.answers import ScanAnswer
from citizen_app.scans.sealed_answers import SEALED
from citizen_app.secrecy.vault import SUITE_AES_256_GCM
from citizen_app.storage.append_only import append_only_tables
from citizen_app.storage.orm import Model, table_of

Place = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class SealedValue:
    """A column with something sealed in it, or in the member `sealed` of its JSON document, and for which
    place a row's value is sealed."""

    column: Column[Any]
    place: Place
    in_json: bool = False

    def is_older(self, newest: int) -> ColumnElement[bool]:
        """Whether a row's value is sealed with another key than the newest: its second byte is the number of
        its key."""
        if not self.in_json:
            number = func.substr(self.column, 2, 1, type_=LargeBinary)
            return number != literal(bytes((newest,)), LargeBinary)
        begins = [
            base64.b64encode(bytes((SUITE_AES_256_GCM, newest, nonce << 6))).decode()[:3]
            for nonce in range(4)
        ]
        return func.substr(self.column[SEALED].as_string(), 1, 3).not_in(begins)

    def sealed_in(self, stored: Any) -> bytes | None:
        """The sealed bytes of what a row holds."""
        if not self.in_json:
            return None if stored is None else bytes(stored)
        text = (stored or {}).get(SEALED)
        return None if text is None else base64.b64decode(text)

    def holding(self, stored: Any, sealed: bytes) -> Any:
        """What a row holds, with other sealed bytes."""
        return {**stored, SEALED: base64.b64encode(sealed).decode()} if self.in_json else sealed


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with sealed values; `fixed` is append-only, so that nothing in it can be sealed anew."""

    table: Table
    values: tuple[SealedValue, ...]
    fixed: bool
    rows_per_step: int = 200

    @property
    def key(self) -> tuple[Column[Any], ...]:
        """The columns of its primary key."""
        return tuple(self.table.primary_key.columns)

    def is_older(self, newest: int) -> ColumnElement[bool]:
        """Whether anything in a row is sealed with another key than the newest."""
        return or_(*(value.is_older(newest) for value in self.values))


def _of_row(table: str, column: str, row: Mapping[str, Any]) -> str:
    return f"{table}.{column}.{row['id']}"


def _hex(prefix: str, name: str, row: Mapping[str, Any]) -> str:
    return f"{prefix}.{bytes(row[name]).hex()}"


def _of_answer(column: str, row: Mapping[str, Any]) -> str:
    return f"scan_answers.{column}.{row['kiosk_id']}.{row['scan_id']}"


def _others() -> dict[str, list[SealedValue]]:
    keys, pieces = table_of(SigningKeyRow).c, table_of(StoredPiece).c
    kept, answers = table_of(IdempotencyRecord).c, table_of(ScanAnswer).c
    return {
        SigningKeyRow.__tablename__: [
            SealedValue(keys.secret_sealed, partial(_hex, "signing_keys.secret", "kid")),
            SealedValue(keys.sealing_key_sealed, partial(_hex, "signing_keys.sealing_key", "kid")),
        ],
        IdempotencyRecord.__tablename__: [
            SealedValue(kept.answer_sealed, partial(_hex, "kept_answers.answer_sealed", "key_index"))
        ],
        StoredPiece.__tablename__: [
            SealedValue(pieces.sealed, lambda row: place_of_piece(row["file_id"], row["number"]))
        ],
        ScanAnswer.__tablename__: [
            SealedValue(column, partial(_of_answer, column.name), in_json=True)
            for column in (answers.answer, answers.waiting)
        ],
    }


LARGE: Final = {StoredPiece.__tablename__: 8}
"""Rows in a step, where each is large."""


def sealed_tables(connection: Connection, present: set[str]) -> Iterator[SealedTable]:
    """Every table of the database that holds something sealed, those of services included."""
    others, fixed = _others(), append_only_tables(connection)
    for table in sorted(Model.metadata.tables.values(), key=lambda one: one.name):
        if table.name not in present:
            continue
        values = others.get(table.name) or [
            SealedValue(column, partial(_of_row, table.name, column.name))
            for column in table.columns
            if column.name.endswith("_sealed") and [key.name for key in table.primary_key] == ["id"]
        ]
        if values:
            rows = LARGE.get(table.name, 200)
            yield SealedTable(table, tuple(values), table.name in fixed, rows)
