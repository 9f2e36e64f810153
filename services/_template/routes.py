"""`/api/v1/services/parlour`: hours for anyone, visits for whoever made them, days for staff."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import (
    ANYONE,
    CITIZEN,
    Page,
    PageQuerySchema,
    Problem,
    audit,
    citizen_ref,
    idempotent,
    service_blueprint,
    staff_of_service,
)
from services._template import operations, queries
from services._template.manifest import SERVICE
from services._template.schemas import (
    ParlourBookingListSchema,
    ParlourBookingSchema,
    ParlourClosedDaySchema,
    ParlourDayPageSchema,
    ParlourHourListSchema,
    ParlourHoursQuerySchema,
    ParlourHoursSchema,
    ParlourNewBookingSchema,
    ParlourVisitPageSchema,
)

door = service_blueprint(SERVICE.id, "door", ANYONE, "Opening hours")
mine = service_blueprint(SERVICE.id, "visits", CITIZEN, "The citizen's own visits")
desk = service_blueprint(SERVICE.id, "desk", staff_of_service(SERVICE.id), "For staff of the service")
BLUEPRINTS = (door, mine, desk)


@door.route("/hours", methods=["GET"])
@door.response(200, ParlourHoursSchema)
def hours() -> dict[str, Any]:
    """When the room is open, and whether it is now."""
    settings = service_settings(SERVICE.id)
    return {**settings, "open_now": operations.is_open(now(), settings)}


@mine.route("/free-hours", methods=["GET"])
@mine.arguments(ParlourHoursQuerySchema, location="query")
@mine.response(200, ParlourHourListSchema)
def free_hours(asked: dict[str, Any]) -> dict[str, Any]:
    """The hours of a day that can be booked, and how many places each has left."""
    return {"items": queries.hours_of(asked["day"], now(), service_settings(SERVICE.id))}


@mine.route("/bookings", methods=["GET"])
@mine.response(200, ParlourBookingListSchema)
def bookings() -> dict[str, Any]:
    """My bookings to come, the next first."""
    return {"items": queries.bookings_of(citizen_ref(SERVICE.id), now())}


@mine.route("/bookings", methods=["POST"])
@idempotent
@mine.arguments(ParlourNewBookingSchema)
@mine.response(201, ParlourBookingSchema)
def book(asked: dict[str, Any]) -> dict[str, Any]:
    """Book a place in an hour of the next seven days; a 409 when it is full."""
    settings = service_settings(SERVICE.id)
    booking = operations.book(citizen_ref(SERVICE.id), asked["starts_at"], now(), settings)
    return {"id": booking.id, "starts_at": asked["starts_at"]}


@mine.route("/bookings/<id:booking_id>", methods=["DELETE"])
@mine.response(204)
def cancel(booking_id: str) -> None:
    """Cancel one of my bookings before its hour."""
    if not operations.cancel(citizen_ref(SERVICE.id), booking_id, now()):
        raise Problem("not-found")


@mine.route("/visits", methods=["GET"])
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, ParlourVisitPageSchema)
def visits(asked: dict[str, Any]) -> Page[Any]:
    """My visits, the one recorded last first."""
    return queries.visits_of(citizen_ref(SERVICE.id), **asked)


@mine.route("/visits/<id:visit_id>", methods=["DELETE"])
@mine.response(204)
def delete_visit(visit_id: str) -> None:
    """Delete one of my visits."""
    if not operations.delete_visit(citizen_ref(SERVICE.id), visit_id):
        raise Problem("not-found")


@desk.route("/days", methods=["GET"])
@desk.arguments(PageQuerySchema, location="query")
@desk.response(200, ParlourDayPageSchema)
def days(asked: dict[str, Any]) -> Page[Any]:
    """How many came on which day, the latest first."""
    return queries.days(**asked)


@desk.route("/closed-days", methods=["POST"])
@desk.arguments(ParlourClosedDaySchema)
@desk.response(201, ParlourClosedDaySchema)
def close_on(asked: dict[str, Any]) -> dict[str, Any]:
    """Keep the room closed on a day."""
    operations.close_on(asked["day"])
    operations.call_off(asked["day"], now())
    audit("parlour.close", "parlour_day", asked["day"].isoformat())
    return asked
