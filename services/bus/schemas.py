"""What the bus service hears and says over HTTP; texts in the caller's language."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.web import (
    Moment,
    PageQuerySchema,
    PageSchema,
    Schema,
    StrictSchema,
    fields,
    validate,
)

MOMENT: Final = {"format": "date-time"}
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


class LineNameSchema(Schema):
    """A line, named."""

    id = fields.String(required=True, metadata={"description": "GTFS route_id."})
    name = fields.String(required=True)


class LineSchema(LineNameSchema):
    """A line as lists show it."""

    long_name = fields.String(required=True, allow_none=True)
    route_type = fields.Integer(required=True, metadata={"description": "GTFS route_type; 3 is a bus."})
    color = fields.String(required=True, allow_none=True, metadata={"description": "Six hexadecimal digits."})
    text_color = fields.String(required=True, allow_none=True)


class LinePageSchema(PageSchema):
    """One page of lines, in the order in which riders know them."""

    items = fields.List(fields.Nested(LineSchema), required=True)


class StopSchema(Schema):
    """A stop. Coordinates are WGS-84 degrees."""

    id = fields.String(required=True, metadata={"description": "GTFS stop_id."})
    code = fields.String(
        required=True, allow_none=True, metadata={"description": "What is written on the pole."}
    )
    name = fields.String(required=True)
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    station = fields.String(
        required=True, allow_none=True, metadata={"description": "Id of the station it belongs to."}
    )


class DirectionSchema(Schema):
    """One direction of a line, its stops in order."""

    direction = fields.Integer(required=True, metadata={"description": "GTFS direction_id, 0 or 1."})
    headsign = fields.String(required=True, allow_none=True)
    stops = fields.List(fields.Nested(StopSchema), required=True)


class LineDetailSchema(LineSchema):
    """A line with its directions."""

    directions = fields.List(fields.Nested(DirectionSchema), required=True)


class FoundStopSchema(StopSchema):
    """A stop with the lines that call there."""

    is_station = fields.Boolean(required=True)
    platform = fields.String(required=True, allow_none=True)
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
    headsign = fields.String(required=True, allow_none=True)
    direction = fields.Integer(required=True, allow_none=True)
    stop = fields.String(
        required=True, metadata={"description": "Id of the stop or platform it leaves from."}
    )
    stop_name = fields.String(required=True)
    departs_at = fields.String(required=True, metadata=MOMENT)
    service_day = fields.Date(
        required=True,
        metadata={"description": "The timetable's day: yesterday's for a night bus after midnight."},
    )
    time = fields.String(
        required=True,
        metadata={"description": "As the timetable has it, HH:MM:SS of the service day; may pass 24:00:00."},
    )
    approximate = fields.Boolean(
        required=True, metadata={"description": "An estimate: between timepoints, or a headway."}
    )
    headway_seconds = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "A bus every so often is promised, not a time."},
    )
    trip = fields.String(required=True, metadata={"description": "GTFS trip_id."})


class DeparturesSchema(Schema):
    """The next departures of a stop or station."""

    stop = fields.String(required=True)
    name = fields.String(required=True)
    at = fields.String(required=True, metadata=MOMENT)
    timezone = fields.String(required=True, metadata={"description": "IANA zone of the timetable."})
    items = fields.List(
        fields.Nested(DepartureSchema), required=True, validate=validate.Length(max=MOST_DEPARTURES)
    )


class TripSchema(Schema):
    """One boarding of the citizen, with what it cost. Names as they were shown then."""

    id = fields.String(required=True)
    line = fields.String(required=True)
    line_id = fields.String(required=True, allow_none=True)
    direction = fields.Integer(required=True, allow_none=True)
    headsign = fields.String(required=True, allow_none=True)
    stop = fields.String(required=True, allow_none=True)
    stop_id = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    fare = fields.Integer(required=True, metadata={"description": "In hundredths of the currency (分)."})
    currency = fields.String(required=True)
    fare_class = fields.String(required=True)
    fare_class_title = fields.String(required=True)
    occurred_at = fields.String(required=True, metadata=MOMENT)
    late = fields.Boolean(required=True, metadata={"description": "Uploaded by the validator afterwards."})


class TripPageSchema(PageSchema):
    """One page of boardings, the one recorded last first."""

    items = fields.List(fields.Nested(TripSchema), required=True)


class FeedVersionSchema(Schema):
    """A GTFS feed that was imported or refused."""

    version = fields.Integer(required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(("staged", "waiting", "active", "retired", "discarded", "refused")),
        metadata={
            "description": "`active` is in force, `retired` was, `waiting` will be by itself; `refused` had errors."
        },
    )
    source = fields.String(required=True, metadata={"description": "The file's name."})
    sha256 = fields.String(required=True)
    first_day = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    last_day = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    waits_until = fields.String(
        required=True,
        allow_none=True,
        metadata={"format": "date", "description": "The day on which a waiting feed comes into force."},
    )
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "Rows stored."}
    )
    created_at = fields.String(required=True, metadata=MOMENT)
    activated_at = fields.String(required=True, allow_none=True, metadata=MOMENT)


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
    message = fields.String(required=True)


class FeedReportSchema(FeedVersionSchema):
    """A feed with the report of its check."""

    rows_read = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "By file."}
    )
    totals = fields.List(fields.Nested(FindingTotalSchema), required=True)
    findings = fields.List(
        fields.Nested(FindingSchema), required=True, metadata={"description": "Worst first."}
    )
