"""Tables of stored files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.orm import Model


class StoredFile(Model):
    """A file that was sent: what it is called, of which kind and how large, and until when it is kept.

    `owner` is `core` or the id of a service. `digest` is a keyed fingerprint of the whole: a plain hash would
    tell whoever holds the same list that it was sent. A file is `complete` once its last piece is stored.
    """

    __tablename__ = "stored_files"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    owner: Mapped[str] = mapped_column(String(20))
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    ending: Mapped[str] = mapped_column(String(8))
    size: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[int]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    sent_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    complete: Mapped[bool] = mapped_column(default=False)

    name = SealedText("name_sealed")
    """What its sender calls it: a list is often called after those who are on it."""


class StoredPiece(Model):
    """A piece of a file, sealed for its file and its place in it."""

    __tablename__ = "stored_file_pieces"

    file_id: Mapped[str] = mapped_column(
        Id, ForeignKey("stored_files.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


def place_of_piece(file_id: str, number: int) -> str:
    """What a piece is sealed for: moved to another file, or elsewhere in its own, it does not open."""
    return f"stored_file_pieces.sealed.{file_id}.{number}"
