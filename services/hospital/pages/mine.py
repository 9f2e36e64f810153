"""For whoever has signed in, and for whoever acts for them: book, confirm, move, cancel, wait; strikes and
appeals."""

from __future__ import annotations

from typing import Any

from flask import Response

from citizen_app.toolkit.documents import calendar as calendars
from citizen_app.toolkit.pages import CITIZEN, Form, asked, form_page, go_on, render, service_pages, url_for
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import PageQuerySchema, Problem, attachment, citizen_ref, require
from services.hospital import queries
from services.hospital.manifest import SERVICE, STATES, STRIKES
from services.hospital.operations import giving_up, going, paying, strikes, waiting
from services.hospital.operations.privacy import looking
from services.hospital.operations.states import PLACES
from services.hospital.operations.stopping import others_of
from services.hospital.pages.finding import said_slot, words
from services.hospital.pages.sentences import SENTENCES
from services.hospital.routes.citizens import hold_for_caller, set_sharing, wait_for_caller
from services.hospital.schemas.letters import StartQuerySchema
from services.hospital.schemas.public import AppealSchema, ConfirmSchema, SharingSchema
from services.hospital.snapshot import structure

pages = service_pages(SERVICE.id, CITIZEN, "mine", SENTENCES)


@form_page(pages, "/book/<id:slot_id>")
def book(form: Form, slot_id: str) -> str:
    """Book this slot?"""
    slot = queries.pool_or_404(slot_id)
    row = queries.session_or_404(slot.session_id)
    shown = queries.shown_session(row, 0, now())
    return render("book.html", form=form, slot=slot, when=said_slot(slot), one=shown, **words())


@book.sends
@require(2)
def _book(_: dict[str, Any], slot_id: str) -> str:
    return go_on(url_for(".booking", booking_id=hold_for_caller(slot_id).id), "held")


@pages.get("/bookings")
def bookings() -> str:
    """My bookings, what was made last first."""
    who, moment = looking(), now()
    found = queries.bookings_of(who.ref, **asked(PageQuerySchema))
    shown = [queries.shown_booking(row, moment) for row in found.items if who.sees(row)]
    waits = [] if who.is_limited and not who.shares else queries.waits_of(who.ref)
    return render(
        "bookings.html", found=shown, next_cursor=found.next_cursor, waits=waits, states=STATES, **words()
    )


@pages.get("/bookings/<id:booking_id>")
def booking(booking_id: str) -> str:
    """One of my bookings, with the steps of the day and the way there."""
    row, moment = looking().booking(booking_id), now()
    start = asked(StartQuerySchema)["start"]
    others = others_of(row, moment) if row.state == "stopped" else []
    shown = [queries.shown_session(one, 0, moment) for one in others]
    return render(
        "booking.html",
        one=queries.shown_booking(row, moment),
        states=STATES,
        others=shown,
        start=start,
        way=going.way_to(row, start, moment),
        in_calendar=row.state not in going.WITHOUT,
        **words(),
    )


@pages.get("/bookings/<id:booking_id>/calendar")
def calendar(booking_id: str) -> Response:
    """One of my bookings for my own calendar."""
    row = looking().booking(booking_id)
    return attachment(going.calendar_file(row), calendars.MEDIA_TYPE, going.FILE)


@form_page(pages, "/bookings/<id:booking_id>/confirm", ConfirmSchema)
def confirm(form: Form, booking_id: str) -> str:
    """Confirm a number that is held, and pay."""
    row = looking().booking(booking_id)
    if row.pays != "online":
        form.hide(pay_with="purse")
    return render(
        "confirm.html", form=form, one=queries.shown_booking(row, now()), when=said_slot(row), **words()
    )


@confirm.sends
@require(2)
def _confirm(wanted: dict[str, Any], booking_id: str) -> str:
    who = looking()
    done = paying.confirm(who.booking(booking_id), wanted["pay_with"], now(), who.by)
    return go_on(url_for(".booking", booking_id=booking_id), "booked" if done.state == "booked" else "asked")


@form_page(pages, "/bookings/<id:booking_id>/cancel")
def cancel(form: Form, booking_id: str) -> str:
    """Cancel a booking?"""
    row, moment = looking().booking(booking_id), now()
    shown = queries.shown_booking(row, moment)
    in_time = row.state == "held" or moment <= shown["cancel_by"]
    return render("cancel.html", form=form, one=shown, when=said_slot(row), in_time=in_time)


@cancel.sends
def _cancel(_: dict[str, Any], booking_id: str) -> str:
    who = looking()
    giving_up.cancel(who.booking(booking_id), now(), who.by)
    return go_on(url_for(".bookings"), "cancelled")


@pages.get("/bookings/<id:booking_id>/move")
def move(booking_id: str) -> str:
    """Other slots of the department at the same fee."""
    row, moment = looking().booking(booking_id), now()
    sessions = [
        one
        for one in queries.sessions_of(moment, department_id=row.department_id)
        if one["state"] == "open" and one["left"] and one["row"].fee == row.fee
    ]
    free = []
    for one in sessions[:10]:
        slots = queries.slots_of(one["id"], ("app",), moment)
        left = PLACES.left_in([slot.id for slot in slots], moment)
        free += [(one, slot) for slot in slots if left[slot.id] and slot.id != row.pool_id]
    return render("move.html", booking_id=booking_id, free=free, said=said_slot, **words())


@form_page(pages, "/bookings/<id:booking_id>/move/<id:slot_id>")
def move_to(form: Form, booking_id: str, slot_id: str) -> str:
    """Move to this slot?"""
    looking().booking(booking_id)
    return render(
        "move_to.html", form=form, booking_id=booking_id, when=said_slot(queries.pool_or_404(slot_id))
    )


@move_to.sends
@require(2)
def _move_to(_: dict[str, Any], booking_id: str, slot_id: str) -> str:
    who = looking()
    moved = giving_up.move(who.booking(booking_id), slot_id, now(), who.by)
    return go_on(url_for(".booking", booking_id=moved.id), "moved")


@form_page(pages, "/sessions/<id:session_id>/wait")
def wait(form: Form, session_id: str) -> str:
    """Wait for a number of a session?"""
    shown = queries.shown_session(queries.session_or_404(session_id), 0, now())
    return render("wait.html", form=form, one=shown, **words())


@wait.sends
@require(2)
def _wait(_: dict[str, Any], session_id: str) -> str:
    wait_for_caller(session_id)
    return go_on(url_for(".bookings"), "waiting")


@form_page(pages, "/sessions/<id:session_id>/leave")
def leave(form: Form, session_id: str) -> str:
    """Stop waiting?"""
    queries.session_or_404(session_id)
    return render("leave.html", form=form)


@leave.sends
def _leave(_: dict[str, Any], session_id: str) -> str:
    if not waiting.leave(citizen_ref(SERVICE.id), session_id, now()):
        raise Problem("not-found")
    return go_on(url_for(".bookings"), "left")


@pages.get("/strikes")
def list_strikes() -> str:
    """What counts against me, and where I may not book for now."""
    found = queries.strikes_shown(looking(), now())
    return render("strikes.html", found=found, kinds=STRIKES, held=structure())


@form_page(pages, "/strikes/<id:strike_id>/appeal", AppealSchema)
def appeal(form: Form, strike_id: str) -> str:
    """Appeal against one of them."""
    if all(one["id"] != strike_id for one in queries.strikes_shown(looking(), now())["items"]):
        raise Problem("not-found")
    return render("appeal.html", form=form)


@appeal.sends
def _appeal(wanted: dict[str, Any], strike_id: str) -> str:
    strikes.appeal(citizen_ref(SERVICE.id), strike_id, wanted["reason"], now())
    return go_on(url_for(".list_strikes"), "appealed")


@form_page(pages, "/sharing", SharingSchema)
def sharing(form: Form) -> str:
    """What a guardian sees."""
    form.start(shares=queries.shares(citizen_ref(SERVICE.id)))
    return render("sharing.html", form=form)


@sharing.sends
def _sharing(wanted: dict[str, Any]) -> str:
    set_sharing(wanted["shares"])
    return go_on(url_for(".sharing"), "saved")
