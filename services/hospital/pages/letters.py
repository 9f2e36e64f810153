"""Letters of referral in the console: what a hospital received and sent, and writing one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import Form, asked, form_page, form_view, go_on, render, service_pages, url_for
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Problem, calling_officer, invalid_input, staff_of_service
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalReferral
from services.hospital.operations import letters
from services.hospital.operations.record_words import LETTER_STATES
from services.hospital.pages.letter_sentences import SENTENCES
from services.hospital.queries import records
from services.hospital.schemas.letters import LetterByBookingSchema, LetterQuerySchema, LetterToSchema
from services.hospital.snapshot import One, structure

NO_BOOKING: Final = Text("您的医院没有这个预约号", "no booking at a hospital of yours has that number")
NOT_A_PATIENT: Final = Text(
    "这位患者还没有在本院建档。", "This patient has no record at the hospital that would write."
)
pages = service_pages(
    SERVICE.id,
    staff_of_service(SERVICE.id, by_unit=True),
    "letters",
    SENTENCES,
    title=Text("转诊单", "Letters of referral"),
)


@pages.get("/")
def listed() -> str:
    """Letters of my hospitals."""
    query = asked(LetterQuerySchema)
    query["direction"] = query["direction"] or "received"
    found = records.staff_letters(calling_officer().units, moment=now(), **query)
    return render("letters/list.html", found=found, direction=query["direction"], states=LETTER_STATES)


@form_page(pages, "/new", LetterByBookingSchema)
def write(form: Form) -> str:
    """For whom: somebody who has a booking here, by its number."""
    return form_view(form, "hospital.letters.new", "hospital.letters.next", url_for(".listed"))


@write.sends
def _write(wanted: dict[str, Any]) -> str:
    patient = records.patient_by_booking(calling_officer(), wanted["number"])
    if patient is None:
        raise invalid_input("/number", NO_BOOKING)
    letters.account_of(patient)
    return url_for(".write_to", patient_id=patient.id)


@form_page(pages, "/new/<id:patient_id>", LetterToSchema)
def write_to(form: Form, patient_id: str) -> str:
    """Where to, and why: what a letter from the patient's hospital may go to."""
    patient = records.patient_of_staff(calling_officer(), patient_id)
    letters.account_of(patient)
    form.choose("department_id", named(letters.destinations(patient)))
    return form_view(
        form,
        "hospital.letters.new",
        "hospital.letters.send",
        url_for(".listed"),
        hint="hospital.letters.hint",
    )


@write_to.sends
def _write_to(wanted: dict[str, Any], patient_id: str) -> str:
    officer = calling_officer()
    patient = records.patient_of_staff(officer, patient_id)
    made = letters.write(patient, moment=now(), by=f"staff {officer.name}"[:64], **wanted)
    return go_on(url_for(".letter", letter_id=made.id), "sent")


@pages.get("/<id:letter_id>")
def letter(letter_id: str) -> str:
    """One of them, with its reason."""
    officer, row = calling_officer(), records.staff_letter(calling_officer(), letter_id)
    one = records.staff_letter_shown(row, now())
    return render(
        "letters/letter.html",
        one=one,
        states=LETTER_STATES,
        may_withdraw=officer.has(row.hospital_id) and row.state in letters.ONGOING,
        may_answer=officer.has(row.to_hospital_id) and row.state == "used",
    )


@form_page(pages, "/<id:letter_id>/withdraw")
def withdraw(form: Form, letter_id: str) -> str:
    """Take it back?"""
    _sent(letter_id)
    back = url_for(".letter", letter_id=letter_id)
    return form_view(
        form, "hospital.letters.withdraw_question", "hospital.letters.withdraw", back, tone="danger"
    )


@withdraw.sends
def _withdraw(_: dict[str, Any], letter_id: str) -> str:
    letters.withdraw(_sent(letter_id), now(), f"staff {calling_officer().name}"[:64])
    return go_on(url_for(".letter", letter_id=letter_id), "withdrawn")


@form_page(pages, "/<id:letter_id>/answer", LetterToSchema)
def answer(form: Form, letter_id: str) -> str:
    """Refer the patient back to the hospital that sent them (下转)."""
    back_to = _received(letter_id).hospital_id
    form.choose("department_id", named(letters.departments_of(back_to)))
    back = url_for(".letter", letter_id=letter_id)
    return form_view(form, "hospital.letters.answer", "hospital.letters.send", back)


@answer.sends
def _answer(wanted: dict[str, Any], letter_id: str) -> str:
    patient = records.patient_of_letter(_received(letter_id))
    if patient is None:
        raise Problem("conflict", NOT_A_PATIENT)
    by = f"staff {calling_officer().name}"[:64]
    made = letters.write(patient, moment=now(), by=by, answers_id=letter_id, **wanted)
    return go_on(url_for(".letter", letter_id=made.id), "sent")


def _sent(letter_id: str) -> HospitalReferral:
    officer = calling_officer()
    row = records.staff_letter(officer, letter_id)
    officer.require(row.hospital_id)
    return row


def _received(letter_id: str) -> HospitalReferral:
    officer = calling_officer()
    row = records.staff_letter(officer, letter_id)
    officer.require(row.to_hospital_id)
    if row.state != "used":
        raise Problem("not-found")
    return row


def named(departments: Iterable[One]) -> list[tuple[str, Text]]:
    """Departments as a form offers them: under their hospital's name."""
    hospitals = structure().hospitals
    return [
        (one.id, Text(f"{of.zh} · {one.name.zh}", f"{of.en} · {one.name.en}"))
        for one in departments
        for of in (hospitals[one.hospital_id].name,)
    ]
