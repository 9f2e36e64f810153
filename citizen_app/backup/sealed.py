"""Check that the configured keys decrypt a database: a few sealed rows are opened; nothing of them is shown or stored."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, inspect, select

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import phone_index
from citizen_app.codes.keys import SigningKeyRow
from citizen_app.secrecy.vault import SealBroken, current_vault

SAMPLE: Final = 500
"""Citizens looked at from each end, for every number of field key that seals one."""


def unopened(connection: Connection) -> list[str]:
    """What does not open, in words without anything personal; empty when the keys fit. Reading is enough."""
    present = set(inspect(connection).get_table_names())
    faults: list[str] = []
    if SigningKeyRow.__tablename__ in present:
        faults += _issuer_keys(connection)
    if Citizen.__tablename__ in present:
        faults += _citizens(connection)
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
    columns = select(Citizen.id, Citizen.phone_sealed, Citizen.phone_index)
    rows = [
        row
        for order in (Citizen.id.asc(), Citizen.id.desc())
        for row in connection.execute(columns.order_by(order).limit(SAMPLE))
    ]
    by_key = {row.phone_sealed[1]: row for row in rows}
    faults = []
    for number, row in sorted(by_key.items()):
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
