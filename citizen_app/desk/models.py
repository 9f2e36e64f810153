"""Tables of the desk: searches, whom they found, who was present, and reported deaths."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.orm import Model


class DeskSearch(Model):
    """One search by a member of staff: what kind of key, how many were found, and why; never what was
    searched for."""

    __tablename__ = "desk_searches"
    __table_args__ = (Index(None, "staff_id", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff.id"))
    service: Mapped[str | None] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(10))
    found: Mapped[int] = mapped_column(SmallInteger)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    reason = SealedText("reason_sealed")


class DeskFinding(Model):
    """Somebody whom a member of staff has found: for them alone, and for a day's work, the id by which they
    go on. So nobody walks through accounts, and every further read has its reason."""

    __tablename__ = "desk_findings"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff.id"), index=True)
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    reason = SealedText("reason_sealed")


class DeskPresence(Model):
    """Somebody stood at a counter: in which session of a clerk, proved how, and until when.

    Until it is confirmed, `ends_at` is until when it can be. The columns `phone_*` are another phone that
    they want for their account, and the OTP sent there.
    """

    __tablename__ = "desk_presences"
    __table_args__ = (
        CheckConstraint("method IN ('code', 'phone', 'document')", name="method"),
        CheckConstraint("method <> 'document' OR confirmed_by <> staff_id", name="two_clerks"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff.id"))
    session_id: Mapped[str] = mapped_column(Id, index=True)
    method: Mapped[str] = mapped_column(String(10))
    otp_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(Id, ForeignKey("staff.id"))
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_otp_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    phone_tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    phone_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    phone = SealedText("phone_sealed")
    """In E.164."""


class DeathReport(Model):
    """A death that a clerk has entered with its proof, and who has taken it back. `was` is the state of the
    account before, `phone_sealed` its phone, as long as it may be given back."""

    __tablename__ = "death_reports"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    proof: Mapped[str] = mapped_column(String(30))
    reference_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    was: Mapped[str] = mapped_column(String(10))
    told_by: Mapped[str] = mapped_column(Id, ForeignKey("staff.id"))
    told_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    corrected_by: Mapped[str | None] = mapped_column(Id, ForeignKey("staff.id"))
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    reference = SealedText("reference_sealed")
    phone = SealedText("phone_sealed")
    """In E.164."""
