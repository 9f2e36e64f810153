"""Whether stored files are whole, for `doctor`, and whether their pieces open, for backups."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, select

from citizen_app.files.models import StoredFile, StoredPiece, place_of_piece
from citizen_app.secrecy.vault import SealBroken, current_vault
from citizen_app.storage.orm import db

SAMPLE: Final = 20
"""Files of which a piece is opened, from each end."""


def incomplete_files() -> list[str]:
    """Ids of complete files that have another number of pieces than they should; in a reading unit."""
    held = func.count(StoredPiece.number)
    counted = (
        select(StoredFile.id)
        .outerjoin(StoredPiece, StoredPiece.file_id == StoredFile.id)
        .where(StoredFile.complete)
        .group_by(StoredFile.id, StoredFile.pieces)
        .having(held != StoredFile.pieces)
    )
    return list(db.session.scalars(counted.order_by(StoredFile.id)))


def closed_pieces(connection: Connection) -> list[str]:
    """Ids of files whose last piece does not open, among the first and the last files."""
    faults = []
    for order in (StoredFile.id.asc(), StoredFile.id.desc()):
        last = (
            select(StoredFile.id, StoredPiece.number, StoredPiece.sealed)
            .join(
                StoredPiece,
                (StoredPiece.file_id == StoredFile.id) & (StoredPiece.number == StoredFile.pieces - 1),
            )
            .where(StoredFile.complete)
            .order_by(order)
            .limit(SAMPLE)
        )
        for row in connection.execute(last):
            try:
                current_vault().unseal(row.sealed, place_of_piece(row.id, row.number))
            except SealBroken:
                faults.append(row.id)
    return sorted(set(faults))
