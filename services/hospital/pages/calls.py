"""The call screen of a doctor or a nurse, in the console; beside it what brings somebody into the queue
there (check-in without a code, 加号), and a letter of referral for who is in the room."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import Form, form_page, form_view, go_on, url_for
from citizen_app.toolkit.queueing import by_officer, call_pages
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import audit, calling_officer, invalid_input, staff_of_service
from services.hospital.manifest import SERVICE
from services.hospital.operations import adding, letters
from services.hospital.operations.arriving import check_in
from services.hospital.operations.booking import By
from services.hospital.operations.visit_words import CALLS
from services.hospital.pages import wall
from services.hospital.pages.call_words import WORDS
from services.hospital.pages.letters import named
from services.hospital.queries.queue import VIEWS, booking_by_number, patient_by_number, patient_seen
from services.hospital.schemas.calls import AddByHandSchema, CheckInSchema
from services.hospital.schemas.letters import LetterToSchema

NO_BOOKING: Final = Text("这个班次没有这个预约号", "no booking of this session has that number")
NO_PATIENT: Final = Text("本院没有这个病案号", "no patient of this hospital has that number")
pages = call_pages(
    SERVICE.id,
    staff_of_service(SERVICE.id, CALLS.id, by_unit=True),
    VIEWS,
    title=Text("叫号", "Call patients"),
    words=WORDS,
    links=(("check_in", ".desk_check_in"), ("add", ".add_by_hand")),
    ticket_links=(("refer", ".refer"),),
    wall=wall.pages,
)


@form_page(pages, "/<id:queue_id>/check-in", CheckInSchema)
def desk_check_in(form: Form, queue_id: str) -> str:
    """Check in somebody who has no code with them, by the number of their booking."""
    VIEWS.queue_or_404(calling_officer(), queue_id)
    return form_view(form, "calls.check_in", "calls.do", url_for(".screen", queue_id=queue_id))


@desk_check_in.sends
def _desk_check_in(wanted: dict[str, Any], queue_id: str) -> str:
    officer = calling_officer()
    booking = booking_by_number(VIEWS.queue_or_404(officer, queue_id), wanted["number"])
    if booking is None:
        raise invalid_input("/number", NO_BOOKING)
    check_in(booking, now(), by=by_officer(officer), reason="desk", is_urgent=wanted["is_urgent"])
    audit("hospital.check_in", "hospital_booking", booking.id, hospital=booking.hospital_id)
    return go_on(url_for(".screen", queue_id=queue_id), "checked_in")


@form_page(pages, "/<id:queue_id>/add", AddByHandSchema)
def add_by_hand(form: Form, queue_id: str) -> str:
    """Give somebody a number beyond what there is (加号)."""
    VIEWS.queue_or_404(calling_officer(), queue_id)
    back = url_for(".screen", queue_id=queue_id)
    return form_view(form, "calls.add", "calls.do", back, hint="calls.add_hint")


@add_by_hand.sends
def _add_by_hand(wanted: dict[str, Any], queue_id: str) -> str:
    officer = calling_officer()
    row = VIEWS.queue_or_404(officer, queue_id)
    patient = patient_by_number(row, wanted["number"])
    if patient is None:
        raise invalid_input("/number", NO_PATIENT)
    adding.add(row, patient, wanted["reason"], now(), By("staff", by_officer(officer)))
    return go_on(url_for(".screen", queue_id=queue_id), "added")


@form_page(pages, "/<id:queue_id>/<id:ticket_id>/letter", LetterToSchema)
def refer(form: Form, queue_id: str, ticket_id: str) -> str:
    """Write a letter of referral for who is in the room; begun there, it may be sent once they have left."""
    VIEWS.queue_or_404(calling_officer(), queue_id)
    patient = patient_seen(queue_id, ticket_id)
    letters.account_of(patient)
    form.choose("department_id", named(letters.destinations(patient)))
    return form_view(
        form,
        "calls.refer_number",
        "calls.refer_send",
        url_for(".screen", queue_id=queue_id),
        hint="calls.refer_hint",
        number=VIEWS.ticket_or_404(queue_id, ticket_id).number,
    )


@refer.sends
def _refer(wanted: dict[str, Any], queue_id: str, ticket_id: str) -> str:
    officer = calling_officer()
    VIEWS.queue_or_404(officer, queue_id)
    patient = patient_seen(queue_id, ticket_id)
    letters.write(patient, moment=now(), by=by_officer(officer), **wanted)
    return go_on(url_for(".screen", queue_id=queue_id), "sent")
