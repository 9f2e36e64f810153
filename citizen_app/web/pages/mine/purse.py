"""我的钱包: how it stands, topping up, repaying, freezing, closing, and for whom it pays."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, render_template, url_for

from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.ids import new_id
from citizen_app.payments import orders, payers, purses, queries
from citizen_app.payments.queries import PurseStanding
from citizen_app.payments.schemas import ClosingSchema, RepaymentSchema, TopUpSchema
from citizen_app.payments.titles import ORDER_STATES, STATE_TITLES, order_title
from citizen_app.storage.keyset import PageQuerySchema
from citizen_app.usage.queries import is_event_of
from citizen_app.web.boundary.assurance import require_fresh
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.citizen_api.purse import FRESH_SECONDS, wards_paid_for
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.forms.reading import asked
from citizen_app.web.pages.mine.confirming import confirmed_lately, to_confirm
from citizen_app.web.pages.mine.door import mine
from citizen_app.wire.problems import Problem

AMOUNTS: Final = (2_000, 5_000, 10_000, 20_000, 50_000)
"""What a top-up may be on a page; the API takes any amount."""


def standing() -> PurseStanding:
    """The purse of who is signed in."""
    caller = current_citizen()
    return queries.standing_of(caller.citizen_id, caller.assurance_level)


@mine.get("/purse")
def purse() -> str:
    """How my purse stands, and the newest of what moved."""
    newest = queries.statement_of(current_citizen().citizen_id, limit=5)
    wards = wards_paid_for(current_citizen().citizen_id)
    return render_template(
        "mine/purse.html", purse=standing(), newest=newest, wards=wards, states=STATE_TITLES
    )


@mine.get("/purse/statement")
def statement() -> str:
    """What moved, newest first."""
    found = queries.statement_of(current_citizen().citizen_id, **asked(PageQuerySchema))
    return render_template("mine/statement.html", found=found)


@mine.get("/purse/statement/<id:posting_id>")
def receipt(posting_id: str) -> str:
    """One line of the statement."""
    citizen_id = current_citizen().citizen_id
    found = queries.receipt_of(citizen_id, posting_id)
    use = found.line.event_id
    mine_too = use is not None and is_event_of(citizen_id, use)
    return render_template("mine/receipt.html", receipt=found, line=found.line, use=use if mine_too else None)


@form_page(mine, "/purse/top-up", TopUpSchema)
def top_up(form: Form) -> str:
    """How much."""
    found = standing()
    room = found.limits["balance"] - found.balance - found.held + found.owed
    most = min(found.limits["top_up"], room)
    form.hide(top_up_id=new_id())
    form.choose("amount", [(str(one), orders.in_yuan(one)) for one in AMOUNTS if one <= most])
    small = current_citizen().assurance_level < AssuranceLevel.REAL_NAME
    return render_template("mine/top_up.html", form=form, purse=found, any=most >= AMOUNTS[0], small=small)


@top_up.sends
def _top_up(wanted: dict[str, Any]) -> str:
    caller = current_citizen()
    made = orders.ask_top_up(caller.citizen_id, caller.assurance_level, wanted["amount"], wanted["top_up_id"])
    return url_for(".order", order_id=made.id)


@mine.get("/purse/orders/<id:order_id>")
def order(order_id: str) -> str:
    """What became of a top-up; looked at anew until it has ended."""
    found = orders.order_of(current_citizen().citizen_id, order_id)
    title = order_title(found.kind, found.service)
    return render_template("mine/order.html", order=found, title=title, states=ORDER_STATES)


@form_page(mine, "/purse/repay", RepaymentSchema)
def repay(form: Form) -> str:
    """Repay from the purse, as much as there is."""
    found = standing()
    amount = min(found.owed, found.balance)
    if not amount:
        raise Problem("not-found")
    form.hide(repayment_id=new_id(), amount=amount)
    return render_template("mine/repay.html", form=form, amount=amount)


@repay.sends
def _repay(wanted: dict[str, Any]) -> str:
    purses.repay(current_citizen().citizen_id, wanted["amount"], wanted["repayment_id"])
    return url_for(".purse", done="repaid")


@form_page(mine, "/purse/freeze")
def freeze(form: Form) -> str:
    """Whether to freeze it."""
    return render_template("mine/purse_question.html", form=form, deed="freeze", tone="warn")


@freeze.sends
def _freeze(_: dict[str, Any]) -> str:
    purses.freeze(current_citizen().citizen_id)
    return url_for(".purse", done="frozen")


@form_page(mine, "/purse/open")
def open_again(form: Form) -> str | Response:
    """Whether to release or open it."""
    if not confirmed_lately():
        return to_confirm("mine.open_again")
    return render_template("mine/purse_question.html", form=form, deed="open", tone="primary")


@open_again.sends
def _open_again(_: dict[str, Any]) -> str:
    require_fresh(FRESH_SECONDS)
    purses.open_again(current_citizen().citizen_id)
    return url_for(".purse", done="opened")


@form_page(mine, "/purse/close", ClosingSchema)
def close(form: Form) -> str | Response:
    """Whether to close it and be paid out."""
    if not confirmed_lately():
        return to_confirm("mine.close")
    form.hide(closing_id=new_id())
    return render_template("mine/purse_question.html", form=form, deed="close", tone="warn")


@close.sends
def _close(wanted: dict[str, Any]) -> str:
    require_fresh(FRESH_SECONDS)
    made = orders.close(current_citizen().citizen_id, wanted["closing_id"])
    if made is None:
        return url_for(".purse", done="closed")
    return url_for(".order", order_id=made.id)


@form_page(mine, "/purse/wards/<id:delegation_id>")
def ward(form: Form, delegation_id: str) -> str:
    """Whether my purse pays for a ward."""
    return render_template("mine/purse_ward.html", form=form, ward=_ward(delegation_id))


@ward.sends
def _pay_for(_: dict[str, Any], delegation_id: str) -> str:
    caller = current_citizen().citizen_id
    if _ward(delegation_id)["paid_for"]:
        payers.pay_no_longer(caller, delegation_id)
        return url_for(".purse", done="ward_pays")
    payers.pay_for(caller, delegation_id)
    return url_for(".purse", done="pays_for_ward")


def _ward(delegation_id: str) -> dict[str, Any]:
    for found in wards_paid_for(current_citizen().citizen_id):
        if found["delegation_id"] == delegation_id:
            return found
    raise Problem("not-found")
