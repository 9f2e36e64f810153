"""Reading a stored file: its pieces are opened one by one into a temporary file that has no name, and nobody
is handed a byte before all of them agree with what was sent."""

from __future__ import annotations

import hashlib
import hmac
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from sqlalchemy import select

from citizen_app.clock import now
from citizen_app.files.models import StoredFile, StoredPiece, place_of_piece
from citizen_app.files.operations import PIECES_PER_STEP, fingerprint
from citizen_app.secrecy.vault import SealBroken, current_vault
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

_FOLDER_OF_DESCRIPTORS: Final = Path("/dev/fd")


class FileGone(Exception):
    """The file has expired, or there never was one of this id."""


class FileBroken(Exception):
    """A piece of the file is missing, was changed or moved, or does not open with the keys at hand."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file, unsealed for as long as it is open: its sender's name for it, a stream at its start, and a path
    under which libraries that need one read it."""

    name: str
    ending: str
    size: int
    stream: BinaryIO

    @property
    def path(self) -> Path:
        """The file's path: that of its descriptor, because it stands in no folder. It ends with the file."""
        return _FOLDER_OF_DESCRIPTORS / str(self.stream.fileno())


@contextmanager
def opened(file_id: str) -> Iterator[OpenFile]:
    """Open a stored file, in no unit of work. Raises `FileGone` and `FileBroken`."""
    with transaction(reading=True):
        row = db.session.get(StoredFile, file_id)
        if row is None or not row.complete or row.expires_at <= now():
            raise FileGone(file_id)
        name = row.name or f"file{row.ending}"
    with tempfile.TemporaryFile(dir=current_settings().data_dir, prefix="task-") as plain:
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(row):
            plain.write(piece)
            digest.update(piece)
            size += len(piece)
        if size != row.size or not hmac.compare_digest(fingerprint(digest.digest()), row.digest or b""):
            raise FileBroken(f"{file_id}: its pieces are not those that were sent")
        plain.flush()
        plain.seek(0)
        yield OpenFile(name, row.ending, size, cast(BinaryIO, plain))


def _pieces(row: StoredFile) -> Iterator[bytes]:
    for first in range(0, row.pieces, PIECES_PER_STEP):
        wanted = range(first, min(first + PIECES_PER_STEP, row.pieces))
        with transaction(reading=True):
            some = select(StoredPiece.number, StoredPiece.sealed).where(
                StoredPiece.file_id == row.id, StoredPiece.number.in_(wanted)
            )
            found = db.session.execute(some.order_by(StoredPiece.number)).all()
        if [piece.number for piece in found] != list(wanted):
            raise FileBroken(f"{row.id}: pieces are missing")
        for piece in found:
            try:
                yield current_vault().unseal(piece.sealed, place_of_piece(row.id, piece.number))
            except SealBroken as error:
                raise FileBroken(str(error)) from error
