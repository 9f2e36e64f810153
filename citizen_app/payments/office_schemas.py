"""Money as the city's offices see it: takings, payments to be refunded, differences. Amounts are whole 分."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from citizen_app.approvals.schemas import ApprovalSchema
from citizen_app.payments.schemas import MOST
from citizen_app.payments.titles import DIFFERENCES
from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.text import Text
from citizen_app.usage.schemas import MOST_COUNTS, Reason
from citizen_app.wire.inputs import ClientGeneratedId, StrictInteger, StrictSchema
from citizen_app.wire.outputs import MomentOut, TextOut

DIFFERENCE_STATES: Final = ("open", "settled")


class TakingsSchema(Schema):
    """What a service has earned and given back on a day of the city's calendar."""

    day = fields.Date(required=True)
    service = fields.String(required=True)
    service_title = TextOut()
    charges = fields.Integer(required=True, metadata={"description": "How many payments."})
    charged = fields.Integer(required=True)
    refunded = fields.Integer(required=True)
    net = fields.Integer(required=True)


class CityMoneySchema(Schema):
    """The money of all purses: what came in and was paid out in the period, and how they stand now."""

    topped_up = fields.Integer(required=True)
    paid_out = fields.Integer(required=True)
    repaid = fields.Integer(required=True)
    in_purses = fields.Integer(required=True)
    held = fields.Integer(required=True)
    owed = fields.Integer(required=True)
    with_provider = fields.Integer(required=True)


class TakingsOfPeriodSchema(Schema):
    """The takings of a period."""

    first_day = fields.Date(required=True, data_key="from")
    last_day = fields.Date(required=True, data_key="to")
    charged = fields.Integer(required=True)
    refunded = fields.Integer(required=True)
    net = fields.Integer(required=True)
    items = fields.List(
        fields.Nested(TakingsSchema), required=True, validate=validate.Length(max=MOST_COUNTS)
    )
    city = fields.Nested(
        CityMoneySchema,
        required=True,
        allow_none=True,
        metadata={"description": "For whoever sees all services, and asks about all."},
    )


class ChargeQuerySchema(StrictSchema):
    """What is on the receipt, or in the booking."""

    number = fields.String(
        required=True,
        validate=validate.Length(1, 100),
        metadata={
            "description": "The number of a receipt, or the service's own key (of a booking).",
            "label": Text("收据编号或预订编号", "Receipt or booking number"),
        },
    )


class GivenBackSchema(Schema):
    """A refund."""

    id = fields.String(required=True)
    amount = fields.Integer(required=True)
    at = MomentOut()


class ChargeSchema(Schema):
    """Something that was paid to a service; never by whom."""

    id = fields.String(required=True)
    service = fields.String(required=True)
    service_title = TextOut()
    title = TextOut()
    key = fields.String(required=True, metadata={"description": "How the service knows it."})
    amount = fields.Integer(required=True)
    refunded = fields.Integer(required=True)
    left = fields.Integer(required=True, metadata={"description": "What can still be given back."})
    occurred_at = MomentOut()
    recorded_at = MomentOut()
    refunds = fields.List(fields.Nested(GivenBackSchema), required=True)


class ChargesSchema(Schema):
    """The payments that the number leads to."""

    items = fields.List(fields.Nested(ChargeSchema), required=True, validate=validate.Length(max=20))


class RefundRequestSchema(StrictSchema):
    """How much to give back, and why. The id makes a repetition harmless."""

    refund_id = ClientGeneratedId(required=True)
    amount = StrictInteger(
        required=True,
        validate=validate.Range(1, MOST),
        metadata={"description": "In 分, at most what is left."},
    )
    reason = Reason(
        required=True,
        metadata={
            "description": "For the audit log, and for whoever approves.",
            "example": "Complaint 2026-118: charged twice",
        },
    )


class RefundAnswerSchema(Schema):
    """The payment after the refund; or, while a second person decides, as it was, with the request."""

    charge = fields.Nested(ChargeSchema, required=True)
    approval = fields.Nested(ApprovalSchema, required=True, allow_none=True)


class DifferenceQuerySchema(PageQuerySchema):
    """Which differences."""

    state = fields.String(load_default=None, validate=validate.OneOf(DIFFERENCE_STATES))


class DifferenceSchema(Schema):
    """Where the provider and the ledger differ."""

    id = fields.String(required=True, attribute="row.id")
    provider = fields.String(required=True, attribute="row.provider")
    order_id = fields.String(required=True, attribute="row.order_id")
    kind = fields.String(required=True, attribute="row.kind", validate=validate.OneOf(tuple(DIFFERENCES)))
    title = TextOut()
    order_title = TextOut(allow_none=True)
    ours = fields.Integer(required=True, attribute="row.ours")
    theirs = fields.Integer(required=True, attribute="row.theirs")
    state = fields.String(required=True, validate=validate.OneOf(DIFFERENCE_STATES))
    found_at = MomentOut(attribute="row.found_at")
    settled_at = MomentOut(attribute="row.settled_at", allow_none=True)
    settled_by = fields.String(required=True, allow_none=True)
    settlement = fields.String(required=True, allow_none=True, attribute="row.settlement")


class DifferencesSchema(PageSchema):
    """One page of differences, newest first."""

    items = fields.List(fields.Nested(DifferenceSchema), required=True)


class SettlementSchema(StrictSchema):
    """How a difference was dealt with."""

    reason = Reason(
        required=True,
        metadata={
            "description": "Kept with the difference.",
            "example": "The provider has returned the payment on 28 November",
            "label": Text("处理结果", "How it was dealt with"),
        },
    )


class ProviderDaySchema(Schema):
    """A day's file that was compared."""

    provider = fields.String(required=True)
    day = fields.Date(required=True)
    rows = fields.Integer(required=True)
    amount = fields.Integer(required=True, metadata={"description": "What was paid by the file, in 分."})
    compared_at = MomentOut()


class ProviderDaysSchema(Schema):
    """The days of the last month whose files were compared, newest first."""

    items = fields.List(fields.Nested(ProviderDaySchema), required=True, validate=validate.Length(max=62))
