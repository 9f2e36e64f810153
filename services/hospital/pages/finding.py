"""For anyone: find by words, a department's sessions by day with the numbers left, the slots of a session."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import ANYONE, asked, render, service_pages
from citizen_app.toolkit.payments import in_yuan
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import Problem, StrictSchema, fields
from services.hospital import queries
from services.hospital.manifest import DOCTOR_TITLES, KINDS, SEGMENTS, SERVICE
from services.hospital.operations.states import PLACES
from services.hospital.pages.sentences import SENTENCES
from services.hospital.schemas.public import FindQuerySchema
from services.hospital.snapshot import structure

MOST: Final = 50
pages = service_pages(SERVICE.id, ANYONE, sentences=SENTENCES)


class DayQuerySchema(StrictSchema):
    """Which day; all without one."""

    day = fields.Date(load_default=None)


@pages.get("/")
def start() -> str:
    """Where to begin."""
    return render("start.html", hospitals=queries.hospitals_page(MOST, None).items)


@pages.get("/find")
def find() -> str:
    """Departments and doctors that words name."""
    query = asked(FindQuerySchema)
    held, hospital = structure(), query["hospital_id"]
    return render(
        "find.html",
        query=query,
        hospital=held.hospitals.get(hospital or ""),
        held=held,
        departments=queries.departments_by(query["q"], hospital)[:MOST],
        doctors=queries.doctors_by(query["q"], None, hospital)[:MOST] if query["q"].strip() else [],
        titles=DOCTOR_TITLES,
    )


@pages.get("/departments/<id:department_id>")
def department(department_id: str) -> str:
    """A department: its sessions of the days to come."""
    found = structure().departments.get(department_id)
    if found is None:
        raise Problem("not-found")
    return _sessions(found, department_id=department_id)


@pages.get("/doctors/<id:doctor_id>")
def doctor(doctor_id: str) -> str:
    """A doctor's sessions of the days to come."""
    found = structure().doctors.get(doctor_id)
    if found is None:
        raise Problem("not-found")
    return _sessions(found, doctor_id=doctor_id)


@pages.get("/sessions/<id:session_id>")
def session(session_id: str) -> str:
    """The slots of a session."""
    moment = now()
    row = queries.session_or_404(session_id)
    slots = queries.slots_of(row.id, ("app",), moment)
    left = PLACES.left_in([slot.id for slot in slots], moment)
    shown = queries.shown_session(row, sum(left.values()), moment)
    return render("session.html", one=shown, slots=[(slot, left[slot.id]) for slot in slots], **words())


def words() -> dict[str, Any]:
    """What templates say things with."""
    return {
        "titles": DOCTOR_TITLES,
        "kinds": KINDS,
        "segments": SEGMENTS,
        "money": in_yuan,
        "held": structure(),
    }


def _sessions(found: Any, **of: Any) -> str:
    day, moment = asked(DayQuerySchema)["day"], now()
    sessions = queries.sessions_of(moment, **of)
    days = sorted({one["day"] for one in sessions})
    shown = [one for one in sessions if day in (None, one["day"])]
    return render("sessions.html", found=found, sessions=shown, days=days, day=day, **words())


def said_slot(slot: Any) -> Text:
    """When a slot is, in a question."""
    starts, ends = (at.astimezone(city_zone()) for at in (slot.starts_at, slot.ends_at))
    said = f"{starts:%m-%d %H:%M}–{ends:%H:%M}"
    return Text(said, said)
