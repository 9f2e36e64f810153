"""爽约: who does not come, or cancels late and often, may not book at that hospital for a time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from citizen_app.toolkit.booking import appeals, strikes
from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalAppeal, HospitalBooking, HospitalPatient, HospitalStrike
from services.hospital.operations.patients import locked_person
from services.hospital.operations.rules import Rules
from services.hospital.snapshot import rules_in_force, structure

COUNTED: Final = ("no_show", "late_cancel")
"""What is shown as a strike; that a number was given back in time is written down, too."""
NOT_SUSPENDED: Final = Text("这位就诊人没有被暂停预约。", "This patient is not suspended.")
ABOUT: Final = Text("{hospital}", "{hospital}")


def add(booking: HospitalBooking, kind: str, occurred_at: datetime) -> bool:
    """Write a strike down, one for each booking."""
    return strikes.add(
        HospitalStrike, booking.citizen_ref, booking.id, kind, occurred_at, hospital_id=booking.hospital_id
    )


def forgive_missed(booking_id: str, moment: datetime, by: str) -> None:
    """Whoever stands as missed was there: it counts no more."""
    strikes.forgive_subject(HospitalStrike, booking_id, "no_show", moment, by, "was there")


def suspended_at(hospital_id: str, rules: Rules, moment: datetime) -> dict[str, datetime]:
    """Who may not book at a hospital under some rules, each until when; the first to be free again first."""
    return strikes.suspended(HospitalStrike, rules.ladders, moment, hospital_id=hospital_id)


def free_again(patient: HospitalPatient, why: str, by: str, moment: datetime) -> None:
    """End a patient's suspension early: what has counted until now counts no more. Raises a 409 for somebody
    who is not suspended."""
    ref, hospital_id = patient.holder_ref, patient.hospital_id
    locked_person(ref, moment)
    if _suspension(ref, hospital_id, moment) is None:
        raise Problem("conflict", NOT_SUSPENDED)
    strikes.free_again(HospitalStrike, ref, moment, by, why, hospital_id=hospital_id)
    audit("hospital.free_again", "hospital_patient", patient.id, hospital=hospital_id)
    hospital = structure().hospitals[hospital_id].name
    note(SERVICE.id, ref, "freed", "desk", [ABOUT.fill(hospital=hospital)])
    send(SERVICE.id, ref, "freed", {"hospital": hospital}, key=f"{patient.id}:{moment.timestamp()}")


def refuse_suspended(ref: str, hospital_id: str, rules: Rules, moment: datetime) -> None:
    """Raise `Suspended` for whoever may not book here."""
    strikes.refuse_suspended(HospitalStrike, ref, rules.ladders, moment, hospital_id=hospital_id)


def suspensions_of(ref: str, moment: datetime) -> dict[str, datetime]:
    """The hospitals at which somebody may not book, each until when."""
    places = select(HospitalStrike.hospital_id).where(HospitalStrike.citizen_ref == ref).distinct()
    found = {hospital_id: _suspension(ref, hospital_id, moment) for hospital_id in session().scalars(places)}
    return {hospital_id: until for hospital_id, until in found.items() if until is not None}


def _suspension(ref: str, hospital_id: str, moment: datetime) -> datetime | None:
    ladders = rules_in_force(hospital_id, None, None, moment).rules.ladders
    return strikes.suspension_of(HospitalStrike, ref, ladders, moment, hospital_id=hospital_id)


def strikes_of(ref: str) -> list[tuple[HospitalStrike, HospitalAppeal | None]]:
    """What counts against somebody, or did, the latest first, each with its appeal."""
    return appeals.strikes_of(HospitalAppeal, HospitalStrike, ref, COUNTED)


def appeal(ref: str, strike_id: str, reason: str, moment: datetime) -> HospitalAppeal:
    """Appeal against a strike of one's own, once. Raises a 404 for another's, a 409 for a second time."""
    made = appeals.make(HospitalAppeal, HospitalStrike, strike_id, ref, reason, moment, "hospital_id")
    hospital = structure().hospitals[made.hospital_id].name
    note(SERVICE.id, ref, "appeal", "app", [ABOUT.fill(hospital=hospital)], key=made.id)
    return made


def decide(
    appeal_id: str, hospital_id: str, granted: bool, answer: str, by: str, moment: datetime
) -> HospitalAppeal:
    """Decide an appeal to a hospital; granted, the strike counts no more. Raises a 404 for another's, a 409
    for one that is decided."""
    decided = appeals.decide(
        HospitalAppeal, HospitalStrike, appeal_id, granted, answer, by, moment, hospital_id=hospital_id
    )
    audit("hospital.decide", "hospital_appeal", appeal_id, granted=granted)
    send(SERVICE.id, decided.citizen_ref, "appeal_decided", {}, key=appeal_id)
    return decided
