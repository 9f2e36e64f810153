"""The table of delegations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.citizens.models import new_subject_number
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model

OPEN = text("state <> 'ended'")


class DelegationState(StrEnum):
    """Asked for, in force, or over."""

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


class Proof(StrEnum):
    """What says that a delegation is right: the other side accepted, a clerk saw both, or a register knows
    them."""

    ACCEPTED = "accepted"
    DESK = "desk"
    REGISTER = "register"


class Side(StrEnum):
    """The two people of a delegation, and the city."""

    AGENT = "agent"
    WARD = "ward"
    CITY = "city"


class EndedWhy(StrEnum):
    """Why a delegation is over."""

    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    EXPIRED = "expired"
    OF_AGE = "of_age"
    USED_UP = "used_up"
    DECEASED = "deceased"
    ERASED = "erased"


class Delegation(Model):
    """Somebody (`agent_id`) may act for somebody else (`ward_id`).

    Until the other side accepts, one of the two may be known by a phone number alone: `invited_index` is its
    blind index, as of the phone of an account. `services` are ids, NULL for all. `number` stands in the codes
    that the agent shows; `uses_left` is NULL where they are not counted. `asked` is the side whose answer an
    invitation waits for.
    """

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("kind IN ('guardian', 'carer', 'agent')", name="kind"),
        CheckConstraint("state IN ('invited', 'active', 'ended')", name="state"),
        CheckConstraint("agent_id <> ward_id", name="two_people"),
        CheckConstraint("state <> 'active' OR (agent_id IS NOT NULL AND ward_id IS NOT NULL)", name="both"),
        CheckConstraint("uses_left >= 0", name="uses_left"),
        Index(
            "uq_delegations_agent_id_ward_id_kind",
            "agent_id",
            "ward_id",
            "kind",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, unique=True, default=new_subject_number)
    kind: Mapped[str] = mapped_column(String(10))
    agent_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True
    )
    ward_id: Mapped[str | None] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    invited_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    invited_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked: Mapped[str | None] = mapped_column(String(5))
    services: Mapped[list[str] | None] = mapped_column(Json)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    uses: Mapped[int | None] = mapped_column()
    uses_left: Mapped[int | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(10))
    proof: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(5))
    ended_why: Mapped[str | None] = mapped_column(String(10))

    invited_phone = SealedText("invited_sealed")
    """In E.164, as the inviting side wrote it; gone when the invitation is answered."""
