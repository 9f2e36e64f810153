"""Tables of people at a place: members, those who apply, and guests.

Before they are met they are known by the reference of a phone, of an identity document, or of both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.data import Id, Model, SealedText, UtcDateTime
from citizen_app.toolkit.people import masked_name
from citizen_app.toolkit.time import now

from .columns import place_key, plain

WAITING: Final = text("status = 'waiting'")


class PassMember(Model):
    """Somebody who belongs to a place: once per place. Whoever was met with a code is bound to it by
    `citizen_ref`.

    `role` is resident, employee or manager; `status` active, suspended or revoked. `phone_hint` and
    `document_hint` are the masked numbers.
    """

    __tablename__ = "pass_members"
    __table_args__ = (
        UniqueConstraint("place_id", "contact_ref"),
        Index("uq_pass_members_place_id_identity_ref", "place_id", "identity_ref", unique=True),
        Index(None, "citizen_ref", "place_id"),
        Index(None, "contact_ref"),
        Index(None, "identity_ref"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = place_key()
    contact_ref: Mapped[str | None] = mapped_column(String(22))
    identity_ref: Mapped[str | None] = mapped_column(String(22))
    citizen_ref: Mapped[str | None] = mapped_column(String(22))
    role: Mapped[str] = mapped_column(String(10), nullable=False)
    unit_plain: Mapped[str] = plain("unit", 60)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    unit_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hint_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_hint_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(10), nullable=False)
    source: Mapped[str] = mapped_column(String(6), nullable=False)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    name = SealedText("name_sealed")
    unit = SealedText("unit_sealed", plain="unit_plain")
    phone_hint = SealedText("phone_hint_sealed")
    document_hint = SealedText("document_hint_sealed")

    @property
    def masked_name(self) -> str | None:
        """The name, partly hidden."""
        return masked(self.name)

    @property
    def met(self) -> bool:
        """Whether they have shown a code here, or applied."""
        return self.citizen_ref is not None


class PassClaim(Model):
    """A citizen says that they belong to a place. `status` is waiting, approved, refused or withdrawn."""

    __tablename__ = "pass_claims"
    __table_args__ = (
        Index(
            "uq_pass_claims_waiting",
            "place_id",
            "citizen_ref",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index(None, "citizen_ref"),
        Index(None, "place_id", "status"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = place_key()
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    contact_ref: Mapped[str | None] = mapped_column(String(22))
    identity_ref: Mapped[str | None] = mapped_column(String(22))
    role: Mapped[str] = mapped_column(String(10), nullable=False)
    unit_plain: Mapped[str] = plain("unit", 60)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    unit_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hint_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(10), nullable=False)
    reason_plain: Mapped[str | None] = mapped_column("reason", String(200))
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    name = SealedText("name_sealed")
    unit = SealedText("unit_sealed", plain="unit_plain")
    phone_hint = SealedText("phone_hint_sealed")
    reason = SealedText("reason_sealed", plain="reason_plain")

    @property
    def masked_name(self) -> str | None:
        """The name, partly hidden."""
        return masked(self.name)


class PassInvitation(Model):
    """A guest of a host: one phone number or document, one window. `entries_allowed` None is as often as
    wanted.

    The id is the host's own (a retry repeats it). `digest` is what versions before 1.1 knew a retry by:
    guesses could be tried on it.
    """

    __tablename__ = "pass_invitations"
    __table_args__ = (
        Index(None, "place_id", "citizen_ref"),
        Index(None, "place_id", "contact_ref"),
        Index(None, "place_id", "identity_ref"),
        Index(None, "contact_ref"),
        Index(None, "identity_ref"),
        Index(None, "host_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = place_key()
    host_id: Mapped[str] = mapped_column(Id, ForeignKey("pass_members.id"), nullable=False)
    contact_ref: Mapped[str | None] = mapped_column(String(22))
    identity_ref: Mapped[str | None] = mapped_column(String(22))
    citizen_ref: Mapped[str | None] = mapped_column(String(22), index=True)
    guest_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hint_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_hint_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    purpose_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    plate_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, index=True)
    entries_allowed: Mapped[int | None] = mapped_column(SmallInteger)
    entries_used: Mapped[int] = mapped_column(nullable=False, default=0)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=False, default=b"")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    guest = SealedText("guest_sealed")
    phone_hint = SealedText("phone_hint_sealed")
    document_hint = SealedText("document_hint_sealed")
    purpose = SealedText("purpose_sealed")
    plate = SealedText("plate_sealed")

    @property
    def masked_guest(self) -> str | None:
        """The guest, partly hidden."""
        return masked(self.guest)

    @property
    def revoked(self) -> bool:
        """Whether it was ended."""
        return self.revoked_at is not None

    @property
    def entries_left(self) -> int | None:
        """How often the guest may still enter; None for as often as wanted."""
        return None if self.entries_allowed is None else max(self.entries_allowed - self.entries_used, 0)

    @property
    def state(self) -> str:
        """`ended`, `over`, `used`, `waits` or `open`: what a guest who came now would find."""
        moment = now()
        if self.revoked:
            return "ended"
        if self.ends_at <= moment:
            return "over"
        if self.entries_left == 0:
            return "used"
        return "waits" if self.starts_at > moment else "open"


def masked(name: str | None) -> str | None:
    """A name, partly hidden."""
    return masked_name(name) if name else None
