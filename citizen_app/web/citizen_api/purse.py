"""`/api/v1/me/purse`: the citizen's money, and what moved."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.citizens.acting import ActingKind
from citizen_app.delegations.queries import wards_of
from citizen_app.extensions import limiter
from citizen_app.payments import orders, payers, purses, queries
from citizen_app.payments.provider_models import PaymentOrder
from citizen_app.payments.queries import PurseStanding, Receipt
from citizen_app.payments.schemas import (
    ClosedPurseSchema,
    ClosingSchema,
    OrderSchema,
    PurseSchema,
    ReceiptSchema,
    RepaymentSchema,
    StatementSchema,
    TopUpSchema,
    WardsPaidForSchema,
)
from citizen_app.storage.keyset import PageQuerySchema, page_of_list
from citizen_app.web.boundary.acting import acting_scope, open_to_acting
from citizen_app.web.boundary.assurance import require
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE

WITH_MONEY: Final = (ActingKind.GUARDIAN, ActingKind.CLERK)
"""Who handles somebody's money for them: a guardian, and a clerk while the citizen is present. A carer or an
agent pays at services and sees nothing of the purse."""
FRESH_SECONDS: Final = 300

blueprint = api_blueprint("citizen_purse", CITIZEN, "/api/v1/me/purse", "The citizen's money.")


def _standing() -> PurseStanding:
    caller = current_citizen()
    return queries.standing_of(caller.citizen_id, caller.assurance_level)


@blueprint.route("", methods=["GET"])
@open_to_acting(*WITH_MONEY)
@blueprint.response(200, PurseSchema)
def purse() -> tuple[PurseStanding, int, dict[str, str]]:
    """What I have, what is set aside, what I owe, and the limits of my level."""
    return _standing(), 200, NO_STORE


@blueprint.route("/statement", methods=["GET"])
@open_to_acting(*WITH_MONEY)
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, StatementSchema)
def statement(asked: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
    """What moved, newest first: of services their titles, never what was bought."""
    page = queries.statement_of(current_citizen().citizen_id, within=acting_scope(), **asked)
    return page, 200, NO_STORE


@blueprint.route("/statement/<id:posting_id>", methods=["GET"])
@open_to_acting(*WITH_MONEY)
@blueprint.response(200, ReceiptSchema)
@blueprint.alt_response(404)
def receipt(posting_id: str) -> tuple[Receipt, int, dict[str, str]]:
    """One line of the statement, with what came back of it."""
    found = queries.receipt_of(current_citizen().citizen_id, posting_id, acting_scope())
    return found, 200, NO_STORE


@blueprint.route("/top-ups", methods=["POST"])
@open_to_acting(*WITH_MONEY)
@limiter.limit("10/minute;60/hour")
@blueprint.arguments(TopUpSchema)
@blueprint.response(202, OrderSchema)
@blueprint.alt_response(409)
@blueprint.alt_response(503)
def top_up(body: dict[str, Any]) -> tuple[PaymentOrder, int, dict[str, str]]:
    """Ask for a top-up. The provider is asked in a moment: read the order until it names where to pay.

    What comes in repays first what is owed.
    """
    caller = current_citizen()
    order = orders.ask_top_up(caller.citizen_id, caller.assurance_level, body["amount"], body["top_up_id"])
    return order, 202, NO_STORE


@blueprint.route("/top-ups/<id:order_id>", methods=["GET"])
@open_to_acting(*WITH_MONEY)
@blueprint.response(200, OrderSchema)
@blueprint.alt_response(404)
def order(order_id: str) -> tuple[PaymentOrder, int, dict[str, str]]:
    """What became of a top-up, or of another order of my purse."""
    return orders.order_of(current_citizen().citizen_id, order_id), 200, NO_STORE


@blueprint.route("/repayments", methods=["POST"])
@open_to_acting(*WITH_MONEY)
@limiter.limit("10/minute")
@blueprint.arguments(RepaymentSchema)
@blueprint.response(200, PurseSchema)
@blueprint.alt_response(402)
@blueprint.alt_response(409)
def repay(body: dict[str, Any]) -> tuple[PurseStanding, int, dict[str, str]]:
    """Repay what I owe with what is in the purse."""
    purses.repay(current_citizen().citizen_id, body["amount"], body["repayment_id"])
    return _standing(), 200, NO_STORE


@blueprint.route("/freeze", methods=["POST"])
@open_to_acting(*WITH_MONEY)
@limiter.limit("10/minute")
@blueprint.response(200, PurseSchema)
@blueprint.alt_response(409)
def freeze() -> tuple[PurseStanding, int, dict[str, str]]:
    """Let nothing be paid from the purse, when a phone is lost. Money that comes back still comes in."""
    purses.freeze(current_citizen().citizen_id)
    return _standing(), 200, NO_STORE


@blueprint.route("/open", methods=["POST"])
@open_to_acting(*WITH_MONEY)
@limiter.limit("10/minute")
@require(1, fresh_seconds=FRESH_SECONDS)
@blueprint.response(200, PurseSchema)
def open_again() -> tuple[PurseStanding, int, dict[str, str]]:
    """Release a frozen purse, or open a closed one; for whoever has just proved who they are."""
    purses.open_again(current_citizen().citizen_id)
    return _standing(), 200, NO_STORE


@blueprint.route("/close", methods=["POST"])
@open_to_acting(*WITH_MONEY)
@limiter.limit("10/minute")
@require(1, fresh_seconds=FRESH_SECONDS)
@blueprint.arguments(ClosingSchema)
@blueprint.response(200, ClosedPurseSchema)
@blueprint.alt_response(409)
@blueprint.alt_response(503)
def close(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Close the purse and have the money paid out. Not while something is owed or set aside."""
    made = orders.close(current_citizen().citizen_id, body["closing_id"])
    standing = _standing()
    shown = {name: getattr(standing, name) for name in PurseSchema().fields}
    return {**shown, "pay_out": made}, 200, NO_STORE


@blueprint.route("/wards", methods=["GET"])
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, WardsPaidForSchema)
def wards(asked: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
    """For whom I am the guardian, and whether my purse pays for them."""
    found = wards_paid_for(current_citizen().citizen_id)
    return page_of_list(found, "purse-wards", lambda one: one["delegation_id"], **asked), 200, NO_STORE


@blueprint.route("/wards/<id:delegation_id>", methods=["PUT"])
@limiter.limit("10/minute")
@blueprint.response(204)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
def pay_for(delegation_id: str) -> tuple[str, int, dict[str, str]]:
    """My purse pays for this ward from now on; what is refunded comes back to it."""
    payers.pay_for(current_citizen().citizen_id, delegation_id)
    return "", 204, NO_STORE


@blueprint.route("/wards/<id:delegation_id>", methods=["DELETE"])
@limiter.limit("10/minute")
@blueprint.response(204)
@blueprint.alt_response(404)
def pay_no_longer(delegation_id: str) -> tuple[str, int, dict[str, str]]:
    """The ward's own purse pays again."""
    payers.pay_no_longer(current_citizen().citizen_id, delegation_id)
    return "", 204, NO_STORE


def wards_paid_for(citizen_id: str) -> list[dict[str, Any]]:
    """The wards of a guardian."""
    paid = payers.paid_for_by(citizen_id)
    return [
        {
            "delegation_id": ward.delegation_id,
            "masked_name": ward.masked_name,
            "paid_for": ward.delegation_id in paid,
        }
        for ward in wards_of(citizen_id)
        if ward.kind == ActingKind.GUARDIAN
    ]
