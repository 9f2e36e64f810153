"""What services are told of payments: an outbox message, written with the deed and handed to the service's
`on_payment` by the jobs process until it has taken it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from citizen_app.jobs.outbox import enqueue
from citizen_app.registry.behaviour import PaymentEvent
from citizen_app.registry.modules import current_registry
from citizen_app.storage.transactions import transaction

ON_PAYMENT: Final = "payments.event"
TOLD_WITHIN: Final = timedelta(days=7)


def tell(service: str, kind: str, subject_id: str, key: str, amount: int | None = None) -> None:
    """Tell a service of something, once the present unit of work has committed: of the hold or payment
    `subject_id`, which it knows by its own `key`."""
    told = {"service": service, "kind": kind, "id": subject_id, "key": key, "amount": amount}
    enqueue(ON_PAYMENT, told, give_up_after=TOLD_WITHIN)


def hand_over(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `ON_PAYMENT`: the service's own `on_payment`, in a unit of work. One
    that has none, or has gone, does not want to know."""
    module = current_registry().get(payload["service"])
    on_payment: Callable[[PaymentEvent], None] | None = (
        getattr(module.hooks, "on_payment", None) if module else None
    )
    if on_payment is None:
        return
    with transaction():
        on_payment(PaymentEvent(payload["kind"], payload["id"], payload["key"], payload.get("amount")))
