"""Tables about payment providers: what they were asked, and where their files differ from the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.orm import Model

WAITING: Final = text("look_at IS NOT NULL")


class PaymentOrder(Model):
    """Something that a provider is asked to take or to give: `kind` is top_up, pay_out, or charge (for a
    service, under its key).

    `state` goes asked → pending → failed → paid and never back; of a pay-out failed and paid are both final.
    `address` is where the citizen pays, `look_at` when the provider is asked what has become of it,
    `ended_at` the provider's own time.
    """

    __tablename__ = "payment_orders"
    __table_args__ = (
        CheckConstraint("kind IN ('top_up', 'pay_out', 'charge')", name="kind"),
        CheckConstraint("state IN ('asked', 'pending', 'failed', 'paid')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        Index("uq_payment_orders_service_key", "service", "key", unique=True),
        Index(None, "purse_id", "id"),
        Index("ix_payment_orders_look_at", "look_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index(None, "provider", "ended_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    purse_id: Mapped[str] = mapped_column(Id, ForeignKey("payment_purses.id"))
    kind: Mapped[str] = mapped_column(String(10))
    service: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(100))
    provider: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    address: Mapped[str | None] = mapped_column(String(500))
    reference: Mapped[str | None] = mapped_column(String(100))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProviderDay(Model):
    """A day's file of a provider, compared with the ledger."""

    __tablename__ = "payment_provider_days"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    rows: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    compared_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaymentDifference(Model):
    """Where a provider and the ledger differ: `unknown` (an order that was never asked), `missing` (paid
    here, and not in the file), `amount`, `state`. Open until somebody settles it, who says why."""

    __tablename__ = "payment_differences"
    __table_args__ = (
        Index("uq_payment_differences_order_id_kind", "order_id", "kind", unique=True),
        Index(None, "found_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    provider: Mapped[str] = mapped_column(String(20))
    order_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(10))
    ours: Mapped[int] = mapped_column(BigInteger)
    theirs: Mapped[int] = mapped_column(BigInteger)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(Id)
    settlement_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    settlement = SealedText("settlement_sealed")
