"""The call screen of a doctor or a nurse, in the console."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, invalidate
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.pages import Form, form_page, form_view, go_on, render, service_pages, url_for
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import Problem, audit, calling_officer, invalid_input, staff_of_service
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalCampus, HospitalDepartment
from services.hospital.operations import adding, calling, letters
from services.hospital.operations.arriving import check_in
from services.hospital.operations.booking import By
from services.hospital.operations.ordering import ORDINARY, URGENT, waiting
from services.hospital.operations.visit_words import CALLS
from services.hospital.pages.call_sentences import SENTENCES
from services.hospital.pages.letter_sentences import SENTENCES as LETTERS
from services.hospital.pages.letters import departments
from services.hospital.pages.wall import wall_link
from services.hospital.queries import queue as queue_views
from services.hospital.schemas.calls import ActSchema, AddByHandSchema, CheckInSchema, NextSchema
from services.hospital.schemas.letters import LetterToSchema
from services.hospital.snapshot import TOPIC, One, structure

NO_BOOKING: Final = Text("这个班次没有这个预约号", "no booking of this session has that number")
NO_PATIENT: Final = Text("本院没有这个病案号", "no patient of this hospital has that number")
LIST: Final = Text("叫号", "Calling patients")
pages = service_pages(
    SERVICE.id,
    staff_of_service(SERVICE.id, CALLS.id, by_unit=True),
    "calls",
    {**LETTERS, **SENTENCES},
    title=Text("叫号", "Call patients"),
)


@pages.get("/")
def listed() -> str:
    """Today's sessions that are mine to call for, and the walls of their departments and campuses."""
    officer = calling_officer()
    found = queue_views.clinics_of(officer, now().astimezone(city_zone()).date())
    return render("calls/start.html", clinics=found, walls=[(one, wall_link(one)) for one in _places(found)])


@form_page(pages, "/walls/<id:place_id>")
def renew_wall(form: Form, place_id: str) -> str:
    """Take the link of a wall back?"""
    place = _place_or_404(place_id)
    return form_view(
        form,
        "hospital.calls.renew_question",
        "hospital.calls.renew",
        url_for(".listed"),
        hint="hospital.calls.renew_hint",
        tone="danger",
        place=place.name,
    )


@renew_wall.sends
def _renew_wall(_: dict[str, Any], place_id: str) -> str:
    place = _place_or_404(place_id)
    model: Any = HospitalCampus if place_id in structure().campuses else HospitalDepartment
    guarded_update(model, model.id == place_id, wall=model.wall + 1)
    invalidate(TOPIC)
    audit("hospital.renew_wall", model.__tablename__, place_id, hospital=place.hospital_id)
    return go_on(url_for(".listed"), "renewed")


@pages.get("/<id:session_id>")
def screen(session_id: str) -> str:
    """Who is in the room, who waits, what can be done; each whose name is shown finds the look."""
    clinic = queue_views.clinic_or_404(calling_officer(), session_id)
    inside, beside = queue_views.in_rooms(session_id), queue_views.beside(session_id)
    if inside or beside:
        refs = [one.ref for one in (*inside, *beside)]
        looked(SERVICE.id, refs, LIST, of=("hospital_session", session_id))
    return render(
        "calls/screen.html",
        clinic=clinic,
        inside=inside,
        beside=beside,
        last=queue_views.last_done(session_id),
        acts={name: title for name, (_, title) in calling.ACTS.items()},
        **_waiting(session_id),
    )


@pages.get("/<id:session_id>/waiting")
def who_waits(session_id: str) -> str:
    """Who waits, by number: the part of the screen that is fetched anew."""
    queue_views.clinic_or_404(calling_officer(), session_id)
    return render("calls/waiting.html", session_id=session_id, **_waiting(session_id))


@form_page(pages, "/<id:session_id>/next", NextSchema)
def call_next(form: Form, session_id: str) -> str:
    """Call the next patient; the screen has a button for it."""
    clinic = queue_views.clinic_or_404(calling_officer(), session_id)
    form.start(room=clinic.row.room)
    return form_view(
        form, "hospital.calls.next", "hospital.calls.next", url_for(".screen", session_id=session_id)
    )


@call_next.sends
def _call_next(wanted: dict[str, Any], session_id: str) -> str:
    officer = calling_officer()
    queue_views.clinic_or_404(officer, session_id)
    called = calling.call_next(session_id, wanted["room"], now(), _by(officer.name), finish=wanted["finish"])
    return go_on(url_for(".screen", session_id=session_id), "called" if called else "nobody")


@form_page(pages, "/<id:session_id>/check-in", CheckInSchema)
def desk_check_in(form: Form, session_id: str) -> str:
    """Check in somebody who has no code with them, by the number of their booking."""
    queue_views.clinic_or_404(calling_officer(), session_id)
    back = url_for(".screen", session_id=session_id)
    return form_view(form, "hospital.calls.check_in", "hospital.calls.do", back)


@desk_check_in.sends
def _desk_check_in(wanted: dict[str, Any], session_id: str) -> str:
    officer = calling_officer()
    clinic = queue_views.clinic_or_404(officer, session_id)
    booking = queue_views.booking_by_number(clinic.row, wanted["number"])
    if booking is None:
        raise invalid_input("/number", NO_BOOKING)
    check_in(booking, now(), by=_by(officer.name), reason="desk", is_urgent=wanted["is_urgent"])
    audit("hospital.check_in", "hospital_booking", booking.id, hospital=booking.hospital_id)
    return go_on(url_for(".screen", session_id=session_id), "checked_in")


@form_page(pages, "/<id:session_id>/add", AddByHandSchema)
def add_by_hand(form: Form, session_id: str) -> str:
    """Give somebody a number beyond what there is (加号)."""
    queue_views.clinic_or_404(calling_officer(), session_id)
    back, hint = url_for(".screen", session_id=session_id), "hospital.calls.add_hint"
    return form_view(form, "hospital.calls.add", "hospital.calls.do", back, hint=hint)


@add_by_hand.sends
def _add_by_hand(wanted: dict[str, Any], session_id: str) -> str:
    officer = calling_officer()
    row = queue_views.clinic_or_404(officer, session_id).row
    patient = queue_views.patient_by_number(row, wanted["number"])
    if patient is None:
        raise invalid_input("/number", NO_PATIENT)
    adding.add(row, patient, wanted["reason"], now(), By("staff", _by(officer.name)))
    return go_on(url_for(".screen", session_id=session_id), "added")


@form_page(pages, "/<id:session_id>/<id:ticket_id>", ActSchema)
def act(form: Form, session_id: str, ticket_id: str) -> str:
    """Do something else with a number: take it back, bring it forward, with a reason."""
    queue_views.clinic_or_404(calling_officer(), session_id)
    ticket = queue_views.ticket_or_404(session_id, ticket_id)
    possible = [(name, title) for name, (states, title) in calling.ACTS.items() if ticket.state in states]
    form.choose("act", possible)
    return form_view(
        form,
        "hospital.calls.act",
        "hospital.calls.do",
        url_for(".screen", session_id=session_id),
        number=ticket.number,
    )


@act.sends
def _act(wanted: dict[str, Any], session_id: str, ticket_id: str) -> str:
    officer = calling_officer()
    queue_views.clinic_or_404(officer, session_id)
    ticket = queue_views.ticket_or_404(session_id, ticket_id)
    calling.act(ticket, wanted["act"], now(), _by(officer.name), wanted["reason"])
    return go_on(url_for(".screen", session_id=session_id), wanted["act"])


@form_page(pages, "/<id:session_id>/<id:ticket_id>/letter", LetterToSchema)
def refer(form: Form, session_id: str, ticket_id: str) -> str:
    """Write a letter of referral for who is in the room; begun there, it may be sent once they have left."""
    here = queue_views.clinic_or_404(calling_officer(), session_id).row.hospital_id
    letters.account_of(queue_views.patient_seen(session_id, ticket_id))
    form.choose("department_id", departments(structure().hospitals.keys() - {here}))
    return form_view(
        form,
        "hospital.calls.refer_number",
        "hospital.letters.send",
        url_for(".screen", session_id=session_id),
        hint="hospital.letters.hint",
        number=queue_views.ticket_or_404(session_id, ticket_id).number,
    )


@refer.sends
def _refer(wanted: dict[str, Any], session_id: str, ticket_id: str) -> str:
    officer = calling_officer()
    queue_views.clinic_or_404(officer, session_id)
    patient = queue_views.patient_seen(session_id, ticket_id)
    letters.write(patient, moment=now(), by=_by(officer.name), **wanted)
    return go_on(url_for(".screen", session_id=session_id), "sent")


def _waiting(session_id: str) -> dict[str, Any]:
    added = queue_views.added_to(session_id)
    return {"waiting": waiting(session_id), "added": added, "urgent": URGENT, "ordinary": ORDINARY}


def _places(clinics: Iterable[queue_views.Clinic]) -> list[One]:
    """The departments of sessions, and their campuses for whoever has the whole hospital."""
    held, officer = structure(), calling_officer()
    rows = [one.row for one in clinics]
    campuses = {row.campus_id for row in rows if officer.has(row.hospital_id)}
    departments = {row.department_id for row in rows}
    return [held.campuses[one] for one in sorted(campuses)] + [
        held.departments[one] for one in sorted(departments)
    ]


def _place_or_404(place_id: str) -> One:
    held, officer = structure(), calling_officer()
    place = held.campuses.get(place_id) or held.departments.get(place_id)
    if place is None or not (officer.has(place.hospital_id) or officer.has(place_id)):
        raise Problem("not-found")
    return place


def _by(name: str) -> str:
    return f"staff {name}"[:64]
