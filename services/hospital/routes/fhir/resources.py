"""Our rows as FHIR resources: 排班 is a Schedule, 时段 a Slot, 预约 an Appointment, 就诊人 a Patient."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from citizen_app.toolkit.fhir import HL7, Json, concept, identifier, reference, said
from citizen_app.toolkit.people import masked_name
from citizen_app.toolkit.time import rfc3339
from services.hospital import queries
from services.hospital.manifest import DOCTOR_TITLES
from services.hospital.models import HospitalBooking, HospitalPatient, HospitalPool, HospitalSession
from services.hospital.routes.fhir.codes import (
    CANCELLED,
    HELD_UNTIL,
    PLACES_LEFT,
    PROFILES,
    STATUS,
    channel_of,
    kind_of,
    system,
    system_of,
)
from services.hospital.snapshot import One, structure

PROVIDER: Final = {"system": f"{HL7}/organization-type", "code": "prov", "display": "Healthcare Provider"}
PROFILE: Final = f"{PROFILES}/StructureDefinition/ihe-sched-appt"


def organization(one: One) -> Json:
    """A hospital."""
    return {
        **_kept("Organization", one),
        "identifier": [identifier("XX", system_of(None, one), one.code)],
        "active": not one.closed,
        "type": [{"coding": [PROVIDER]}],
        "name": said(one.name),
        "telecom": [{"system": "phone", "value": one.telephone}] if one.telephone else [],
    }


def location(one: One) -> Json:
    """A campus."""
    address = said(one.words("address"))
    return {
        **_kept("Location", one),
        "status": "inactive" if one.closed else "active",
        "name": said(one.name),
        "mode": "instance",
        "address": {"text": address} if address else None,
        "position": {"longitude": one.lon, "latitude": one.lat} if None not in (one.lon, one.lat) else None,
        "managingOrganization": reference("Organization", one.hospital_id),
    }


def healthcare_service(one: One) -> Json:
    """A department."""
    return {
        **_kept("HealthcareService", one),
        "identifier": [identifier("XX", system_of("department", one), one.code)],
        "active": not one.closed,
        "providedBy": reference("Organization", one.hospital_id),
        "specialty": [specialty(one)],
        "location": [reference("Location", one.campus_id, structure().campuses[one.campus_id].name)],
        "name": said(one.name),
        "extraDetails": one.floor,
    }


def practitioner(one: One) -> Json:
    """A doctor, as the timetable shows them."""
    return {
        **_kept("Practitioner", one),
        "identifier": [identifier("PRN", system_of("doctor", one), one.code)],
        "active": not one.closed,
        "name": [{"text": said(one.name)}],
        "qualification": [{"code": {"text": said(DOCTOR_TITLES[one.title])}}],
    }


def specialty(department: One) -> Json:
    """A department as the specialty of what is booked there."""
    return concept(system_of("department", department), department.code, department.name)


def schedule(row: HospitalSession) -> Json:
    """A session: who, of which department, where, and its times."""
    return {
        "resourceType": "Schedule",
        "id": row.id,
        "active": row.state == "open",
        "serviceType": [kind_of(row)],
        "specialty": [specialty(structure().departments[row.department_id])],
        "actor": actors(row),
        "planningHorizon": {"start": rfc3339(row.starts_at), "end": rfc3339(row.ends_at)},
        "comment": row.room,
    }


def slot(pool: HospitalPool, row: HospitalSession, status: str) -> Json:
    """The numbers that one channel sells in one slot: one Slot, with how many are left."""
    held = structure()
    who = held.doctors.get(row.doctor_id or "") or held.departments[row.department_id]
    left = max(pool.capacity - pool.taken, 0) if status == "free" else 0
    return {
        "resourceType": "Slot",
        "id": pool.id,
        "extension": [{"url": PLACES_LEFT, "valueInteger": left}],
        "serviceType": [kind_of(row)],
        "specialty": [specialty(held.departments[row.department_id])],
        "appointmentType": channel_of(pool.channel),
        "schedule": reference("Schedule", row.id, who.name),
        "status": status,
        "start": rfc3339(pool.starts_at),
        "end": rfc3339(pool.ends_at),
    }


def patient(row: HospitalPatient) -> Json:
    """A patient by record number; never by a reference of the city's, and with the name partly hidden."""
    hospital = structure().hospitals[row.hospital_id]
    return {
        "resourceType": "Patient",
        "id": row.id,
        "identifier": [identifier("MR", system("record", hospital), row.number)],
        "active": True,
        "name": [{"text": masked_name(row.name)}] if row.name else [],
        "managingOrganization": reference("Organization", row.hospital_id, hospital.name),
    }


def appointment(
    row: HospitalBooking, place: HospitalSession, moves: tuple[int, datetime | None], moment: datetime
) -> Json:
    """A booking; `moves` are how many moves it has made, and when the last was."""
    state = queries.standing(row, moment)
    number, changed = moves
    hospital = structure().hospitals[row.hospital_id]
    code, why = CANCELLED.get(state, (None, None))
    until = rfc3339(row.expires_at) if state == "held" and row.expires_at else None
    return {
        "resourceType": "Appointment",
        "id": row.id,
        "meta": {
            "versionId": str(number + 1),
            "lastUpdated": rfc3339(changed or row.made_at),
            "profile": [PROFILE],
        },
        "extension": [{"url": HELD_UNTIL, "valueDateTime": until}] if until else [],
        "identifier": [identifier("FILL", system("booking", hospital), row.number)],
        "status": STATUS[state],
        "cancelationReason": concept(f"{HL7}/appointment-cancellation-reason", code, why)
        if code and why
        else None,
        **_what(place, row.channel),
        "start": rfc3339(row.starts_at),
        "end": rfc3339(row.ends_at),
        "slot": [reference("Slot", row.pool_id)],
        "created": rfc3339(row.made_at),
        "participant": _participants(place, row.patient_id, "accepted"),
    }


def proposal(proposed: str, pool: HospitalPool, place: HospitalSession, patient_id: str | None) -> Json:
    """A number that could be had, as `$find` tells of it."""
    return {
        "resourceType": "Appointment",
        "id": proposed,
        "meta": {"profile": [PROFILE]},
        "extension": [{"url": PLACES_LEFT, "valueInteger": pool.capacity - pool.taken}],
        "status": "proposed",
        **_what(place, pool.channel),
        "start": rfc3339(pool.starts_at),
        "end": rfc3339(pool.ends_at),
        "slot": [reference("Slot", pool.id)],
        "participant": _participants(place, patient_id, "needs-action"),
    }


def actors(row: HospitalSession) -> list[Json]:
    """Who and what a session takes: the doctor, if it has one, the department and the campus."""
    held = structure()
    doctor = held.doctors.get(row.doctor_id or "")
    return [
        *([reference("Practitioner", doctor.id, doctor.name)] if doctor else []),
        reference("HealthcareService", row.department_id, held.departments[row.department_id].name),
        reference("Location", row.campus_id, held.campuses[row.campus_id].name),
    ]


def _what(place: HospitalSession, channel: str) -> Json:
    return {
        "serviceType": [kind_of(place)],
        "specialty": [specialty(structure().departments[place.department_id])],
        "appointmentType": channel_of(channel),
    }


def _participants(place: HospitalSession, patient_id: str | None, status: str) -> list[Json]:
    whom = [{"reference": f"Patient/{patient_id}"}] if patient_id else []
    return [{"actor": actor, "required": "required", "status": status} for actor in [*whom, *actors(place)]]


def _kept(kind: str, one: One) -> Json:
    return {"resourceType": kind, "id": one.id, "meta": {"versionId": str(one.version)}}
