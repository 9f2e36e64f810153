"""What the bus service hears and says over HTTP; texts in the caller's language."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    Moment,
    MomentOut,
    PageQuerySchema,
    PageSchema,
    Schema,
    StrictSchema,
    TextOut,
    fields,
    validate,
)
from services.bus.operations.fares import FARE_CLASSES

MOST_DEPARTURES: Final = 50


class StopQuerySchema(PageQuerySchema):
    """Which stops."""

    q = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata={
            "description": "Words of the name in either language, or the exact id or code; all stops without it."
        },
    )


class ActivateQuerySchema(StrictSchema):
    """How to put a feed in force."""

    force = fields.Boolean(
        load_default=False, metadata={"description": "Even if it serves no day from now on."}
    )


class DepartureQuerySchema(StrictSchema):
    """From when on, and how many."""

    at = Moment(
        load_default=None,
        metadata={"description": "RFC 3339 moment with its offset; now without it."},
    )
    limit = fields.Integer(
        load_default=10,
        validate=validate.Range(min=1),
        metadata={
            "description": f"How many departures; more than {MOST_DEPARTURES} gives {MOST_DEPARTURES}."
        },
    )


class Filled(fields.String):
    """A text of the timetable; an empty one says nothing."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return value or None


def _named(name: str) -> TextOut:
    """A name that stands in two columns."""

    def both(row: Any) -> Text | None:
        zh, en = getattr(row, f"{name}_zh"), getattr(row, f"{name}_en")
        return Text(zh, en or zh) if zh else None

    return TextOut(both, allow_none=name != "line")


class LineNameSchema(Schema):
    """A line, named."""

    id = fields.String(attribute="gtfs_id", required=True, metadata={"description": "GTFS route_id."})
    name = TextOut()


class LineSchema(LineNameSchema):
    """A line as lists show it."""

    long_name = TextOut(allow_none=True)
    route_type = fields.Integer(required=True, metadata={"description": "GTFS route_type; 3 is a bus."})
    color = Filled(required=True, allow_none=True, metadata={"description": "Six hexadecimal digits."})
    text_color = Filled(required=True, allow_none=True)


class LinePageSchema(PageSchema):
    """One page of lines, in the order in which riders know them."""

    items = fields.List(fields.Nested(LineSchema), required=True)


class StopSchema(Schema):
    """A stop. Coordinates are WGS-84 degrees."""

    id = fields.String(attribute="gtfs_id", required=True, metadata={"description": "GTFS stop_id."})
    code = Filled(required=True, allow_none=True, metadata={"description": "What is written on the pole."})
    name = TextOut()
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    station = Filled(
        required=True, allow_none=True, metadata={"description": "Id of the station it belongs to."}
    )


class DirectionSchema(Schema):
    """One direction of a line, its stops in order."""

    direction = fields.Integer(
        attribute="number", required=True, metadata={"description": "GTFS direction_id, 0 or 1."}
    )
    headsign = TextOut(lambda found: found.headsigns[0] if found.headsigns else None, allow_none=True)
    stops = fields.List(fields.Nested(StopSchema), required=True)


class LineDetailSchema(LineSchema):
    """A line with its directions."""

    directions = fields.List(fields.Nested(DirectionSchema), required=True)


class FoundStopSchema(StopSchema):
    """A stop with the lines that call there."""

    is_station = fields.Boolean(required=True)
    platform = Filled(required=True, allow_none=True)
    wheelchair = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "Whether it can be used in a wheelchair; null if unknown."},
    )
    lines = fields.List(fields.Nested(LineNameSchema), required=True)


class StopPageSchema(PageSchema):
    """One page of stops."""

    items = fields.List(fields.Nested(FoundStopSchema), required=True)


class DepartureSchema(Schema):
    """A bus that leaves."""

    line = fields.Nested(LineNameSchema, required=True)
    headsign = TextOut(allow_none=True)
    direction = fields.Integer(attribute="visit.direction_id", required=True, allow_none=True)
    stop = fields.String(
        attribute="visit.stop_id",
        required=True,
        metadata={"description": "Id of the stop or platform it leaves from."},
    )
    stop_name = TextOut()
    departs_at = MomentOut(attribute="departure.at")
    service_day = fields.Date(
        attribute="departure.service_day",
        required=True,
        metadata={"description": "The timetable's day: yesterday's for a night bus after midnight."},
    )
    time = fields.String(
        required=True,
        metadata={"description": "As the timetable has it, HH:MM:SS of the service day; may pass 24:00:00."},
    )
    approximate = fields.Boolean(
        attribute="visit.approximate",
        required=True,
        metadata={"description": "An estimate: between timepoints, or a headway."},
    )
    headway_seconds = fields.Integer(
        attribute="visit.headway_secs",
        required=True,
        allow_none=True,
        metadata={"description": "A bus every so often is promised, not a time."},
    )
    trip = fields.String(attribute="visit.trip_id", required=True, metadata={"description": "GTFS trip_id."})


class DeparturesSchema(Schema):
    """The next departures of a stop or station."""

    stop = fields.String(required=True)
    name = TextOut()
    at = MomentOut()
    timezone = fields.String(required=True, metadata={"description": "IANA zone of the timetable."})
    items = fields.List(
        fields.Nested(DepartureSchema), required=True, validate=validate.Length(max=MOST_DEPARTURES)
    )


class TripSchema(Schema):
    """One boarding of the citizen, with what it cost. Names as they were shown then."""

    id = fields.String(required=True)
    line = _named("line")
    line_id = fields.String(attribute="route_gtfs_id", required=True, allow_none=True)
    direction = fields.Integer(required=True, allow_none=True)
    headsign = _named("headsign")
    stop = _named("stop")
    stop_id = fields.String(attribute="stop_gtfs_id", required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    fare = fields.Integer(required=True, metadata={"description": "In hundredths of the currency (分)."})
    currency = fields.String(required=True)
    fare_class = fields.String(required=True)
    fare_class_title = TextOut(lambda row: FARE_CLASSES[row.fare_class].passenger)
    occurred_at = MomentOut()
    late = fields.Boolean(required=True, metadata={"description": "Uploaded by the validator afterwards."})


class TripPageSchema(PageSchema):
    """One page of boardings, the one recorded last first."""

    items = fields.List(fields.Nested(TripSchema), required=True)


class FeedVersionSchema(Schema):
    """A GTFS feed that was imported or refused."""

    version = fields.Integer(attribute="version.id", required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(("staged", "waiting", "active", "retired", "discarded", "refused")),
        metadata={
            "description": "`active` is in force, `retired` was, `waiting` will be by itself; `refused` had errors."
        },
    )
    source = fields.String(
        attribute="version.source", required=True, metadata={"description": "The file's name."}
    )
    sha256 = fields.String(attribute="version.sha256", required=True)
    first_day = fields.Date(attribute="version.first_day", required=True, allow_none=True)
    last_day = fields.Date(attribute="version.last_day", required=True, allow_none=True)
    waits_until = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The day on which a waiting feed comes into force."},
    )
    counts = fields.Dict(
        attribute="version.counts",
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "Rows stored."},
    )
    created_at = MomentOut(attribute="version.created_at")
    activated_at = MomentOut(allow_none=True)


class FeedVersionPageSchema(PageSchema):
    """One page of feeds, newest first."""

    items = fields.List(fields.Nested(FeedVersionSchema), required=True)


class FindingTotalSchema(Schema):
    """How often a rule was broken."""

    rule = fields.String(required=True)
    severity = fields.String(required=True)
    count = fields.Integer(required=True)


class FindingSchema(Schema):
    """One thing that the check found; the first hundred of each rule are kept."""

    file = fields.String(required=True)
    line = fields.Integer(required=True, allow_none=True)
    rule = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(("error", "warning", "info")))
    field = fields.String(required=True, allow_none=True)
    value = fields.String(required=True, allow_none=True)
    message = TextOut()


class FeedReportSchema(FeedVersionSchema):
    """A feed with the report of its check."""

    rows_read = fields.Dict(
        attribute="checked.counts",
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "By file."},
    )
    totals = fields.List(fields.Nested(FindingTotalSchema), attribute="checked.sorted_totals", required=True)
    findings = fields.List(
        fields.Nested(FindingSchema),
        attribute="checked.worst_first",
        required=True,
        metadata={"description": "Worst first."},
    )
