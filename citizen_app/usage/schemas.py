"""The usage log over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate
from webargs.fields import DelimitedList

from citizen_app.citizens.acting import ActingKind
from citizen_app.storage.keyset import MOST_PER_PAGE, USUAL_PER_PAGE, PageQuerySchema, PageSchema
from citizen_app.text import UNSEEN, Text
from citizen_app.usage.export import FORMATS
from citizen_app.usage.statistics import DIMENSIONS, today
from citizen_app.usage.titles import HOW
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import Pattern, StrictInteger, StrictSchema
from citizen_app.wire.outputs import MomentOut, TextOut

MOST_DAYS: Final = 366
USUAL_DAYS: Final = 30
MOST_COUNTS: Final = 10_000
TOO_EARLY: Final = Text("太早", "too early")
PERIOD: Final = Text("时段应为 1 到 {days} 天", "the period must be 1 to {days} days long").fill(
    days=MOST_DAYS
)
YEARS: Final = Text("年份应在 2000 到 9000 之间", "write years from 2000 to 9000")

SERVICE: Final = Pattern(r"^[a-z][a-z0-9_]{1,19}\Z", Text("不是服务的编号", "not a service id"))


class UsageQuerySchema(PageQuerySchema):
    """Filters of a citizen's own list."""

    service = fields.String(
        load_default=None, validate=SERVICE, metadata={"description": "Only this service."}
    )
    delegation = fields.String(
        load_default=None,
        validate=validate.Length(1, 64),
        metadata={
            "description": "Only what one of the two people of a delegation did for the other: the id of a"
            " delegation of mine, also of one that has ended."
        },
    )


class Reason(fields.String):
    """Why somebody reads of a citizen, in their own words: one line of 2 to 200 visible characters. The
    citizen sees it."""

    VISIBLE: Final = f"[^{UNSEEN}\\s]"
    LINE: Final = f"[^{UNSEEN}]*{VISIBLE}[^{UNSEEN}]*{VISIBLE}[^{UNSEEN}]*"

    def __init__(self, **options: Any) -> None:
        told = {
            "description": "Shown to the citizen.",
            "example": "Complaint 2026-118: charged twice",
            "label": Text("理由", "Reason"),
            "help": Text("本人看得到这句话。", "The citizen sees these words."),
            "pattern": f"^{self.LINE}$",
        }
        super().__init__(
            validate=validate.Length(2, 200), metadata={**told, **options.pop("metadata", {})}, **options
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        if not re.fullmatch(self.LINE, text):
            raise Refused(Text("请说明理由", "say why"))
        return text.strip()


class LookRequestSchema(StrictSchema):
    """Whose uses of the service, and why; the citizen sees both the look and the reason."""

    citizen_ref = fields.String(
        required=True,
        validate=validate.Length(1, 64),
        metadata={"description": "How the service knows the citizen."},
    )
    reason = Reason(required=True)
    limit = StrictInteger(
        load_default=USUAL_PER_PAGE,
        validate=validate.Range(min=1),
        metadata={"description": f"Items per page; more than {MOST_PER_PAGE} gives {MOST_PER_PAGE}."},
    )
    cursor = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=400),
        metadata={"description": "`next_cursor` of the page before; opaque."},
    )


class LookSchema(Schema):
    """Somebody has looked at what a service or its log holds of the citizen."""

    id = fields.String(required=True, metadata={"description": "Quote it when you ask the service about it."})
    service = fields.String(required=True)
    service_title = TextOut()
    owner = TextOut(allow_none=True, metadata={"description": "The office."})
    by = TextOut(
        metadata={"description": "Who looked, by their role: staff of the service, a manager of a place."}
    )
    reason = TextOut(metadata={"description": "What they gave as their reason, or what the list is for."})
    events = fields.Integer(
        required=True, metadata={"description": "How many uses of the log they were shown; 0 for a list."}
    )
    at = MomentOut()


class LookPageSchema(PageSchema):
    """One page of looks, newest first."""

    items = fields.List(fields.Nested(LookSchema), required=True)


class PeriodSchema(StrictSchema):
    """Days of the city's calendar, both included; without them the last 30."""

    service = fields.String(
        load_default=None, validate=SERVICE, metadata={"description": "Only this service."}
    )
    first_day = fields.Date(
        load_default=None, data_key="from", metadata={"description": "First day, included."}
    )
    last_day = fields.Date(
        load_default=None, data_key="to", metadata={"description": "Last day, included; today if left out."}
    )

    @post_load
    def complete(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Fill in the days left out, and refuse a period that is backwards or too long."""
        data["last_day"] = last = data["last_day"] or today()
        if data["first_day"] is None:
            if last.toordinal() <= USUAL_DAYS:
                raise Refused(TOO_EARLY, "to")
            data["first_day"] = last - timedelta(days=USUAL_DAYS - 1)
        days = (last - data["first_day"]).days + 1
        if not 1 <= days <= MOST_DAYS:
            raise Refused(PERIOD, "from")
        if last.year > 9000 or data["first_day"].year < 2000:
            raise Refused(YEARS, "from")
        return data


class StatisticsQuerySchema(PeriodSchema):
    """What to count, and by what."""

    group = DelimitedList(
        fields.String(validate=validate.OneOf(DIMENSIONS)),
        load_default=lambda: ["service", "decision"],
        validate=validate.Length(1, len(DIMENSIONS)),
        metadata={"description": f"Comma-separated: {', '.join(DIMENSIONS)}."},
    )


class ExportQuerySchema(PeriodSchema):
    """Which events, as which kind of file."""

    format = fields.String(required=True, validate=validate.OneOf(FORMATS))


class DisclosedSchema(Schema):
    """A field that the service was shown, or a question that it was answered."""

    name = fields.String(required=True)
    title = TextOut(metadata={"description": "In words; of a claim what was asked and answered."})
    answer = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "What was answered, where a service asked whether a claim is true."},
    )


class MarkSchema(Schema):
    """Something learnt about an event later."""

    kind = fields.String(required=True, validate=validate.OneOf(("double_use", "disputed", "corrected")))
    title = TextOut()
    reason = TextOut(allow_none=True, metadata={"description": "Why it was corrected."})
    lines = fields.List(
        TextOut(required=False), required=True, metadata={"description": "What is right, of a correction."}
    )
    at = MomentOut()


class ActedBySchema(Schema):
    """Who acted for the citizen."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf([kind.value for kind in ActingKind]),
        metadata={"description": "guardian, carer, agent, or a clerk at a counter"},
    )
    title = TextOut(metadata={"example": "由监护人代办"})
    masked_name = fields.String(required=True, allow_none=True)


class UsageItemSchema(Schema):
    """One use of a citizen's code, or an act without it, in the caller's language."""

    id = fields.String(required=True)
    service = fields.String(required=True)
    service_title = TextOut()
    purpose = fields.String(required=True)
    purpose_title = TextOut()
    decision = fields.String(required=True, validate=validate.OneOf(("allow", "deny", "needs_input")))
    reason = fields.String(required=True)
    reason_text = TextOut()
    detail_code = fields.String(
        required=True, allow_none=True, metadata={"description": "The service's own reason."}
    )
    channel = fields.String(
        required=True,
        validate=validate.OneOf(tuple(HOW)),
        metadata={"description": "By a scan, or how the act was done without one."},
    )
    channel_title = TextOut()
    place = TextOut(
        allow_none=True,
        metadata={"description": "Where the kiosk stood then; null for an act without a scan."},
    )
    kiosk = fields.String(required=True, allow_none=True)
    code_kind = fields.String(
        required=True,
        metadata={"description": "online, device, paper or delegate; none for an act without a scan"},
    )
    disclosed = fields.List(
        fields.Nested(DisclosedSchema),
        required=True,
        metadata={"description": "What the service was shown of the citizen."},
    )
    title = TextOut(metadata={"description": "What the kiosk showed, or what the act was."})
    lines = fields.List(TextOut(required=False), required=True)
    late = fields.Boolean(required=True, metadata={"description": "Uploaded by the kiosk afterwards."})
    marks = fields.List(fields.Nested(MarkSchema), required=True)
    by = fields.Nested(
        ActedBySchema,
        required=True,
        allow_none=True,
        metadata={"description": "Who showed my code or acted for me; null: it was I."},
    )
    done_for = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The masked name of whom I did it for; empty without a real name, null: for myself."
        },
    )
    receipt_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of a use that was charged to my purse: the line of the statement."},
    )
    occurred_at = MomentOut()
    received_at = MomentOut()


class UsagePageSchema(PageSchema):
    """One page of uses, newest first."""

    items = fields.List(fields.Nested(UsageItemSchema), required=True)


class CountSchema(Schema):
    """So many events; only the dimensions asked for are present."""

    day = fields.Date(metadata={"description": "A day of the city's calendar."})
    service = fields.String()
    service_title = fields.String()
    purpose = fields.String()
    purpose_title = fields.String()
    decision = fields.String()
    decision_title = fields.String()
    reason = fields.String()
    reason_text = fields.String()
    events = fields.Integer(required=True)


class StatisticsSchema(Schema):
    """Counts of a period."""

    first_day = fields.Date(required=True, data_key="from")
    last_day = fields.Date(required=True, data_key="to")
    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(CountSchema), required=True, validate=validate.Length(max=MOST_COUNTS))
