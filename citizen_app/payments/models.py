"""Tables of the ledger.

A posting is never changed: triggers refuse UPDATE and DELETE. It names its person by `purse_id` only, a
random key; erasing the citizen leaves a purse of nobody, and the postings stay as the law asks. A purse's
three amounts are the sums of its postings, kept beside them so that one guarded statement can refuse to
overdraw.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.ids import new_id
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model

CONCERNS: Final = text("concerns IS NOT NULL")
OPEN_HOLD: Final = text("state = 'open'")


def new_purse_id() -> str:
    """A random key (UUIDv4): it says nothing about when the purse was opened."""
    return str(uuid.uuid4())


class Purse(Model):
    """What a citizen has, what is set aside, and what they owe, in 分.

    `state` is open, frozen (nothing is paid from it) or closed (paid out). `paid_by` is the account that the
    newest charge was taken from. Without a `citizen_id` the person is erased, which needs three zeros.
    """

    __tablename__ = "payment_purses"
    __table_args__ = (
        CheckConstraint("balance >= 0", name="balance"),
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("owed >= 0", name="owed"),
        CheckConstraint("state IN ('open', 'frozen', 'closed')", name="state"),
        CheckConstraint("citizen_id IS NOT NULL OR balance + held + owed = 0", name="settled"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_purse_id)
    citizen_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("citizens.id", ondelete="SET NULL"), unique=True
    )
    state: Mapped[str] = mapped_column(String(10), default="open")
    balance: Mapped[int] = mapped_column(BigInteger, default=0)
    held: Mapped[int] = mapped_column(BigInteger, default=0)
    owed: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_by: Mapped[str | None] = mapped_column(String(10))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Posting(Model):
    """An amount (分) moved from the account `source` to the account `target`.

    Accounts of a citizen are those of `purse_id`; `party` is the service whose takings, or the provider whose
    clearing, are on the other side. `service` and `key` are the business key, under which it exists once;
    `part` counts where one deed takes two moves. `concerns` is the posting that this one goes on from: the
    hold that is captured, the charge that is refunded.
    """

    __tablename__ = "payment_postings"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("source <> target", name="two_accounts"),
        Index("uq_payment_postings_service_key_part", "service", "key", "part", unique=True),
        Index(None, "purse_id", "id"),
        Index(None, "concerns", sqlite_where=CONCERNS, postgresql_where=CONCERNS),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    service: Mapped[str] = mapped_column(String(20), nullable=False)
    key: Mapped[str] = mapped_column(String(100), nullable=False)
    part: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    kind: Mapped[str] = mapped_column(String(10), nullable=False)
    source: Mapped[str] = mapped_column(String(10), nullable=False)
    target: Mapped[str] = mapped_column(String(10), nullable=False)
    purse_id: Mapped[str] = mapped_column(Id, nullable=False)
    party: Mapped[str | None] = mapped_column(String(20))
    amount: Mapped[int] = mapped_column(BigInteger, nullable=False)
    concerns: Mapped[str | None] = mapped_column(Id)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class Hold(Model):
    """An amount set aside for a service until a moment; `id` is its posting's. `state` is open, captured,
    released or expired, and only ever leaves open."""

    __tablename__ = "payment_holds"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'captured', 'released', 'expired')", name="state"),
        CheckConstraint("taken >= 0 AND taken <= amount", name="taken"),
        Index("ix_payment_holds_until_open", "until", sqlite_where=OPEN_HOLD, postgresql_where=OPEN_HOLD),
        Index(None, "purse_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    purse_id: Mapped[str] = mapped_column(Id, ForeignKey("payment_purses.id"), nullable=False)
    service: Mapped[str] = mapped_column(String(20), nullable=False)
    amount: Mapped[int] = mapped_column(BigInteger, nullable=False)
    taken: Mapped[int] = mapped_column(BigInteger, nullable=False)
    state: Mapped[str] = mapped_column(String(10), nullable=False)
    until: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PaymentPolicy(Model):
    """A rule about money from `since` on, until the next of the same service and name; never changed. The
    city's own have no service."""

    __tablename__ = "payment_policies"
    __table_args__ = (Index(None, "service", "name", "since"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    service: Mapped[str] = mapped_column(String(20), nullable=False)
    name: Mapped[str] = mapped_column(String(20), nullable=False)
    document: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class PayerChoice(Model):
    """Whose purse pays for a ward: their guardian's, as long as the delegation is in force. One for each
    ward."""

    __tablename__ = "payment_payers"

    delegation_id: Mapped[str] = mapped_column(
        Id, ForeignKey("delegations.id", ondelete="CASCADE"), primary_key=True
    )
    ward_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), unique=True)
    payer_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaymentDay(Model):
    """What moved between two kinds of accounts on one day of the city's calendar; kept by the jobs runner."""

    __tablename__ = "payment_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    service: Mapped[str] = mapped_column(String(20), primary_key=True)
    party: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    source: Mapped[str] = mapped_column(String(10), primary_key=True)
    target: Mapped[str] = mapped_column(String(10), primary_key=True)
    postings: Mapped[int] = mapped_column(BigInteger, nullable=False)
    amount: Mapped[int] = mapped_column(BigInteger, nullable=False)


class PaymentClosing(Model):
    """How far the days reach: every posting up to `closed_to` is in them. One row."""

    __tablename__ = "payment_closings"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    closed_to: Mapped[str] = mapped_column(Id, nullable=False)
