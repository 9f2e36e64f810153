"""Whoever shows a code takes a number for the matter that the kiosk is set up for."""

from collections.abc import Sequence

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.rights import Kept, rows_of
from citizen_app.toolkit.scan import Allow, CitizenView, Meaning, Refuse, Scan

from .models import CounterTicket
from .operations import QUEUES, forget, take
from .queries import queue_of

NUMBER = Text("{number} 号", "Number {number}")
BEFORE = Text("前面还有 {count} 人", "{count} before you")


def on_scan(scan: Scan) -> Meaning:
    """A number."""
    queue = queue_of(str(scan.context["matter"]), scan.occurred_at)
    if queue is None:
        return Refuse("no_queue")
    ticket = take(queue.id, scan.citizen, scan.occurred_at, scan.received_at)
    count = QUEUES.order.before(ticket)
    return Allow(NUMBER.fill(number=ticket.number), (BEFORE.fill(count=count),))


def export_for(citizen: CitizenView) -> Sequence[Kept]:
    """Their numbers."""
    mine = CounterTicket.citizen_ref == citizen.ref
    return [Kept("tickets", Text("号", "Numbers"), rows_of(CounterTicket, mine))]


def erase_for(citizen: CitizenView) -> None:
    """Forget them."""
    forget(citizen.ref)


def health() -> dict[str, int]:
    """Well."""
    return {}
