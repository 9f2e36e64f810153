"""Money in the console: takings, refunds, differences with the payment provider.

Staff limited to a service see that service's takings and refund what was paid to it; differences are the
whole city's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from flask import Response
from marshmallow import RAISE

from citizen_app.approvals.models import Approval
from citizen_app.approvals.operations import ask
from citizen_app.audit.operations import record
from citizen_app.extensions import limiter
from citizen_app.payments import differences, staff_refunds
from citizen_app.payments.charges import StaffCharge, charge_of, charges_called
from citizen_app.payments.differences import Difference
from citizen_app.payments.office_schemas import (
    ChargeQuerySchema,
    ChargeSchema,
    ChargesSchema,
    DifferenceQuerySchema,
    DifferenceSchema,
    DifferencesSchema,
    ProviderDaysSchema,
    RefundAnswerSchema,
    RefundRequestSchema,
    SettlementSchema,
    TakingsOfPeriodSchema,
)
from citizen_app.payments.provider_models import ProviderDay
from citizen_app.payments.takings import Takings, city_money, takings_by_day
from citizen_app.payments.takings_file import file_name, takings_file
from citizen_app.storage.keyset import Page
from citizen_app.storage.transactions import write_after_read
from citizen_app.text import Language, Text
from citizen_app.usage.export import MIMETYPES
from citizen_app.usage.looks import Reading, note_look_of_city
from citizen_app.usage.schemas import MOST_COUNTS, ExportQuerySchema, PeriodSchema
from citizen_app.web.admin_api.usage import STREAMED
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.wire.language import caller_language
from citizen_app.wire.problems import Problem, invalid_input

NO_STORE: Final = {"Cache-Control": "no-store"}
LOOKED_FOR: Final = Text("查找付款，以便退款", "A payment was looked for, to refund it")
TOO_MANY_ROWS: Final = Text(
    "共 {rows} 行，至多给出 {most} 行：请减少天数，或导出文件",
    "{rows} rows, at most {most} are given: ask for fewer days, or for the file",
)
MONEY: Final = "/api/v1/admin/payments"

takings = api_blueprint(
    "admin_takings", staff(read="payments.read", write="payments.read"), f"{MONEY}/takings", "Takings."
)
refunds = api_blueprint(
    "admin_refunds",
    staff(read="payments.refund", write="payments.refund"),
    f"{MONEY}/charges",
    "What was paid to services, and refunds of it.",
)
settling = api_blueprint(
    "admin_differences",
    staff(read="payments.settle", write="payments.settle"),
    MONEY,
    "Differences with the payment provider.",
)
BLUEPRINTS: Final = (takings, refunds, settling)


@takings.route("", methods=["GET"])
@takings.arguments(PeriodSchema, location="query", unknown=RAISE)
@takings.response(200, TakingsOfPeriodSchema)
def takings_of_period(wanted: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """What services have earned and given back, by day, exact to the moment; and for whoever sees all of
    them, the money of all purses."""
    rows = wanted_takings(wanted)
    if len(rows) > MOST_COUNTS:
        raise invalid_input("?from", TOO_MANY_ROWS.fill(rows=len(rows), most=MOST_COUNTS))
    first, last = wanted["first_day"], wanted["last_day"]
    answer = {
        "first_day": first,
        "last_day": last,
        "charged": sum(row.charged for row in rows),
        "refunded": sum(row.refunded for row in rows),
        "net": sum(row.net for row in rows),
        "items": rows,
        "city": city_money(first, last) if sees_all(wanted) else None,
    }
    return answer, 200, NO_STORE


@takings.route("/export", methods=["GET"])
@limiter.limit("10/minute")
@takings.arguments(ExportQuerySchema, location="query", unknown=RAISE)
@takings.response(200)
@takings.doc(responses={"200": STREAMED})
def export_takings(wanted: dict[str, Any]) -> Response:
    """The takings as CSV or XLSX, amounts in 元. Audited."""
    return exported(wanted, caller_language())


@refunds.route("", methods=["GET"])
@limiter.limit("60/minute;600/hour")
@refunds.arguments(ChargeQuerySchema, location="query", unknown=RAISE)
@refunds.response(200, ChargesSchema)
def find_charges(wanted: dict[str, str]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The payments that the number of a receipt or of a booking leads to. Who paid is not shown, and finds
    the look."""
    return {"items": found_charges(wanted["number"])}, 200, NO_STORE


@refunds.route("/<id:charge_id>", methods=["GET"])
@refunds.response(200, ChargeSchema)
@refunds.alt_response(404)
def show_charge(charge_id: str) -> tuple[StaffCharge, int, dict[str, str]]:
    """One payment, with what came back of it; who paid finds the look."""
    return seen_charge(charge_id), 200, NO_STORE


@refunds.route("/<id:charge_id>/refunds", methods=["POST"])
@limiter.limit("60/minute")
@refunds.arguments(RefundRequestSchema)
@refunds.response(200, RefundAnswerSchema)
@refunds.alt_response(404)
@refunds.alt_response(409)
@refunds.alt_response(410)
def refund_charge(body: dict[str, Any], charge_id: str) -> dict[str, Any]:
    """Give back an amount of a payment, to whoever paid. More than one person may give back waits for a
    second: then `approval` says so, and it is done when they approve."""
    asked = refund_or_ask(charge_id, **body)
    return {"charge": charge_of(charge_id), "approval": asked}


@settling.route("/differences", methods=["GET"])
@settling.arguments(DifferenceQuerySchema, location="query", unknown=RAISE)
@settling.response(200, DifferencesSchema)
def list_differences(asked: dict[str, Any]) -> Page[Difference]:
    """Where the provider and the ledger differ, newest first."""
    require_city()
    return differences.differences(**asked)


@settling.route("/differences/<id:difference_id>/settle", methods=["POST"])
@settling.arguments(SettlementSchema)
@settling.response(200, DifferenceSchema)
@settling.alt_response(404)
@settling.alt_response(409)
def settle(body: dict[str, str], difference_id: str) -> Difference:
    """Say how a difference was dealt with. It moves no money. Audited."""
    require_city()
    return differences.settle(difference_id, current_staff().staff_id, body["reason"])


@settling.route("/provider-days", methods=["GET"])
@settling.response(200, ProviderDaysSchema)
def provider_days() -> dict[str, Sequence[ProviderDay]]:
    """Which days' files were compared."""
    require_city()
    return {"items": differences.days_compared()}


def wanted_takings(wanted: Mapping[str, Any]) -> list[Takings]:
    """The takings of the period and the services that are asked about. Raises a 403 for a service that is
    not the caller's."""
    caller, service = current_staff(), wanted["service"]
    if service is not None:
        caller.require("payments.read", service)
    services = caller.services("payments.read") if service is None else frozenset({service})
    return takings_by_day(wanted["first_day"], wanted["last_day"], services)


def sees_all(wanted: Mapping[str, Any]) -> bool:
    """Whether all services are asked about, by somebody who may see all."""
    return wanted["service"] is None and current_staff().services("payments.read") is None


def exported(wanted: Mapping[str, Any], language: Language) -> Response:
    """The file of a period."""
    rows, format = wanted_takings(wanted), wanted["format"]
    first, last, service = wanted["first_day"], wanted["last_day"], wanted["service"]
    told = {"format": format, "first_day": str(first), "last_day": str(last), "rows": len(rows)}
    write_after_read(partial(record, "payments.export", "service", service, **told))
    name = file_name(service, first, last, format)
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(takings_file(rows, format, language), content_type=MIMETYPES[format], headers=headers)


def found_charges(number: str) -> list[StaffCharge]:
    """What a number leads to among the payments to the caller's services; each payer finds the look."""
    found = charges_called(number.strip(), current_staff().services("payments.refund"))
    for charge in found:
        _note_look(charge)
    return found


def seen_charge(charge_id: str) -> StaffCharge:
    """A payment to one of the caller's services; its payer finds the look. Raises a 404."""
    charge = charge_of(charge_id, current_staff().services("payments.refund"))
    _note_look(charge)
    return charge


def refund_or_ask(charge_id: str, *, refund_id: str, amount: int, reason: str) -> Approval | None:
    """Give back an amount, or ask a second person where it is much; returns their request while it waits."""
    caller = current_staff()
    charge = charge_of(charge_id, caller.services("payments.refund"))
    if staff_refunds.is_refunded(charge, refund_id) or not staff_refunds.needs_second_person(charge, amount):
        staff_refunds.refund_by_staff(charge_id, amount, refund_id=refund_id, reason=reason)
        return None
    wanted = {
        "service": charge.service,
        "charge_id": charge.id,
        "amount": amount,
        "refund_id": refund_id,
        "reason": reason,
    }
    asked = ask(staff_refunds.ACT, wanted, caller, service=charge.service, reason=reason)
    return asked if asked.state == "pending" else None


def require_city() -> None:
    """Raises a 403 for somebody whose permission is for some services: a provider's file is of all."""
    if current_staff().services("payments.settle") is not None:
        raise Problem("not-permitted")


def _note_look(charge: StaffCharge) -> None:
    reading = Reading(charge.service, LOOKED_FOR, current_staff().actor)
    payers = [] if charge.payer_id is None else [charge.payer_id]
    note_look_of_city(reading, payers, "payments.read_charge", ("payment", charge.id))
