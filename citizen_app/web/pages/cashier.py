"""The demo's cashier: where play money is paid; outside demo mode it does not exist."""

from __future__ import annotations

from typing import Final

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.payments import events, orders
from citizen_app.payments.provider_models import PaymentOrder
from citizen_app.payments.providers.demo import CASHIER, DemoProvider
from citizen_app.payments.providers.interface import Event, Outcome
from citizen_app.payments.titles import order_title
from citizen_app.settings import current_settings
from citizen_app.web.boundary.audiences import ANYONE, page_blueprint
from citizen_app.web.boundary.page_callers import refuse_other_sites
from citizen_app.wire.problems import Problem

OUTCOMES: Final[dict[str, Outcome]] = {"paid": "paid", "failed": "failed"}
blueprint = page_blueprint("cashier", ANYONE, url_prefix=CASHIER)


@blueprint.get("/<id:order_id>")
def cashier(order_id: str) -> str:
    """What is to be paid."""
    order = _order(order_id)
    return render_template("pages/cashier.html", order=order, title=order_title(order.kind, order.service))


@blueprint.post("/<id:order_id>")
def pay(order_id: str) -> AnyResponse | Response:
    """Pay, or let it fail; then back to the purse."""
    refuse_other_sites()
    order, outcome = _order(order_id), OUTCOMES.get(request.form.get("outcome", ""))
    if outcome is None:
        raise Problem("bad-request")
    said = Event(order.id, outcome, order.amount, f"demo-{new_id()}", now())
    events.take(DemoProvider.id, said)
    return redirect(url_for("mine.order", order_id=order.id), 303)


def _order(order_id: str) -> PaymentOrder:
    found = orders.open_order(order_id) if current_settings().demo else None
    if found is None or found.provider != DemoProvider.id or found.kind == "pay_out":
        raise Problem("not-found")
    return found
