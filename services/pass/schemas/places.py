"""Places and gates, as operators set them up."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from marshmallow import post_load

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    ChangeSchema,
    ClientGeneratedId,
    MomentOut,
    PageQuerySchema,
    PageSchema,
    Refused,
    StrictBoolean,
    StrictInteger,
    StrictSchema,
    TextOut,
    fields,
    validate,
    validates_schema,
)

from ..manifest import KIND_TITLES
from ..operations.hours import EVERY_DAY, GROUPS, Hours, SpecialDay, Window
from ..operations.policy import LONGEST_TRAIL_DAYS, USUAL_TRAIL_DAYS, Policy
from .inputs import NameSchema, Words

MOST_WINDOWS: Final = 20
MOST_SPECIAL_DAYS: Final = 400
CLOCK_TIME: Final = "^([01][0-9]|2[0-3]):[0-5][0-9]\\Z"
NEEDS_EXITS: Final = Text("需要先打开 exits_are_read", "needs exits_are_read")
KINDS: Final = list(KIND_TITLES)
DIRECTIONS: Final = ["in", "out", "both"]


class WindowSchema(StrictSchema):
    """A window of a day; one that closes at or before it opens runs past midnight."""

    opens = fields.String(required=True, validate=validate.Regexp(CLOCK_TIME), metadata={"example": "08:00"})
    closes = fields.String(required=True, validate=validate.Regexp(CLOCK_TIME), metadata={"example": "22:00"})
    weekdays = fields.List(
        StrictInteger(validate=validate.Range(1, 7)),
        load_default=list(EVERY_DAY),
        validate=validate.Length(1, 7),
        metadata={"description": "1 Monday to 7 Sunday; every day without it."},
    )

    @post_load
    def build(self, data: dict[str, Any], **options: Any) -> Window:
        """As the rules take it."""
        opens, closes = time.fromisoformat(data["opens"]), time.fromisoformat(data["closes"])
        return Window(opens, closes, tuple(sorted(set(data["weekdays"]))))


def _windows() -> fields.List[Any]:
    return fields.List(fields.Nested(WindowSchema), validate=validate.Length(max=MOST_WINDOWS))


class WeeklySchema(StrictSchema):
    """Windows by group: people on the list, guests, anyone with a code. A group without windows may come
    always."""

    member = _windows()
    guest = _windows()
    anyone = _windows()


class SpecialDaySchema(StrictSchema):
    """Other windows for one date and some groups; no windows: closed."""

    day = fields.Date(required=True)
    groups = fields.List(
        fields.String(validate=validate.OneOf(GROUPS)),
        load_default=list(GROUPS),
        validate=validate.Length(1, 3),
    )
    windows = fields.List(
        fields.Nested(WindowSchema), load_default=list, validate=validate.Length(max=MOST_WINDOWS)
    )

    @post_load
    def build(self, data: dict[str, Any], **options: Any) -> SpecialDay:
        """As the rules take it."""
        return SpecialDay(data["day"], tuple(data["groups"]), tuple(data["windows"]))


class HoursSchema(StrictSchema):
    """All opening rules, in the city's time; they replace those that stood."""

    weekly = fields.Nested(WeeklySchema, load_default=dict)
    exceptions = fields.List(
        fields.Nested(SpecialDaySchema), load_default=list, validate=validate.Length(max=MOST_SPECIAL_DAYS)
    )

    @post_load
    def build(self, data: dict[str, Any], **options: Any) -> Hours:
        """As the rules take it."""
        weekly = {group: tuple(windows) for group, windows in data["weekly"].items()}
        return Hours(weekly, tuple(data["exceptions"]))


class PolicySchema(StrictSchema):
    """What the place decides for itself; what is left out has its default."""

    admits = fields.String(load_default="listed", validate=validate.OneOf(["listed", "anyone"]))
    inviters = fields.String(
        load_default="members", validate=validate.OneOf(["members", "managers", "nobody"])
    )
    guests_per_host = StrictInteger(load_default=5, validate=validate.Range(1, 200))
    longest_visit_hours = StrictInteger(load_default=72, validate=validate.Range(1, 24 * 90))
    anti_passback = fields.String(load_default="off", validate=validate.OneOf(["off", "soft", "hard"]))
    exits_are_read = StrictBoolean(load_default=True)
    claims_allowed = StrictBoolean(load_default=True)
    accompanied = fields.String(
        load_default="free",
        validate=validate.OneOf(["free", "counted", "refused"]),
        metadata={
            "description": "Whether somebody without a right of their own (a guest's child) comes in with the "
            "guardian or carer who shows their code: free of entries, counted as one, or not."
        },
    )

    @validates_schema
    def can_know(self, data: dict[str, Any], **options: Any) -> None:
        """Who is inside can only be known where people are seen to leave."""
        if data["anti_passback"] != "off" and not data["exits_are_read"]:
            raise Refused(NEEDS_EXITS, "anti_passback")

    @post_load
    def build(self, data: dict[str, Any], **options: Any) -> Policy:
        """As the rules take it."""
        return Policy(**data)


class NewPlaceSchema(StrictSchema):
    """A place."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.Nested(NameSchema, required=True)
    trail_days = StrictInteger(
        load_default=USUAL_TRAIL_DAYS,
        validate=validate.Range(1, LONGEST_TRAIL_DAYS),
        metadata={
            "description": "How many days the trail of passages is kept, and what was written about guests."
        },
    )
    policy = fields.Nested(PolicySchema, load_default=Policy)
    hours = fields.Nested(HoursSchema, load_default=Hours)


class PlaceChangeSchema(ChangeSchema):
    """What is to change; the rest stays. `policy` and `hours` are replaced as a whole."""

    name = fields.Nested(NameSchema)
    closed = StrictBoolean()
    trail_days = StrictInteger(validate=validate.Range(1, LONGEST_TRAIL_DAYS))
    policy = fields.Nested(PolicySchema)
    hours = fields.Nested(HoursSchema)


class PassPlaceSchema(StrictSchema):
    """A place as operators see it."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.Nested(NameSchema, required=True)
    closed = fields.Boolean(required=True)
    trail_days = fields.Integer(required=True)
    policy = fields.Dict(
        attribute="whole_policy", required=True, metadata={"description": "As in PolicySchema."}
    )
    hours = fields.Dict(required=True, metadata={"description": "As in HoursSchema."})
    created_at = MomentOut()


class PlacePageSchema(PageSchema):
    """One page of places, newest first."""

    items = fields.List(fields.Nested(PassPlaceSchema), required=True)


class ListedPlaceSchema(StrictSchema):
    """A place as citizens find it."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    kind_title = TextOut(lambda place: KIND_TITLES[place.kind])
    name = TextOut()


class ListedPlacePageSchema(PageSchema):
    """One page of places that take applications."""

    items = fields.List(fields.Nested(ListedPlaceSchema), required=True)


class PlaceQuerySchema(PageQuerySchema):
    """Which places."""

    q = Words(
        80,
        may_be_empty=True,
        load_default="",
        metadata={"description": "A part of the name, in either language."},
    )


class NewGateSchema(StrictSchema):
    """A gate; `code` is what stands on it."""

    code = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}\Z"),
        metadata={"example": "E1"},
    )
    name = fields.Nested(NameSchema, required=True)
    direction = fields.String(load_default="both", validate=validate.OneOf(DIRECTIONS))


class GateChangeSchema(ChangeSchema):
    """What is to change."""

    name = fields.Nested(NameSchema)
    direction = fields.String(validate=validate.OneOf(DIRECTIONS))
    in_use = StrictBoolean()


class GateSchema(StrictSchema):
    """A gate with the kiosks that stand at it."""

    id = fields.String(attribute="gate.id", required=True)
    code = fields.String(attribute="gate.code", required=True)
    name = fields.Nested(NameSchema, attribute="gate.name", required=True)
    direction = fields.String(attribute="gate.direction", required=True)
    in_use = fields.Boolean(attribute="gate.in_use", required=True)
    kiosk_ids = fields.List(fields.String(), required=True)


class GatesSchema(StrictSchema):
    """All gates of a place."""

    items = fields.List(fields.Nested(GateSchema), required=True)


class KioskAtGateSchema(StrictSchema):
    """Which kiosk."""

    kiosk_id = ClientGeneratedId(required=True)
