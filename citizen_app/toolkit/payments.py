"""Money that a service takes and gives back, in whole 分 (`Text` amounts: `in_yuan`).

In `on_scan`, where the answer is known at once and a repeated scan charges once:

    paid = charge_scan(scan, fare.amount)
    if isinstance(paid, Declined):
        return Refuse("unpaid", lines=(paid.words,))

A charge is taken from the purse of whoever pays for the citizen (a guardian may pay for a ward), or is owed
up to the city's limit. A late scan has happened already and is never declined. In a route, or a job:

    charge(SERVICE.id, ref, 1200, key=booking.id)                 # 402 where it cannot be paid
    seat = hold(SERVICE.id, ref, 5000, key=booking.id, until=moment)
    capture(SERVICE.id, seat, 4200)                               # the rest is released
    release(SERVICE.id, seat)
    refund(SERVICE.id, charge_id, 600, key=f"{booking.id}:back")  # at most what was paid, to who paid
    refund_by_ladder(SERVICE.id, charge_id, begins_at=…, cancelled_at=…, key=…)
    ask(SERVICE.id, ref, 9900, key=order.id, until=moment)        # the citizen pays through the provider

All of them are written in the unit of work of the deed, and `key` makes a repetition harmless: the same key
is the same deed. Nothing waits for a payment provider: what becomes of an `ask`, of a hold that was over
before it was captured, and what staff have given back, comes to `on_payment(event)` in `hooks.py`.

`split(total, weights)` shares an amount out exactly. The ladder of refunds is a rule of the city for the
service: `flask --app wsgi payments set-policy <id> refund FILE`.
"""

from __future__ import annotations

from datetime import datetime

from citizen_app.citizens.queries import citizen_of_ref
from citizen_app.payments import charging, holding, orders
from citizen_app.payments.charging import Charged, Declined
from citizen_app.payments.orders import in_yuan
from citizen_app.payments.refunding import refund, refund_by_ladder
from citizen_app.payments.splitting import split
from citizen_app.registry.behaviour import PaymentEvent, Scan
from citizen_app.scans.meaning import charge_present, present_citizen
from citizen_app.wire.problems import Problem


def charge_scan(scan: Scan, amount: int) -> Charged | Declined | None:
    """Charge for what a scan allows, in `on_scan`, once; None where the amount is nothing, which is not
    charged. It counts as what the service does with the scan: if that fails, nothing was charged."""
    return charge_present(scan, amount) if amount else None


def charge(service: str, ref: str, amount: int, *, key: str, at: datetime | None = None) -> Charged:
    """Charge whoever pays for a citizen; the same key charges once. Raises a 402 with words for the citizen,
    a 404 for a reference that the service does not know, a 422 for a key of another deed."""
    return charging.charge(_citizen(service, ref), amount, service=service, key=key, at=at)


def hold(service: str, ref: str, amount: int, *, key: str, until: datetime) -> str:
    """Set an amount aside until a moment; returns the hold's id. Raises as `charge`, and a 409 for a purse
    that is not open."""
    return holding.hold(_citizen(service, ref), amount, service=service, key=key, until=until)


capture = holding.capture
release = holding.release


def ask(service: str, ref: str, amount: int, *, key: str, until: datetime) -> str:
    """Ask the citizen to pay through the provider; returns the request's id, which `refund` takes too. Raises
    as `charge`, and a 503 where the city has no provider."""
    return orders.ask_payment(_citizen(service, ref), amount, service=service, key=key, until=until).id


def _citizen(service: str, ref: str) -> str:
    citizen_id = present_citizen(service, ref) or citizen_of_ref(service, ref)
    if citizen_id is None:
        raise Problem("not-found")
    return citizen_id


__all__ = [
    "Charged",
    "Declined",
    "PaymentEvent",
    "ask",
    "capture",
    "charge",
    "charge_scan",
    "hold",
    "in_yuan",
    "refund",
    "refund_by_ladder",
    "release",
    "split",
]
