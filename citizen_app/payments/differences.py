"""Differences with a payment provider, as staff see and settle them; and which days have been compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select

from citizen_app.audit.operations import record
from citizen_app.clock import now
from citizen_app.payments.provider_models import PaymentDifference, PaymentOrder, ProviderDay
from citizen_app.payments.titles import DIFFERENCES, order_title
from citizen_app.staff.models import Staff
from citizen_app.storage.keyset import Page, page_of_rows
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

DAYS_SHOWN: Final = 31
SETTLED: Final = Text("这项差异已经处理。", "This difference has been settled.")


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference with the order that it is about, where there is one, and with who has settled it."""

    row: PaymentDifference
    order: PaymentOrder | None
    settled_by: str | None

    @property
    def title(self) -> Text:
        """What differs."""
        return DIFFERENCES[self.row.kind]

    @property
    def order_title(self) -> Text | None:
        """What was to be paid: never by whom."""
        return None if self.order is None else order_title(self.order.kind, self.order.service)

    @property
    def state(self) -> str:
        """`open` or `settled`."""
        return "open" if self.row.settled_at is None else "settled"


def differences(*, limit: int, cursor: str | None = None, state: str | None = "open") -> Page[Difference]:
    """One page of what differs, newest first: `open`, `settled`, or all."""
    rows = _with_order()
    if state is not None:
        settled = PaymentDifference.settled_at
        rows = rows.where(settled.is_(None) if state == "open" else settled.is_not(None))
    return page_of_rows(rows, PaymentDifference.id, limit, cursor).map(lambda row: Difference(*row[:3]))


def difference_of(difference_id: str) -> Difference:
    """One of them. Raises a 404."""
    row = db.session.execute(_with_order().where(PaymentDifference.id == difference_id)).first()
    if row is None:
        raise Problem("not-found")
    return Difference(*row)


def count_open() -> int:
    """How many are open."""
    still = select(func.count()).select_from(PaymentDifference).where(PaymentDifference.settled_at.is_(None))
    return db.session.scalar(still) or 0


def settle(difference_id: str, staff_id: str, reason: str) -> Difference:
    """Somebody has dealt with a difference, and says how. Raises a 404, a 409 where somebody had."""
    found = lock_row(PaymentDifference, difference_id)
    if found is None:
        raise Problem("not-found")
    if found.settled_at is not None:
        raise Problem("conflict", SETTLED)
    found.settled_at, found.settled_by, found.settlement = now(), staff_id, reason
    db.session.flush()
    record("payments.settle", "payment_difference", found.id, order=found.order_id, kind=found.kind)
    return difference_of(difference_id)


def days_compared() -> Sequence[ProviderDay]:
    """The days of the last month whose files were compared, newest first."""
    since = now().date() - timedelta(days=DAYS_SHOWN)
    days = select(ProviderDay).where(ProviderDay.day >= since).order_by(ProviderDay.day.desc())
    return db.session.scalars(days.limit(2 * DAYS_SHOWN)).all()


def _with_order() -> Select[*tuple[Any, ...]]:
    return (
        select(PaymentDifference, PaymentOrder, Staff.username)
        .outerjoin(PaymentOrder, PaymentOrder.id == PaymentDifference.order_id)
        .outerjoin(Staff, Staff.id == PaymentDifference.settled_by)
    )
