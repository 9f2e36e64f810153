"""The jobs of the ledger, and what sends its messages."""

from __future__ import annotations

from typing import Final

from citizen_app.jobs.outbox import Sender
from citizen_app.jobs.runner import Job
from citizen_app.payments import closing, comparing, events, holding, orders, telling


def close_days() -> None:
    """Bring the daily closings up to date."""
    closing.close()


SENDERS: Final[dict[str, Sender]] = {telling.ON_PAYMENT: telling.hand_over, orders.ASK: orders.send}
JOBS: Final = (
    Job("payments.end_holds", 30, holding.sweep, own_transactions=True, has_work=holding.expired),
    Job("payments.close", 60, close_days, own_transactions=True, has_work=closing.is_behind),
    Job("payments.look_after", 30, events.look_after, own_transactions=True, has_work=events.anything_open),
    Job("payments.compare", 3600, comparing.compare_due, own_transactions=True, has_work=comparing.any_due),
)
