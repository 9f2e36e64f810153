"""Lines, stops and departures, as the API says them."""

from __future__ import annotations

from typing import Any, Final

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

MOST_DEPARTURES: Final = 50


class StopQuerySchema(PageQuerySchema):
    """Which stops."""

    q = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata={
            "description": "Words of the name in Chinese, pinyin or English, or the exact id or code; all stops without it."
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


class Filled(fields.String):
    """A text of the timetable; an empty one says nothing."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return value or None


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
