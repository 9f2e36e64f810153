"""What the service hears and says over HTTP."""

from __future__ import annotations

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import Moment, PageSchema, Schema, StrictSchema, fields


class ParlourHoursSchema(Schema):
    """When the room is open, in hours of the city's day."""

    opens_at = fields.Integer(required=True)
    closes_at = fields.Integer(required=True)
    open_now = fields.Boolean(required=True)


class ParlourVisitSchema(Schema):
    """A visit."""

    id = fields.String(required=True)
    occurred_at = Moment(required=True)
    companions = fields.Integer(required=True)


class ParlourVisitPageSchema(PageSchema):
    """One page of visits."""

    items = fields.List(fields.Nested(ParlourVisitSchema), required=True)


class ParlourDaySchema(Schema):
    """How many came on one day; companions are counted too."""

    day = fields.String(required=True)
    visitors = fields.Integer(required=True)


class ParlourDayPageSchema(PageSchema):
    """One page of days."""

    items = fields.List(fields.Nested(ParlourDaySchema), required=True)


class ParlourHoursQuerySchema(StrictSchema):
    """Which day; today without one."""

    day = fields.Date(load_default=None)


class ParlourHourSchema(Schema):
    """An hour that can be booked, and how many places it has left."""

    starts_at = Moment(required=True)
    left = fields.Integer(required=True)


class ParlourHourListSchema(Schema):
    """The hours of a day."""

    items = fields.List(fields.Nested(ParlourHourSchema), required=True)


class ParlourNewBookingSchema(StrictSchema):
    """A place in the hour that starts then."""

    starts_at = fields.AwareDateTime(required=True, metadata={"label": Text("时间", "Hour")})


class ParlourBookingSchema(Schema):
    """A booking."""

    id = fields.String(required=True)
    starts_at = Moment(required=True)


class ParlourBookingListSchema(Schema):
    """Bookings to come."""

    items = fields.List(fields.Nested(ParlourBookingSchema), required=True)


class ParlourClosedDaySchema(StrictSchema):
    """A day on which the room stays closed."""

    day = fields.Date(required=True)
