"""Check that the configured keys decrypt a database: a few sealed rows are opened; nothing of them is shown
or stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Row, inspect, select
from sqlalchemy.orm import InstrumentedAttribute

from citizen_app.citizens.models import Citizen, CitizenDocument
from citizen_app.citizens.personal import phone_index
from citizen_app.codes.keys import SigningKeyRow
from citizen_app.files.checking import closed_pieces
from citizen_app.files.models import StoredFile
from citizen_app.secrecy.vault import SealBroken, current_vault

SAMPLE: Final = 500
"""Rows looked at from each end, for every number of field key that seals one."""


def unopened(connection: Connection) -> list[str]:
    """What does not open, in words without anything personal; empty when the keys fit. Reading is enough."""
    present = set(inspect(connection).get_table_names())
    faults: list[str] = []
    if SigningKeyRow.__tablename__ in present:
        faults += _issuer_keys(connection)
    if Citizen.__tablename__ in present:
        faults += _citizens(connection)
    if CitizenDocument.__tablename__ in present:
        faults += _documents(connection)
    if StoredFile.__tablename__ in present:
        faults += [f"the file {file_id} does not open" for file_id in closed_pieces(connection)]
    return faults


def _issuer_keys(connection: Connection) -> list[str]:
    vault, faults = current_vault(), []
    for row in connection.execute(select(SigningKeyRow.kid, SigningKeyRow.secret_sealed)):
        try:
            vault.unseal(row.secret_sealed, f"signing_keys.secret.{row.kid.hex()}")
        except SealBroken:
            faults.append(f"issuer key {row.kid.hex()} does not open with field key {row.secret_sealed[1]}")
    return faults


def _citizens(connection: Connection) -> list[str]:
    faults = []
    columns = (Citizen.id, Citizen.phone_sealed, Citizen.phone_index)
    for number, row in _one_of_each_key(connection, *columns):
        try:
            phone = Citizen.phone.open(row.id, row.phone_sealed)
        except SealBroken:
            faults.append(f"a citizen's row does not open with field key {number}")
            continue
        if phone_index(phone) != row.phone_index:
            faults.append(
                "a citizen is not found under CITIZEN_PSEUDONYM_KEY: it is not the key of this city"
            )
    return faults


def _documents(connection: Connection) -> list[str]:
    faults = []
    columns = (CitizenDocument.id, CitizenDocument.number_sealed)
    for number, row in _one_of_each_key(connection, *columns):
        try:
            CitizenDocument.number.open(row.id, row.number_sealed)
        except SealBroken:
            faults.append(f"a document does not open with field key {number}")
    return faults


def _one_of_each_key(
    connection: Connection,
    row_id: InstrumentedAttribute[str],
    sealed: InstrumentedAttribute[bytes | None],
    *more: InstrumentedAttribute[Any],
) -> Iterator[tuple[int, Row[Any]]]:
    """Rows among the first and the last, one for each number of field key that seals them; a NULL is sealed
    by none."""
    columns = select(row_id, sealed, *more).where(sealed.is_not(None))
    rows = [
        row
        for order in (row_id.asc(), row_id.desc())
        for row in connection.execute(columns.order_by(order).limit(SAMPLE))
    ]
    yield from sorted({row[1][1]: row for row in rows}.items())
