"""Letters of referral, as a patient and both hospitals read them; the way to a booking."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    ClientGeneratedId,
    MomentOut,
    PageQuerySchema,
    PageSchema,
    Schema,
    StrictSchema,
    TextOut,
    fields,
    validate,
)
from services.hospital.operations.record_words import LETTER_STATES


def _department(**options: Any) -> ClientGeneratedId:
    return ClientGeneratedId(
        required=True, metadata={"label": Text("转往科室", "To which department")}, **options
    )


def _reason() -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(2, 2_000),
        metadata={
            "label": Text("转诊原因", "Reason"),
            "rows": 6,
            "help": Text(
                "患者同意后，对方医院才能看到。", "The other hospital reads it once the patient has agreed."
            ),
        },
    )


class NewLetterSchema(StrictSchema):
    """Where a patient is sent, and why; `answers_id` is the letter that one which goes back answers."""

    department_id = _department()
    reason = _reason()
    answers_id = ClientGeneratedId(load_default=None, allow_none=True)


class LetterByBookingSchema(StrictSchema):
    """Whom a letter is for, on a page: by the number of a booking."""

    number = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9]{10}\Z"),
        metadata={"label": Text("预约号", "Booking number"), "help": Text("10 位数字", "Ten digits")},
    )


class LetterToSchema(StrictSchema):
    """Where to and why, on a page on which the patient is known; back again (下转), too."""

    department_id = _department()
    reason = _reason()


class LetterSchema(Schema):
    """A letter. `state` is offered, accepted, used, declined, withdrawn or expired."""

    id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(LETTER_STATES)))
    title = TextOut(lambda shown: LETTER_STATES[shown["state"]])
    hospital = TextOut(lambda shown: shown["hospital"].name)
    to_hospital = TextOut(lambda shown: shown["to_hospital"].name)
    department = TextOut(lambda shown: shown["department"].name)
    department_id = fields.String(attribute="row.to_department_id", required=True)
    valid_until = fields.Date(attribute="row.valid_until", required=True)
    answers_id = fields.String(attribute="row.answers_id", required=True, allow_none=True)
    booking_id = fields.String(attribute="row.booking_id", required=True, allow_none=True)
    created_at = MomentOut(attribute="row.created_at")


class LetterPageSchema(PageSchema):
    """One page of letters."""

    items = fields.List(fields.Nested(LetterSchema), required=True)


class LetterDetailSchema(LetterSchema):
    """A letter with its reason."""

    reason = fields.String(attribute="row.reason", required=True, allow_none=True)


class StaffLetterSchema(LetterSchema):
    """A letter as a hospital lists it."""

    masked_name = fields.String(required=True, allow_none=True)


class StaffLetterPageSchema(PageSchema):
    """One page of letters that a hospital has sent or received."""

    items = fields.List(fields.Nested(StaffLetterSchema), required=True)


class StaffLetterDetailSchema(StaffLetterSchema):
    """A letter with its reason, for both hospitals."""

    reason = fields.String(attribute="row.reason", required=True, allow_none=True)


class LetterQuerySchema(PageQuerySchema):
    """Which letters of a hospital; both without `direction`."""

    direction = fields.String(load_default=None, validate=validate.OneOf(["sent", "received"]))


class StartQuerySchema(StrictSchema):
    """From where somebody sets out: a stop, in words."""

    start = fields.String(load_default="", validate=validate.Length(max=60))


class WayStopSchema(Schema):
    """A stop near the place."""

    name = fields.String(required=True)
    walk_minutes = fields.Integer(required=True)
    lines = fields.List(fields.String(), required=True)


class WayJourneySchema(Schema):
    """A journey that is in time: its lines, one after the other."""

    departs_at = fields.String(required=True)
    arrives_at = fields.String(required=True)
    lines = fields.Function(
        lambda one: [leg["line"]["name"] for leg in one["legs"]],
        metadata={"type": "array", "items": {"type": "string"}},
    )


class WayChoiceSchema(Schema):
    """A stop that the words may have meant; its id is words, too."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class WayThereSchema(Schema):
    """How to be there in time."""

    stops = fields.List(fields.Nested(WayStopSchema), required=True)
    choices = fields.List(fields.Nested(WayChoiceSchema), required=True)
    journeys = fields.List(fields.Nested(WayJourneySchema), required=True)
    link = fields.String(required=True)


class WaySchema(Schema):
    """`way` is null where no service of the city knows."""

    way = fields.Nested(WayThereSchema, required=True, allow_none=True)
