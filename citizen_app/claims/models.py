"""The table of claims. A row is a period; it is ended or replaced, never changed back or deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.orm import Model


class CitizenClaim(Model):
    """Something granted to a citizen from one moment to another (the end not included).

    What a list says of somebody without an account waits under the index of their document, and becomes
    theirs when that is proved, if the name of the list is theirs too (`waiting`). `statement` is a digest of
    what a list said, by which the same list is recognised.

    `valid_to` is what counts. A row that was ended says when that was recorded (`ended_at`), and from when on
    it was not true (`void_from`), which may be earlier. One that was extended or shortened by a newer
    statement is `replaced_by` another row and counts no more.
    """

    __tablename__ = "citizen_claims"
    __table_args__ = (
        CheckConstraint("citizen_id IS NOT NULL OR document_index IS NOT NULL", name="whose"),
        CheckConstraint("valid_to >= valid_from", name="period"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    citizen_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True
    )
    document_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    name_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    statement: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    type: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(20))
    granted_by: Mapped[str | None] = mapped_column(String(40))
    evidence_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(40))
    void_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    replaced_by: Mapped[str | None] = mapped_column(Id)

    evidence = SealedText("evidence_sealed")
    """What it rests on, in words: `残疾人证`, or a `Text` as JSON."""
    end_reason = SealedText("end_reason_sealed")
