"""The resources of the facade, as far as it speaks them (HL7 FHIR R4, 4.0.1). A member that is not named here
is not said, and refused where it is sent."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.fhir import datatypes as fhir
from citizen_app.toolkit.web import Schema, StrictBoolean
from services.hospital.manifest import SERVICE

APPOINTMENT_STATUS: Final = (
    "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error",
    "checked-in", "waitlist",
)  # fmt: skip
QUALIFICATION: Final = fhir.schema(
    SERVICE.id, "Qualification", "A doctor's title.", code=fhir.one(fhir.CONCEPT)
)
PARTICIPANT: Final = fhir.schema(
    SERVICE.id,
    "Participant",
    "Who or what takes part.",
    actor=fhir.one(fhir.REFERENCE),
    required=fhir.text(),
    status=fhir.text(),
)


def _what() -> dict[str, fhir.Field]:
    return {"serviceType": fhir.many(fhir.CONCEPT), "specialty": fhir.many(fhir.CONCEPT)}


APPOINTMENT: Final = fhir.resource(
    SERVICE.id,
    "Appointment",
    "A booking, a hold (`pending`), or a number that could be had (`proposed`).",
    status=fhir.one_of(*APPOINTMENT_STATUS),
    cancelationReason=fhir.one(fhir.CONCEPT),
    **_what(),
    appointmentType=fhir.one(fhir.CONCEPT),
    start=fhir.text(),
    end=fhir.text(),
    slot=fhir.many(fhir.REFERENCE),
    created=fhir.text(),
    participant=fhir.many(PARTICIPANT),
)
RESOURCES: Final[dict[str, type[Schema]]] = {
    "Organization": fhir.resource(
        SERVICE.id,
        "Organization",
        "A hospital.",
        active=StrictBoolean(),
        type=fhir.many(fhir.CONCEPT),
        name=fhir.text(),
        telecom=fhir.many(fhir.CONTACT_POINT),
    ),
    "Location": fhir.resource(
        SERVICE.id,
        "Location",
        "A campus.",
        status=fhir.text(),
        name=fhir.text(),
        mode=fhir.text(),
        address=fhir.one(fhir.ADDRESS),
        position=fhir.one(fhir.POSITION),
        managingOrganization=fhir.one(fhir.REFERENCE),
    ),
    "HealthcareService": fhir.resource(
        SERVICE.id,
        "HealthcareService",
        "A department.",
        active=StrictBoolean(),
        providedBy=fhir.one(fhir.REFERENCE),
        specialty=fhir.many(fhir.CONCEPT),
        location=fhir.many(fhir.REFERENCE),
        name=fhir.text(),
        extraDetails=fhir.text(),
    ),
    "Practitioner": fhir.resource(
        SERVICE.id,
        "Practitioner",
        "A doctor.",
        active=StrictBoolean(),
        name=fhir.many(fhir.HUMAN_NAME),
        qualification=fhir.many(QUALIFICATION),
    ),
    "Schedule": fhir.resource(
        SERVICE.id,
        "Schedule",
        "A session (出诊).",
        active=StrictBoolean(),
        **_what(),
        actor=fhir.many(fhir.REFERENCE),
        planningHorizon=fhir.one(fhir.PERIOD),
        comment=fhir.text(),
    ),
    "Slot": fhir.resource(
        SERVICE.id,
        "Slot",
        "A slot of a session, with all the numbers that one channel sells in it.",
        **_what(),
        appointmentType=fhir.one(fhir.CONCEPT),
        schedule=fhir.one(fhir.REFERENCE),
        status=fhir.text(),
        start=fhir.text(),
        end=fhir.text(),
    ),
    "Patient": fhir.resource(
        SERVICE.id,
        "Patient",
        "A patient of a hospital: the record number, and the name partly hidden.",
        active=StrictBoolean(),
        name=fhir.many(fhir.HUMAN_NAME),
        managingOrganization=fhir.one(fhir.REFERENCE),
    ),
    "Appointment": APPOINTMENT,
}
