"""The demo's provider: its cashier is a page of this server, and it has no files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from citizen_app.clock import now
from citizen_app.payments.providers.interface import Asked, Event

CASHIER: Final = "/demo/pay"


class DemoProvider:
    """Takes and gives play money."""

    id = "demo"

    def ask(self, asked: Asked) -> str | None:
        """The cashier's page; what is paid out has nothing to be done for."""
        return None if asked.kind == "pay_out" else f"{CASHIER}/{asked.order_id}"

    def look(self, asked: Asked) -> Event | None:
        """Pay-outs always arrive; of the rest nobody knows but the page."""
        if asked.kind != "pay_out":
            return None
        return Event(asked.order_id, "paid", asked.amount, f"demo-{asked.order_id}", now())

    def day(self, day: date) -> Sequence[Event] | None:
        """None is ever known."""
        return None
