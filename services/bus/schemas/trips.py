"""The citizen's trips, as the API says them."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    MomentOut,
    PageSchema,
    Schema,
    TextOut,
    fields,
)
from services.bus.operations.fares import FARE_CLASSES


def _named(name: str) -> TextOut:
    """A name that stands in two columns."""

    def both(row: Any) -> Text | None:
        zh, en = getattr(row, f"{name}_zh"), getattr(row, f"{name}_en")
        return Text(zh, en or zh) if zh else None

    return TextOut(both, allow_none=name != "line")


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
