"""For citizens, and for whoever acts for them: hold, confirm, cancel, move, wait; strikes and appeals."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from citizen_app.toolkit.people import acting, calling_citizen
from citizen_app.toolkit.time import now
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import (
    CITIZEN,
    Page,
    PageQuerySchema,
    Problem,
    citizen_ref,
    idempotent,
    jsonify,
    require,
    service_blueprint,
)
from services.hospital import queries
from services.hospital.manifest import SERVICE
from services.hospital.operations import booking, giving_up, paying, strikes, waiting
from services.hospital.operations.ages import refuse_wrong_age
from services.hospital.operations.patients import locked_person, patient_of
from services.hospital.operations.privacy import looking
from services.hospital.queries.queue import positions_of
from services.hospital.schemas.public import (
    AppealSchema,
    BookingPageSchema,
    BookingSchema,
    ConfirmSchema,
    NewBookingSchema,
    NewWaitSchema,
    SharingSchema,
    StrikeListSchema,
    WaitListSchema,
)
from services.hospital.schemas.visits import PlacesInQueueSchema
from services.hospital.snapshot import structure

LOOK_AGAIN_SECONDS: Final = 10
mine = service_blueprint(SERVICE.id, "bookings", CITIZEN, "Bookings of a citizen")


@mine.route("/bookings", methods=["GET"])
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, BookingPageSchema)
def bookings(asked: dict[str, Any]) -> Page[Any]:
    """My bookings, what was made last first."""
    who, moment = looking(), now()
    found = queries.bookings_of(who.ref, **asked)
    return Page(
        [queries.shown_booking(row, moment) for row in found.items if who.sees(row)], found.next_cursor
    )


@mine.route("/bookings", methods=["POST"])
@require(2)
@idempotent
@mine.arguments(NewBookingSchema)
@mine.response(201, BookingSchema)
@mine.alt_response(404)
@mine.alt_response(409)
def hold(body: dict[str, Any]) -> dict[str, Any]:
    """Hold a number for some minutes; `confirm` makes it a booking."""
    made = hold_for_caller(body["slot_id"])
    return queries.shown_booking(made, now())


def hold_for_caller(slot_id: str) -> Any:
    """Hold a number for the citizen who calls, or for whom somebody does."""
    moment = now()
    pool = queries.pool_or_404(slot_id)
    booking.refuse_full(pool, moment)
    row, citizen = queries.session_or_404(pool.session_id), calling_citizen(SERVICE.id)
    refuse_wrong_age(citizen, row.department_id)
    patient = patient_of(citizen, row.hospital_id, moment)
    return booking.hold(patient, pool.id, moment, looking().by)


@mine.route("/bookings/<id:booking_id>", methods=["GET"])
@mine.response(200, BookingSchema)
def show(booking_id: str) -> dict[str, Any]:
    """One of my bookings."""
    return queries.shown_booking(looking().booking(booking_id), now())


@mine.route("/bookings/<id:booking_id>/confirm", methods=["POST"])
@require(2)
@mine.arguments(ConfirmSchema)
@mine.response(200, BookingSchema)
@mine.alt_response(402)
@mine.alt_response(409)
@mine.alt_response(410)
def confirm(body: dict[str, Any], booking_id: str) -> dict[str, Any]:
    """Confirm a hold, and pay where it is paid online: from the purse, or through the provider (then it
    stays held until the money has come)."""
    who = looking()
    done = paying.confirm(who.booking(booking_id), body["pay_with"], now(), who.by)
    return queries.shown_booking(done, now())


@mine.route("/bookings/<id:booking_id>/cancel", methods=["POST"])
@mine.response(200, BookingSchema)
@mine.alt_response(409)
def cancel(booking_id: str) -> dict[str, Any]:
    """Give a number up; `cancel_by` says until when it is free."""
    who = looking()
    return queries.shown_booking(giving_up.cancel(who.booking(booking_id), now(), who.by), now())


@mine.route("/bookings/<id:booking_id>/move", methods=["POST"])
@require(2)
@mine.arguments(NewBookingSchema)
@mine.response(200, BookingSchema)
@mine.alt_response(409)
def move(body: dict[str, Any], booking_id: str) -> dict[str, Any]:
    """Move a booking to another slot; the old one is kept until the new one is won. The answer is the new
    booking."""
    who = looking()
    return queries.shown_booking(
        giving_up.move(who.booking(booking_id), body["slot_id"], now(), who.by), now()
    )


@mine.route("/waiting", methods=["GET"])
@mine.response(200, WaitListSchema)
def waits() -> dict[str, Any]:
    """What I wait for."""
    who = looking()
    return {"items": [] if who.is_limited and not who.shares else queries.waits_of(who.ref)}


@mine.route("/waiting", methods=["POST"])
@require(2)
@mine.arguments(NewWaitSchema)
@mine.response(204)
@mine.alt_response(404)
@mine.alt_response(409)
def wait(body: dict[str, Any]) -> None:
    """Wait for a number of a session that is full."""
    wait_for_caller(body["session_id"])


def wait_for_caller(session_id: str) -> None:
    """Wait for the citizen who calls."""
    moment = now()
    row, citizen = queries.session_or_404(session_id), calling_citizen(SERVICE.id)
    refuse_wrong_age(citizen, row.department_id)
    patient = patient_of(citizen, row.hospital_id, moment)
    waiting.join(patient, session_id, moment, looking().by)


@mine.route("/waiting/<id:session_id>", methods=["DELETE"])
@mine.response(204)
def stop_waiting(session_id: str) -> None:
    """Stop waiting for a session."""
    if not waiting.leave(citizen_ref(SERVICE.id), session_id, now()):
        raise Problem("not-found")


@mine.route("/visits", methods=["GET"])
@mine.response(200, PlacesInQueueSchema)
@mine.alt_response(304)
def visits() -> Any:
    """My places in the queues of today, as the page has them. Ask again no sooner than `look_again_seconds`,
    with the `ETag` as `If-None-Match`: while nothing has changed the answer is a 304 without a body."""
    held, who = structure(), looking()
    items = [
        {
            "ticket": place.ticket,
            "before": place.before,
            "room": place.room,
            "department": held.departments[booking.department_id].name,
        }
        for booking, place in positions_of(who, now())
    ]
    shown = PlacesInQueueSchema().dump({"items": items, "look_again_seconds": LOOK_AGAIN_SECONDS})
    answer = jsonify(shown)
    answer.add_etag()
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@mine.route("/strikes", methods=["GET"])
@mine.response(200, StrikeListSchema)
def list_strikes() -> dict[str, Any]:
    """What counts against me, the latest first, a hundred at most; and where I may not book for now."""
    return queries.strikes_shown(looking(), now())


@mine.route("/strikes/<id:strike_id>/appeal", methods=["POST"])
@mine.arguments(AppealSchema)
@mine.response(204)
@mine.alt_response(409)
def appeal(body: dict[str, Any], strike_id: str) -> None:
    """Appeal against one of them, once."""
    strikes.appeal(citizen_ref(SERVICE.id), strike_id, body["reason"], now())


@mine.route("/sharing", methods=["GET"])
@mine.response(200, SharingSchema)
def sharing() -> dict[str, Any]:
    """Whether a guardian sees my bookings, waiting lists, missed bookings, results and letters, from fourteen
    on."""
    return {"shares": queries.shares(citizen_ref(SERVICE.id))}


@mine.route("/sharing", methods=["PUT"])
@mine.arguments(SharingSchema)
@mine.response(200, SharingSchema)
def share(body: dict[str, Any]) -> dict[str, Any]:
    """Decide for all of these oneself: nobody who acts for me can. What a guardian booked they see anyway."""
    set_sharing(body["shares"])
    return body


def set_sharing(shares: bool) -> None:
    """The citizen's own word on what a guardian sees."""
    if acting() is not None:
        raise Problem("not-permitted")
    ref = citizen_ref(SERVICE.id)
    person = locked_person(ref, now())
    if person.shares is not shares:
        person.shares = shares
        note(SERVICE.id, ref, "share", "app")
