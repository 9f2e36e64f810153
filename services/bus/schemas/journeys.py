"""Journeys, as the API hears and says them."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.web import (
    Moment,
    MomentOut,
    Schema,
    StrictSchema,
    TextOut,
    fields,
    validate,
)
from services.bus.schemas.network import LineNameSchema

MOST_JOURNEYS: Final = 12


class TerminalSchema(Schema):
    """A stop or station where a ride begins or ends."""

    id = fields.String(attribute="gtfs_id", required=True, metadata={"description": "GTFS stop_id."})
    name = TextOut()


class JourneyQuerySchema(StrictSchema):
    """From where to where, and from when on."""

    origin = fields.String(
        data_key="from",
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata={
            "description": "GTFS stop_id. A stop stands for its station, or for the stops of its name near by."
        },
    )
    target = fields.String(
        data_key="to",
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata={"description": "GTFS stop_id, as `from`."},
    )
    at = Moment(
        load_default=None,
        metadata={"description": "RFC 3339 moment with its offset; now without it."},
    )
    limit = fields.Integer(
        load_default=6,
        validate=validate.Range(min=1),
        metadata={"description": f"How many journeys; more than {MOST_JOURNEYS} gives {MOST_JOURNEYS}."},
    )


class LegSchema(Schema):
    """A ride of a journey."""

    line = fields.Nested(LineNameSchema, required=True)
    headsign = TextOut(allow_none=True)
    board = fields.Nested(TerminalSchema, required=True)
    alight = fields.Nested(TerminalSchema, required=True)
    departs_at = MomentOut()
    arrives_at = MomentOut()
    stops = fields.Integer(required=True, metadata={"description": "From boarding to getting off."})
    approximate = fields.Boolean(required=True)
    headway_seconds = fields.Integer(attribute="headway_secs", required=True, allow_none=True)
    trip = fields.String(attribute="trip_id", required=True, metadata={"description": "GTFS trip_id."})


class JourneySchema(Schema):
    """A journey of one or two rides."""

    departs_at = MomentOut()
    arrives_at = MomentOut()
    changes = fields.Integer(required=True, validate=validate.OneOf((0, 1)))
    walk_seconds = fields.Integer(required=True, metadata={"description": "At the change; 0 without one."})
    legs = fields.List(fields.Nested(LegSchema), required=True, validate=validate.Length(1, 2))


class JourneysSchema(Schema):
    """The journeys that nobody would leave for another, in the order in which they begin: those of the first
    2, 6 or 24 hours that have any."""

    origin = fields.Nested(TerminalSchema, data_key="from", required=True)
    target = fields.Nested(TerminalSchema, data_key="to", required=True)
    at = MomentOut()
    timezone = fields.String(required=True, metadata={"description": "IANA zone of the timetable."})
    items = fields.List(
        fields.Nested(JourneySchema), required=True, validate=validate.Length(max=MOST_JOURNEYS)
    )


class WayThereQuerySchema(StrictSchema):
    """What `journeys/1` is asked: to be at a place by a moment, from a stop by its id or in words."""

    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))
    arrive_by = Moment(required=True)
    start = fields.String(load_default="", validate=validate.Length(max=100))


class StopNearSchema(TerminalSchema):
    """A stop near the place, and its lines."""

    walk_minutes = fields.Integer(required=True)
    lines = fields.List(TextOut(), required=True)


class WayThereSchema(Schema):
    """What `journeys/1` answers. `start` is the stop that was meant; where the words mean several, they are
    `choices`. `journeys` are the last that are in time; `link` is the page that finds others."""

    stops = fields.List(fields.Nested(StopNearSchema), required=True)
    start = fields.Nested(TerminalSchema, required=True, allow_none=True)
    choices = fields.List(fields.Nested(TerminalSchema), required=True)
    journeys = fields.List(fields.Nested(JourneySchema), required=True)
    link = fields.String(required=True)


class SavedStopsSchema(Schema):
    """The stops that a citizen keeps at hand."""

    items = fields.List(fields.Nested(TerminalSchema), required=True, validate=validate.Length(max=30))
