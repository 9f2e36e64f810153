"""Money: takings with their export, refunds, differences with the payment provider."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from flask import Response, url_for
from marshmallow import fields, validate

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.payments import differences
from citizen_app.payments.office_schemas import (
    ChargeQuerySchema,
    DifferenceQuerySchema,
    SettlementSchema,
)
from citizen_app.payments.policies import refund_alone
from citizen_app.payments.takings import by_service, city_money
from citizen_app.registry.modules import current_registry
from citizen_app.text import Text
from citizen_app.usage.schemas import PeriodSchema, Reason
from citizen_app.usage.titles import service_title
from citizen_app.web.admin_api.payments import (
    exported,
    found_charges,
    refund_or_ask,
    require_city,
    seen_charge,
    sees_all,
    wanted_takings,
)
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.charts import chart_of
from citizen_app.web.console.frame import asked, console_pages, go_on, may, render
from citizen_app.web.console.sentences_payments import DIFFERENCES, REFUNDS, TAKINGS
from citizen_app.web.console.statistics import ExportFormSchema
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.language import language_in_use
from citizen_app.web.pages.said import said
from citizen_app.wire.inputs import ClientGeneratedId, StrictSchema
from citizen_app.wire.money import Yuan, typed
from citizen_app.wire.problems import Problem

takings = console_pages(
    "takings",
    Text("收款统计", "Takings"),
    "money",
    read="payments.read",
    write="payments.read",
    sentences=TAKINGS,
)
refunds = console_pages(
    "refunds",
    Text("退款", "Refunds"),
    "money",
    read="payments.refund",
    write="payments.refund",
    sentences=REFUNDS,
)
settling = console_pages(
    "differences",
    Text("对账差异", "Differences"),
    "money",
    read="payments.settle",
    write="payments.settle",
    sentences=DIFFERENCES,
)
BLUEPRINTS: Final = (takings, refunds, settling)


class FindSchema(ChargeQuerySchema):
    """The same, before anything was asked."""

    number = fields.String(load_default=None, validate=validate.Length(1, 100))


class RefundFormSchema(StrictSchema):
    """A refund, as people type it."""

    refund_id = ClientGeneratedId(required=True)
    amount = Yuan(
        required=True,
        validate=validate.Range(1, 100_000_000),
        metadata={"label": Text("退款金额（元）", "Amount (CNY)"), "inputmode": "decimal"},
    )
    reason = Reason(
        required=True,
        metadata={
            "label": Text("理由", "Reason"),
            "help": Text(
                "记入审计日志，批准人能看到；不要写姓名和电话。",
                "For the audit log, and for whoever approves. Write no names and no telephone numbers.",
            ),
        },
    )


@takings.get("/")
def shown() -> str:
    """A period: per day, by service; the purses for whoever sees all."""
    wanted = asked(PeriodSchema)
    if wanted["service"] is not None and not may("payments.read", wanted["service"]):
        raise Problem("not-found")
    rows, days = wanted_takings(wanted), Counter[str]()
    for row in rows:
        days[str(row.day)] += row.net
    bars = [(day, net / 100) for day, net in sorted(days.items())]
    reach = current_staff().services("payments.read")
    services = [one.id for one in current_registry() if reach is None or one.id in reach]
    return render(
        "takings.html",
        wanted=wanted,
        services=[(service, service_title(service)) for service in services],
        rows=by_service(rows),
        bars=bars,
        chart_data=chart_of("bar", said(TAKINGS["takings.by_day"]), bars),
        purses=city_money(wanted["first_day"], wanted["last_day"]) if sees_all(wanted) else None,
    )


@takings.get("/export")
def export() -> Response:
    """The takings of the period as a file. Audited."""
    wanted = asked(ExportFormSchema)
    if wanted["service"] is not None and not may("payments.read", wanted["service"]):
        raise Problem("not-found")
    return exported(wanted, language_in_use())


@refunds.get("/")
def found() -> str:
    """The payments that a number leads to."""
    number = asked(FindSchema)["number"]
    return render("refunds.html", number=number, found=None if number is None else found_charges(number))


@form_page(refunds, "/<id:charge_id>", RefundFormSchema)
def refund(form: Form, charge_id: str) -> str:
    """One payment, and how much of it to give back."""
    charge = seen_charge(charge_id)
    form.hide(refund_id=new_id())
    form.start(amount=typed(charge.left))
    return render("refund.html", form=form, charge=charge, most=refund_alone(now()))


@refund.sends
def _refund(wanted: dict[str, Any], charge_id: str) -> str:
    waits = refund_or_ask(charge_id, **wanted)
    return go_on(url_for(".refund", charge_id=charge_id), "refunded" if waits is None else "asked")


@settling.get("/")
def listed() -> str:
    """What differs, and which days have been compared."""
    require_city()
    filters = asked(DifferenceQuerySchema)
    return render(
        "differences.html",
        found=differences.differences(**filters),
        state=filters["state"],
        days=differences.days_compared(),
    )


@form_page(settling, "/<id:difference_id>", SettlementSchema)
def settle(form: Form, difference_id: str) -> str:
    """How a difference was dealt with."""
    require_city()
    return render("settle.html", form=form, one=differences.difference_of(difference_id))


@settle.sends
def _settle(wanted: dict[str, str], difference_id: str) -> str:
    require_city()
    differences.settle(difference_id, current_staff().staff_id, wanted["reason"])
    return go_on(url_for(".listed"), "settled")
