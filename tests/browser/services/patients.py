"""What a patient does at the hospital, and what becomes of them: numbers booked, moved and waited for, a
missed booking, the wall of the waiting room."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from playwright.sync_api import Page
from sqlalchemy import select

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from services.hospital.models import (
    HospitalBooking,
    HospitalDepartment,
    HospitalDoctor,
    HospitalPatient,
    HospitalStrike,
)
from services.hospital.operations.letters import write
from tests.browser.running import RunningCity
from tests.browser.services.walking import Walk

HERE = "/services/hospital"


def a_patient(walk: Walk, running: RunningCity) -> None:
    """The first citizen books a free number of the evening clinic, moves it, looks at the doctors, and has
    missed another booking."""
    page = walk.page
    with running.app.app_context(), transaction(reading=True):
        doctor = db.session.scalars(select(HospitalDoctor.id)).first()
        clinic = db.session.scalars(
            select(HospitalDepartment.id).where(HospitalDepartment.code == "gp")
        ).first()
    walk.go(f"{HERE}/", f"{HERE}/find?q=发烧", f"{HERE}/doctors/{doctor}", f"{HERE}/sharing")
    page.goto(f"{HERE}/departments/{clinic}")
    session = first(page, f"main a[href^='{HERE}/sessions/']", nth=-1)
    walk.go(session, f"{session}/wait", f"{session}/leave")
    page.goto(session)
    book = first(page, f"main a[href^='{HERE}/book/']")
    walk.go(book)
    page.goto(book)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(re.compile("done=held"))
    booking = urlsplit(page.url).path
    walk.go(booking, f"{booking}/confirm")
    page.goto(f"{booking}/confirm")
    page.locator("main button[type=submit]").click()
    page.wait_for_url(re.compile("done=booked"))
    walk.go(f"{HERE}/bookings", f"{HERE}/visits", f"{booking}/move", f"{booking}/cancel")
    _miss(running, booking.rpartition("/")[2])
    walk.go(f"{HERE}/strikes")
    _written_about(walk, running, booking.rpartition("/")[2])


def _written_about(walk: Walk, running: RunningCity, booking_id: str) -> None:
    """A result is read after a fresh proof, and a letter of referral is looked at."""
    with running.app.app_context(), transaction():
        of = db.session.get_one(HospitalBooking, booking_id)
        elsewhere = HospitalDepartment.hospital_id != of.hospital_id
        department = db.session.scalars(select(HospitalDepartment.id).where(elsewhere)).first()
        patient = db.session.get_one(HospitalPatient, of.patient_id)
        letter = write(patient, department or "", "请专科评估", now(), "staff demo").id
    page = walk.page
    page.goto(f"{HERE}/reports")
    if "/mine/confirm" in page.url:  # the walk took longer than a proof lasts
        page.locator("main button[type=submit]").click()
        page.locator("main input[name=otp]").fill("000000")
        page.locator("main button[type=submit]").click()
    report = first(page, f"main a[href^='{HERE}/reports/']")
    walk.go(report, f"{HERE}/referrals", f"{HERE}/referrals/{letter}")


def first(page: Page, selector: str, nth: int = 0) -> str:
    """Where the first (or another) of these links leads."""
    return page.locator(selector).nth(nth).get_attribute("href") or ""


def _miss(running: RunningCity, booking_id: str) -> None:
    with running.app.app_context(), transaction():
        of = db.session.get_one(HospitalBooking, booking_id)
        db.session.add(
            HospitalStrike(
                id=new_id(),
                citizen_ref=of.citizen_ref,
                subject_id=new_id(),
                kind="no_show",
                occurred_at=now() - timedelta(days=1),
                hospital_id=of.hospital_id,
            )
        )
