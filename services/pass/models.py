"""Tables of the passes. People stand here by references, never by number: `citizen_ref` once they were met, `contact_ref` before.

What is written about a person (name, home, guest, purpose, plate, why not) is sealed for its row. Columns called `…_plain` hold what
versions before 1.1 wrote; the job `pass.seal` empties them, and nothing is written there any more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import Id, Json, Model, SealedText, UtcDateTime
from citizen_app.toolkit.people import masked_name
from citizen_app.toolkit.time import now

WAITING: Final = text("status = 'waiting'")


def _plain(column: str, longest: int) -> Mapped[str]:
    return mapped_column(column, String(longest), nullable=False, default="")


def _place_key(**options: Any) -> Mapped[str]:
    return mapped_column(Id, ForeignKey("pass_places.id"), nullable=False, **options)


class PassPlace(Model):
    """A place with gates. `policy` is a `Policy`, `hours` are `Hours`, both as `as_dict` writes them."""

    __tablename__ = "pass_places"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    name_zh: Mapped[str] = mapped_column(String(80), nullable=False)
    name_en: Mapped[str] = mapped_column(String(160), nullable=False)
    closed: Mapped[bool] = mapped_column(nullable=False, default=False)
    policy: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    hours: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    trail_days: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class PassGate(Model):
    """A gate: `direction` is in, out or both. `code` is what is written on it."""

    __tablename__ = "pass_gates"
    __table_args__ = (UniqueConstraint("place_id", "code"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = _place_key()
    code: Mapped[str] = mapped_column(String(20), nullable=False)
    name_zh: Mapped[str] = mapped_column(String(80), nullable=False)
    name_en: Mapped[str] = mapped_column(String(160), nullable=False)
    direction: Mapped[str] = mapped_column(String(4), nullable=False)
    in_use: Mapped[bool] = mapped_column(nullable=False, default=True)

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class PassGateKiosk(Model):
    """The gate at which a kiosk stands. A kiosk has one gate; a gate may have several kiosks."""

    __tablename__ = "pass_gate_kiosks"

    kiosk_id: Mapped[str] = mapped_column(Id, primary_key=True)
    gate_id: Mapped[str] = mapped_column(Id, ForeignKey("pass_gates.id"), nullable=False, index=True)


class PassMember(Model):
    """Somebody who belongs to a place: once per place. Whoever was met with a code is bound to it by `citizen_ref`.

    `role` is resident, employee or manager; `status` active, suspended or revoked. `phone_hint` is the masked number.
    """

    __tablename__ = "pass_members"
    __table_args__ = (
        UniqueConstraint("place_id", "contact_ref"),
        Index(None, "citizen_ref", "place_id"),
        Index(None, "contact_ref"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = _place_key()
    contact_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    citizen_ref: Mapped[str | None] = mapped_column(String(22))
    role: Mapped[str] = mapped_column(String(10), nullable=False)
    unit_plain: Mapped[str] = _plain("unit", 60)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    unit_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hint_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(10), nullable=False)
    source: Mapped[str] = mapped_column(String(6), nullable=False)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    name = SealedText("name_sealed")
    unit = SealedText("unit_sealed", plain="unit_plain")
    phone_hint = SealedText("phone_hint_sealed")

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
    place_id: Mapped[str] = _place_key()
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    contact_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    role: Mapped[str] = mapped_column(String(10), nullable=False)
    unit_plain: Mapped[str] = _plain("unit", 60)
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
    """A guest of a host: one phone number, one window. `entries_allowed` None is as often as wanted.

    The id is the host's own (a retry repeats it). `digest` is what versions before 1.1 knew a retry by: guesses could be tried on it.
    """

    __tablename__ = "pass_invitations"
    __table_args__ = (
        Index(None, "place_id", "citizen_ref"),
        Index(None, "place_id", "contact_ref"),
        Index(None, "contact_ref"),
        Index(None, "host_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = _place_key()
    host_id: Mapped[str] = mapped_column(Id, ForeignKey("pass_members.id"), nullable=False)
    contact_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    citizen_ref: Mapped[str | None] = mapped_column(String(22), index=True)
    guest_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hint_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
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


class PassPassage(Model):
    """Somebody went in or out: the trail, kept as long as the place's `trail_days` and no longer.

    `basis` says by which right: member, guest, anyone, emergency, or none (it had happened before anybody could refuse).
    """

    __tablename__ = "pass_passages"
    __table_args__ = (
        Index(None, "place_id", "occurred_at"),
        Index(None, "citizen_ref", "id"),
        Index(None, "place_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = _place_key()
    gate_id: Mapped[str] = mapped_column(Id, nullable=False)
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    member_id: Mapped[str | None] = mapped_column(Id)
    invitation_id: Mapped[str | None] = mapped_column(Id)
    inward: Mapped[bool] = mapped_column(nullable=False)
    basis: Mapped[str] = mapped_column(String(10), nullable=False)
    note: Mapped[str | None] = mapped_column(String(20))
    late: Mapped[bool] = mapped_column(nullable=False)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @property
    def direction(self) -> str:
        """`in` or `out`."""
        return "in" if self.inward else "out"


class PassPresence(Model):
    """Where somebody was last seen at a place: the newest passage by the time it happened, whatever order it was told in.

    `id` is how lists name the person; passages at the same moment meet on this row.
    """

    __tablename__ = "pass_presence"
    __table_args__ = (
        UniqueConstraint("place_id", "citizen_ref"),
        Index(None, "place_id", "inside", "since"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = _place_key()
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    inside: Mapped[bool] = mapped_column(nullable=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    gate_id: Mapped[str] = mapped_column(Id, nullable=False)
    member_id: Mapped[str | None] = mapped_column(Id)
    invitation_id: Mapped[str | None] = mapped_column(Id)


class PassEmergency(Model):
    """A time in which every gate of a place lets everybody through. It ends by itself."""

    __tablename__ = "pass_emergencies"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = _place_key(index=True)
    reason_plain: Mapped[str] = _plain("reason", 200)
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_by: Mapped[str] = mapped_column(String(60), nullable=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    until: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ended_by: Mapped[str | None] = mapped_column(String(60))

    reason = SealedText("reason_sealed", plain="reason_plain")

    @property
    def is_open(self) -> bool:
        """Whether it holds now."""
        return self.opened_at <= now() < self.until


class PassAccounted(Model):
    """Somebody was found safe during an emergency."""

    __tablename__ = "pass_accounted"

    emergency_id: Mapped[str] = mapped_column(Id, ForeignKey("pass_emergencies.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    by: Mapped[str] = mapped_column(String(60), nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, index=True)


def masked(name: str | None) -> str | None:
    """A name, partly hidden."""
    return masked_name(name) if name else None
