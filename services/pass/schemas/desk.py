"""What happens at the gates: passages, who is inside, emergencies, lists that were handed in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.looks import Reason
from citizen_app.toolkit.web import (
    ClientGeneratedId,
    Moment,
    MomentOut,
    PageQuerySchema,
    PageSchema,
    Refused,
    StrictSchema,
    TextOut,
    fields,
    validate,
    validates_schema,
)

from ..manifest import BASIS_TITLES
from ..snapshot import title_of_gate, title_of_place
from .inputs import Words

LONGEST_STATISTICS_DAYS: Final = 31
OUT_OF_ORDER: Final = Text(
    "不能早于 first，且应在 2000 年到 2199 年之间",
    "must not lie before first, and between the years 2000 and 2199",
)
TOO_MANY_DAYS: Final = Text("至多 {days} 天", "at most {days} days").fill(days=LONGEST_STATISTICS_DAYS)
BASIS: Final = {"description": "member, guest, companion, anyone, emergency or none"}


class MyPassageQuerySchema(PageQuerySchema):
    """Which of one's own passages."""

    place_id = ClientGeneratedId(load_default=None)


class PassageSchema(StrictSchema):
    """Somebody went in or out."""

    id = fields.String(attribute="row.id", required=True)
    place = TextOut(lambda seen: title_of_place(seen.row.place_id))
    gate = TextOut(lambda seen: title_of_gate(seen.row.gate_id))
    direction = fields.String(
        attribute="row.direction", required=True, validate=validate.OneOf(["in", "out"])
    )
    basis = fields.String(attribute="row.told_basis", required=True, metadata=BASIS)
    basis_title = TextOut(lambda seen: BASIS_TITLES[seen.row.told_basis])
    occurred_at = MomentOut(attribute="row.occurred_at")
    late = fields.Boolean(
        attribute="row.late", required=True, metadata={"description": "Told by the gate afterwards."}
    )


class PassagePageSchema(PageSchema):
    """One page of passages, the one recorded last first."""

    items = fields.List(fields.Nested(PassageSchema), required=True)


class TrailQuerySchema(StrictSchema):
    """Which passages, and why they are looked at: the reason stands in the audit log, and those who are seen
    read it."""

    reason = Reason(required=True)
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    member_id = ClientGeneratedId(load_default=None)
    invitation_id = ClientGeneratedId(load_default=None)


class TrailEntrySchema(PassageSchema):
    """A passage with whom it concerns, as far as the place's books say."""

    masked_name = fields.String(required=True, allow_none=True)
    masked_accompanied_by = fields.String(
        required=True, allow_none=True, metadata={"description": "Who brought them in, partly hidden."}
    )
    unit = fields.String(required=True, allow_none=True)
    note = fields.String(
        attribute="row.note",
        required=True,
        allow_none=True,
        metadata={"description": "A detail code, or no_entry."},
    )


class TrailPageSchema(PageSchema):
    """One page of the trail, the passage recorded last first."""

    items = fields.List(fields.Nested(TrailEntrySchema), required=True)


class PresentSchema(StrictSchema):
    """Somebody inside. The name is whole: this list is called out in an evacuation."""

    person_id = fields.String(attribute="row.id", required=True)
    name = fields.String(required=True, allow_none=True, metadata={"description": "null: not in the books"})
    accompanied_by = fields.String(
        required=True, allow_none=True, metadata={"description": "Who brought them in (a guest's child)."}
    )
    unit = fields.String(required=True, allow_none=True)
    as_guest = fields.Boolean(required=True)
    gate = TextOut(lambda seen: title_of_gate(seen.row.gate_id))
    since = MomentOut(attribute="row.since")


class PresencePageSchema(PageSchema):
    """One page of the people inside."""

    items = fields.List(fields.Nested(PresentSchema), required=True)


class NewEmergencySchema(StrictSchema):
    """Why all gates open, and until when."""

    reason = Words(200, required=True, metadata={"label": Text("原因", "Reason")})
    until = Moment(required=True, metadata={"label": Text("开放到何时", "Open until")})


class EmergencySchema(StrictSchema):
    """An emergency."""

    id = fields.String(required=True)
    reason = fields.String(required=True)
    opened_by = fields.String(required=True)
    opened_at = MomentOut()
    until = MomentOut()
    open = fields.Boolean(attribute="is_open", required=True)


class MusterEntrySchema(PresentSchema):
    """Somebody who was inside when the newest emergency began, or came since."""

    state = fields.String(
        required=True,
        validate=validate.OneOf(["missing", "accounted", "left"]),
        metadata={"description": "left: went out through a gate"},
    )


class MusterPageSchema(PageSchema):
    """One page of the muster list, with how many are still missing."""

    emergency = fields.Nested(EmergencySchema, required=True)
    missing = fields.Integer(required=True)
    items = fields.List(fields.Nested(MusterEntrySchema), required=True)


class ImportQuerySchema(StrictSchema):
    """How to take a list."""

    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "Only say what would become of it."}
    )


class StatisticsQuerySchema(StrictSchema):
    """Which days of the city, both included."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)

    @validates_schema
    def in_bounds(self, data: dict[str, Any], **options: Any) -> None:
        """In order, not too many, and of this time."""
        first, last = data["first"], data["last"]
        if not date(2000, 1, 1) <= first <= last <= date(2199, 1, 1):
            raise Refused(OUT_OF_ORDER, "last")
        if last - first >= timedelta(days=LONGEST_STATISTICS_DAYS):
            raise Refused(TOO_MANY_DAYS, "last")


class DayCountSchema(StrictSchema):
    """How many passages on one day."""

    day = fields.Date(required=True)
    direction = fields.String(required=True)
    basis = fields.String(required=True, metadata=BASIS)
    count = fields.Integer(required=True)


class PassStatisticsSchema(StrictSchema):
    """Passages by day, direction and basis; days without any are left out. Days older than the trail are
    gone."""

    inside = fields.Integer(required=True)
    items = fields.List(fields.Nested(DayCountSchema), required=True)
