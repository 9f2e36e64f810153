"""What comes in and goes out about money. Amounts are whole 分."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from citizen_app.payments.accounts import Kind
from citizen_app.payments.titles import ORDER_STATES, STATE_TITLES, order_title
from citizen_app.storage.keyset import PageSchema
from citizen_app.text import Text
from citizen_app.wire.inputs import ClientGeneratedId, StrictInteger, StrictSchema
from citizen_app.wire.outputs import MomentOut, TextOut

MOST: Final = 100_000_000
_FEN: Final = {"description": "In 分."}


class LimitsOutSchema(Schema):
    """What a purse of this level may hold, take in at once, and owe."""

    balance = fields.Integer(required=True)
    top_up = fields.Integer(required=True)
    owed = fields.Integer(required=True)


class PurseSchema(Schema):
    """How the purse stands; a purse that was never used is open and empty."""

    state = fields.String(required=True, validate=validate.OneOf(tuple(STATE_TITLES)))
    balance = fields.Integer(required=True, metadata={"description": "What may be spent, in 分."})
    held = fields.Integer(required=True, metadata={"description": "What is set aside for services, in 分."})
    owed = fields.Integer(required=True, metadata={"description": "What is to be repaid, in 分."})
    limits = fields.Nested(LimitsOutSchema, required=True)
    opened_at = MomentOut(allow_none=True)


class StatementLineSchema(Schema):
    """Something that moved. Of a service its title, never what was bought: that is in the usage log."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    title = TextOut()
    service_title = TextOut()
    amount = fields.Integer(required=True, metadata=_FEN)
    balance_change = fields.Integer(required=True)
    held_change = fields.Integer(required=True)
    owed_change = fields.Integer(required=True)
    occurred_at = MomentOut()
    recorded_at = MomentOut()
    concerns = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The line that this one goes on from: of a refund what was paid."},
    )


class StatementSchema(PageSchema):
    """One page of the statement, newest first."""

    items = fields.List(fields.Nested(StatementLineSchema), required=True)


class ReceiptSchema(Schema):
    """One line, with what came back of it."""

    line = fields.Nested(StatementLineSchema, required=True)
    refunded = fields.Integer(required=True, metadata=_FEN)


class TopUpSchema(StrictSchema):
    """Money for the purse. The id makes a repetition harmless."""

    top_up_id = ClientGeneratedId(required=True)
    amount = StrictInteger(
        required=True,
        validate=validate.Range(1, MOST),
        metadata={"description": "In 分.", "label": Text("金额", "Amount")},
    )


class RepaymentSchema(StrictSchema):
    """What is owed, repaid from the purse."""

    repayment_id = ClientGeneratedId(required=True)
    amount = StrictInteger(required=True, validate=validate.Range(1, MOST), metadata=_FEN)


class ClosingSchema(StrictSchema):
    """Close the purse; what is in it is paid out."""

    closing_id = ClientGeneratedId(required=True)


class OrderSchema(Schema):
    """What the payment provider was asked."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("top_up", "pay_out", "charge")))
    title = TextOut(lambda order: order_title(order.kind, order.service))
    amount = fields.Integer(required=True, metadata=_FEN)
    state = fields.String(required=True, validate=validate.OneOf(tuple(ORDER_STATES)))
    state_title = TextOut(lambda order: ORDER_STATES[order.state])
    address = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Where to pay, once the provider has said so."},
    )
    asked_at = MomentOut()


class ClosedPurseSchema(PurseSchema):
    """The closed purse, and the order that pays it out."""

    pay_out = fields.Nested(OrderSchema, required=True, allow_none=True)


class WardPaidForSchema(Schema):
    """Somebody for whom this citizen acts as guardian, and whether this purse pays for them."""

    delegation_id = fields.String(required=True)
    masked_name = fields.String(required=True, allow_none=True)
    paid_for = fields.Boolean(required=True)


class WardsPaidForSchema(PageSchema):
    """All of them; a few at most."""

    items = fields.List(fields.Nested(WardPaidForSchema), required=True)
