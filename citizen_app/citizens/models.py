"""Tables of identity. Personal fields are sealed in the column; a blind index finds equal values without
showing them."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model


def new_subject_number() -> int:
    """A random number of 63 bits: what a sealed online handle carries. Says nothing about when an account was
    made."""
    return secrets.randbits(63)


def new_log_key() -> str:
    """A random key (UUIDv4) under which the usage log knows a citizen; erasing the row cuts the log from the
    person."""
    return str(uuid.uuid4())


class Citizen(Model):
    """A natural person with an account. The columns `id_number_*` are the version before's; documents stand
    in `citizen_documents`."""

    __tablename__ = "citizens"
    __table_args__ = (CheckConstraint("status IN ('active', 'suspended', 'deceased')", name="status"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    subject_number: Mapped[int] = mapped_column(BigInteger, unique=True, default=new_subject_number)
    log_key: Mapped[str] = mapped_column(Id, unique=True, default=new_log_key)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    born_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    assurance_level: Mapped[int] = mapped_column(SmallInteger, default=1)
    fare_class: Mapped[int] = mapped_column(SmallInteger, default=0)
    age_band: Mapped[int] = mapped_column(SmallInteger, default=0)
    status: Mapped[str] = mapped_column(String(10), default="active")
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)

    phone = SealedText("phone_sealed")
    """In E.164; None for whoever has none of their own."""
    name = SealedText("name_sealed")
    born = SealedText("born_sealed")
    """The date of birth as `2001-02-03`, where a document or a register has told it."""


class CitizenDocument(Model):
    """A document by which a citizen is known: one of each kind, and each document for one account. Of an
    outside eID no number is known."""

    __tablename__ = "citizen_documents"
    __table_args__ = (UniqueConstraint("citizen_id", "kind"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(String(20))
    verified_at: Mapped[datetime] = mapped_column(UtcDateTime)

    number = SealedText("number_sealed")


class CitizenRef(Model):
    """Whose pairwise reference this is; written when a service first meets a citizen, deleted at erasure."""

    __tablename__ = "citizen_refs"
    __table_args__ = (Index("ix_citizen_refs_citizen_id_service", "citizen_id", "service", unique=True),)

    service: Mapped[str] = mapped_column(String(40), primary_key=True)
    citizen_ref: Mapped[str] = mapped_column(String(22), primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"))


class OtpChallenge(Model):
    """One OTP sent to one phone, asked for from one network. Without `otp_hash` nothing was sent, and nothing
    opens it."""

    __tablename__ = "otp_challenges"
    __table_args__ = (Index("ix_otp_challenges_phone_index_created_at", "phone_index", "created_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    network_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    otp_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    phone = SealedText("phone_sealed")
    """In E.164."""


class OtpShare(Model):
    """A phone that was asked for within the hour. Whoever asks locks its row before counting its messages."""

    __tablename__ = "otp_shares"

    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignInSession(Model):
    """A sign-in of one device, carried on by a refresh token that is replaced at each use.

    No token is stored and none can be made from this row alone: the token of a generation is a keyed MAC over
    the row's id, `salt` and the generation's number (see `sessions`).
    """

    __tablename__ = "sign_in_sessions"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    generation: Mapped[int] = mapped_column(default=0)
    rotated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authenticated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ActingSession(Model):
    """Somebody acts for a citizen (`citizen_id`): a citizen by a delegation, or a clerk for who is present.

    It hangs on the session in which the agent signed in (`bound_to`) and ends with it. What the agent may do
    stands in the token; this row is who it was, from when to when, and why it ended.
    """

    __tablename__ = "acting_sessions"
    __table_args__ = (
        CheckConstraint("kind IN ('guardian', 'carer', 'agent', 'clerk')", name="kind"),
        CheckConstraint("(kind = 'clerk') = (staff_id IS NOT NULL)", name="staff"),
        CheckConstraint("(kind = 'clerk') = (agent_id IS NULL)", name="agent"),
        CheckConstraint("(kind = 'clerk') = (delegation_id IS NULL)", name="delegation"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(10))
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[str | None] = mapped_column(Id, ForeignKey("staff.id"))
    delegation_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("delegations.id", ondelete="CASCADE"), index=True
    )
    bound_to: Mapped[str] = mapped_column(Id, index=True)
    services: Mapped[list[str] | None] = mapped_column(Json)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str | None] = mapped_column(String(20))


class RevokedSession(Model):
    """A session whose access tokens are refused although their time is not up; every worker holds these in
    memory."""

    __tablename__ = "revoked_sessions"

    session_id: Mapped[str] = mapped_column(Id, primary_key=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
