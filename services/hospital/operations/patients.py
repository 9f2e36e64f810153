"""Patients of a hospital: found by who they are, by their document, or made; bound to an account once they
are met."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, lock_row, new_id, session, upsert
from citizen_app.toolkit.people import KnownBy
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import SERVICE
from services.hospital.models import (
    Hospital,
    HospitalBooking,
    HospitalPatient,
    HospitalPerson,
    HospitalStrike,
    HospitalWait,
)

BOTH: Final = Text(
    "两份档案在同一天同一科室都有预约，请先取消其中一个。",
    "Both records have a booking in one department on one day: cancel one of them first.",
)
OF_OTHERS: Final = Text("这份档案已经关联别人。", "This record belongs to somebody else.")
RECORD: Final = Text("{hospital}，病案号 {number}", "{hospital}, record {number}")


def patient_of(citizen: CitizenView, hospital_id: str, moment: datetime) -> HospitalPatient:
    """The citizen as a patient of a hospital: as before, as a desk has written them down, or new. Their row
    is held first, so that of two requests at once one makes the patient."""
    locked_person(citizen.ref, moment)
    mine = select(HospitalPatient).where(HospitalPatient.hospital_id == hospital_id)
    found = session().scalar(mine.where(HospitalPatient.citizen_ref == citizen.ref))
    if found is not None:
        return found
    for ref in citizen.identity_refs:
        record = session().scalar(
            mine.where(HospitalPatient.identity_ref == ref, HospitalPatient.citizen_ref.is_(None))
        )
        if record is not None:
            return bind(record, citizen.ref, moment, channel="app")
    refs = citizen.identity_refs
    return register(
        hospital_id,
        moment,
        name=citizen.masked_name,
        holder_ref=citizen.ref,
        citizen_ref=citizen.ref,
        identity_ref=_unless_taken(hospital_id, refs[0]) if refs else None,
    )


def patient_at_desk(
    hospital_id: str, name: str, known_by: KnownBy | None, moment: datetime
) -> HospitalPatient:
    """The patient whom a desk names: by document the one that there is; by none somebody new."""
    ref = known_by.identity_ref(SERVICE.id) if known_by is not None else None
    if ref is not None:
        locked_person(ref, moment)
        of_document = select(HospitalPatient).where(
            HospitalPatient.hospital_id == hospital_id, HospitalPatient.identity_ref == ref
        )
        found = session().scalar(of_document)
        if found is not None:
            return found
    made = register(
        hospital_id,
        moment,
        name=name,
        holder_ref=ref or secrets.token_urlsafe(16)[:22],
        identity_ref=ref,
        document_hint=known_by.masked_document if known_by is not None else None,
    )
    audit("hospital.register", "hospital_patient", made.id, hospital=hospital_id)
    return made


def bind(record: HospitalPatient, citizen_ref: str, moment: datetime, *, channel: str) -> HospitalPatient:
    """Tie a desk's record, with what was booked for it, to the citizen whose document it is. Raises a 409
    where it is somebody else's, or where two bookings would meet."""
    before = record.holder_ref
    bound = guarded_update(
        HospitalPatient,
        HospitalPatient.id == record.id,
        HospitalPatient.citizen_ref.is_(None),
        citizen_ref=citizen_ref,
        holder_ref=citizen_ref,
        bound_at=moment,
    )
    if bound is None:
        raise Problem("conflict", OF_OTHERS)
    locked_person(citizen_ref, moment)
    mine = {
        HospitalBooking: HospitalBooking.patient_id == record.id,
        HospitalWait: HospitalWait.patient_id == record.id,
        HospitalStrike: (HospitalStrike.citizen_ref == before)
        & (HospitalStrike.hospital_id == record.hospital_id),
    }
    try:
        with session().begin_nested():
            for model, condition in mine.items():
                session().execute(update(model).where(condition).values(citizen_ref=citizen_ref))
    except IntegrityError as met:
        raise Problem("conflict", BOTH) from met
    hospital = session().get_one(Hospital, record.hospital_id)
    line = RECORD.fill(hospital=hospital.name, number=bound.number)
    note(SERVICE.id, citizen_ref, "bind", "app" if channel == "app" else "desk", [line], key=bound.id)
    return bound


def locked_person(ref: str, moment: datetime) -> HospitalPerson:
    """The row of whoever books, held until the end of the unit of work: their requests take turns, in
    whichever hospital and whoever sends them."""
    new = upsert(HospitalPerson).values(ref=ref, shares=False, created_at=moment)
    session().execute(new.on_conflict_do_nothing())
    person = lock_row(HospitalPerson, ref)
    assert person is not None
    return person


def patient_or_404(hospital_id: str, patient_id: str) -> HospitalPatient:
    """A patient of that hospital; another's is a 404."""
    found = session().get(HospitalPatient, patient_id)
    if found is None or found.hospital_id != hospital_id:
        raise Problem("not-found")
    return found


def register(hospital_id: str, moment: datetime, **columns: str | None) -> HospitalPatient:
    """A new patient, under the next number of the hospital."""
    hospital = guarded_update(Hospital, Hospital.id == hospital_id, patients=Hospital.patients + 1)
    if hospital is None:
        raise Problem("not-found")
    made = HospitalPatient(
        id=new_id(), hospital_id=hospital_id, number=f"{hospital.patients:08}", created_at=moment, **columns
    )
    session().add(made)
    session().flush()
    return made


def _unless_taken(hospital_id: str, ref: str) -> str | None:
    taken = select(HospitalPatient.id).where(
        HospitalPatient.hospital_id == hospital_id, HospitalPatient.identity_ref == ref
    )
    return None if session().scalar(taken) is not None else ref
