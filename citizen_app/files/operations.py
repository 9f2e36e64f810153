"""Storing a file piece by piece, keeping it for a time, and letting it go."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO, Final

from sqlalchemy import delete, insert, select, update

from citizen_app.clock import now
from citizen_app.files.kinds import HEAD_BYTES, kind_of
from citizen_app.files.models import StoredFile, StoredPiece, place_of_piece
from citizen_app.ids import new_id
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.secrecy.vault import current_vault
from citizen_app.sheets.limits import FileUnreadable
from citizen_app.storage.orm import db
from citizen_app.storage.slices import Paced, Unit
from citizen_app.text import Text

PIECE_BYTES: Final = 256 * 1024
PIECES_PER_STEP: Final = 8
"""Two megabytes in a unit of work: a few milliseconds of the write lock."""
UNCLAIMED: Final = timedelta(days=1)
"""How long a file waits for whoever is to use it, and the first part of one that never came whole."""
TOO_LARGE: Final = Text("文件过大", "the file is too large")
EMPTY: Final = Text("文件是空的", "the file is empty")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file as it came: its sender's name for it and the media type declared, neither to be trusted."""

    name: str
    media_type: str
    stream: BinaryIO


def store_file(
    sent: Incoming,
    owner: str,
    *,
    endings: Collection[str],
    most_bytes: int,
    sent_by: str | None = None,
    unit: Unit | None = None,
) -> str:
    """Store a file of one of these kinds, some pieces in each unit of work; returns its id.

    It is kept for a day, unless somebody says longer (`keep`). Raises `FileUnreadable` for a file of another
    kind or size; nothing is stored of it, or what is stored is swept away.
    """
    unit = unit or Paced()
    head = sent.stream.read(HEAD_BYTES)
    sent.stream.seek(0)
    if not head:
        raise FileUnreadable(EMPTY)
    kind = kind_of(sent.name, sent.media_type, head, endings)
    file_id, digest = new_id(), hashlib.sha256()
    name = sent.name if len(sent.name) <= 200 else sent.name[:190] + kind.ending
    row = StoredFile(id=file_id, owner=owner, ending=kind.ending, size=0, pieces=0, sent_by=sent_by)
    row.name, row.expires_at = name, now() + UNCLAIMED
    with unit():
        db.session.add(row)
    pieces, size = _pieces(sent.stream), 0
    number = 0
    while step := list(islice(pieces, PIECES_PER_STEP)):
        rows = []
        for piece in step:
            digest.update(piece)
            size += len(piece)
            sealed = current_vault().seal(piece, place_of_piece(file_id, number))
            rows.append({"file_id": file_id, "number": number, "sealed": sealed})
            number += 1
        if size > most_bytes:
            raise FileUnreadable(TOO_LARGE)
        with unit():
            db.session.execute(insert(StoredPiece), rows)
    with unit():
        db.session.execute(
            update(StoredFile)
            .where(StoredFile.id == file_id)
            .values(size=size, pieces=number, digest=fingerprint(digest.digest()), complete=True)
            .execution_options(synchronize_session=False)
        )
    return file_id


def fingerprint(digest: bytes) -> bytes:
    """What is stored of the SHA-256 of a file."""
    return current_vault().blind_index("stored_file", digest.hex())


def keep(file_id: str, until: datetime) -> None:
    """Keep a file until then, instead of what was said before; in a unit of work."""
    db.session.execute(
        update(StoredFile)
        .where(StoredFile.id == file_id)
        .values(expires_at=until)
        .execution_options(synchronize_session=False)
    )


def forget_expired_files() -> None:
    """Delete the files whose time is over, some pieces in each unit of work."""
    unit = Paced()
    with unit():
        over = db.session.scalars(select(StoredFile.id).where(StoredFile.expires_at <= retention_now())).all()
    for file_id in over:
        while True:
            with unit():
                some = select(StoredPiece.number).where(StoredPiece.file_id == file_id)
                numbers = db.session.scalars(some.limit(PIECES_PER_STEP)).all()
                if not numbers:
                    db.session.execute(delete(StoredFile).where(StoredFile.id == file_id))
                    break
                db.session.execute(
                    delete(StoredPiece).where(StoredPiece.file_id == file_id, StoredPiece.number.in_(numbers))
                )


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(PIECE_BYTES):
        yield piece
