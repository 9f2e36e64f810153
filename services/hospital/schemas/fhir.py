"""The resources of the facade, as far as it speaks them (HL7 FHIR R4, 4.0.1). A member that is not named here
is not said, and refused where it is sent."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import post_dump

from citizen_app.toolkit.web import StrictBoolean, StrictInteger, StrictSchema, fields, validate

APPOINTMENT_STATUS: Final = (
    "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error",
    "checked-in", "waitlist",
)  # fmt: skip
MOST: Final = 100
Field = fields.Field[Any]


class Element(StrictSchema):
    """A part of a resource; what is empty is left out, as FHIR asks."""

    @post_dump
    def without_nothing(self, data: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Members that say something."""
        return {name: value for name, value in data.items() if value not in (None, "", [], {})}


def schema(kind: str, words: str, /, **members: Field) -> type[Element]:
    """A data type of FHIR."""
    body = {**members, "__doc__": words, "__module__": __name__}
    return type(f"Fhir{kind}Schema", (Element,), body)


def text(**options: Any) -> Field:
    """A string, a code, a uri or a moment."""
    return fields.String(validate=validate.Length(1, 2_000), **options)


def whole() -> Field:
    """An integer, of 32 bits."""
    return StrictInteger(validate=validate.Range(-(2**31), 2**31 - 1))


def one(of: type[Element]) -> Field:
    """An element."""
    return fields.Nested(of)


def many(of: type[Element] | Field, most: int = MOST) -> Field:
    """A list of elements."""
    inner = of if isinstance(of, fields.Field) else fields.Nested(of)
    return fields.List(inner, validate=validate.Length(max=most))


def one_of(*values: str) -> Field:
    """One of these codes, which must be said."""
    return fields.String(required=True, validate=validate.OneOf(values))


CODING: Final = schema("Coding", "A code of a system.", system=text(), code=text(), display=text())
CONCEPT: Final = schema("CodeableConcept", "In codes and in words.", coding=many(CODING), text=text())
PERIOD: Final = schema("Period", "From a moment until another.", start=text(), end=text())
IDENTIFIER: Final = schema(
    "Identifier", "A number, of a type.", use=text(), type=one(CONCEPT), system=text(), value=text()
)
REFERENCE: Final = schema(
    "Reference",
    "Another resource, by its address or by an identifier.",
    reference=text(),
    type=text(),
    identifier=one(IDENTIFIER),
    display=text(),
)
EXTENSION: Final = schema(
    "Extension",
    "What R4 has no member for.",
    url=text(required=True),
    valueInteger=whole(),
    valueDateTime=text(),
)
META: Final = schema(
    "Meta", "Which version, and since when.", versionId=text(), lastUpdated=text(), profile=many(text())
)
NAMED: Final = schema("HumanName", "A name.", text=text())
CONTACT: Final = schema("ContactPoint", "A telephone.", system=text(), value=text())
ADDRESS: Final = schema("Address", "An address as one text.", text=text())
POSITION: Final = schema("Position", "WGS 84, degrees.", longitude=fields.Float(), latitude=fields.Float())
QUALIFICATION: Final = schema("Qualification", "A doctor's title.", code=one(CONCEPT))
PARTICIPANT: Final = schema(
    "Participant", "Who or what takes part.", actor=one(REFERENCE), required=text(), status=text()
)


def resource(kind: str, words: str, /, **members: Field) -> type[Element]:
    """A type of resource."""
    own = {"id": text(), "meta": one(META), "extension": many(EXTENSION), "identifier": many(IDENTIFIER)}
    return schema(kind, words, resourceType=one_of(kind), **own, **members)


def _what() -> dict[str, Field]:
    return {"serviceType": many(CONCEPT), "specialty": many(CONCEPT)}


APPOINTMENT: Final = resource(
    "Appointment",
    "A booking, a hold (`pending`), or a number that could be had (`proposed`).",
    status=one_of(*APPOINTMENT_STATUS),
    cancelationReason=one(CONCEPT),
    **_what(),
    appointmentType=one(CONCEPT),
    start=text(),
    end=text(),
    slot=many(REFERENCE),
    created=text(),
    participant=many(PARTICIPANT),
)
RESOURCES: Final[dict[str, type[Element]]] = {
    "Organization": resource(
        "Organization",
        "A hospital.",
        active=StrictBoolean(),
        type=many(CONCEPT),
        name=text(),
        telecom=many(CONTACT),
    ),
    "Location": resource(
        "Location",
        "A campus.",
        status=text(),
        name=text(),
        mode=text(),
        address=one(ADDRESS),
        position=one(POSITION),
        managingOrganization=one(REFERENCE),
    ),
    "HealthcareService": resource(
        "HealthcareService",
        "A department.",
        active=StrictBoolean(),
        providedBy=one(REFERENCE),
        specialty=many(CONCEPT),
        location=many(REFERENCE),
        name=text(),
        extraDetails=text(),
    ),
    "Practitioner": resource(
        "Practitioner",
        "A doctor.",
        active=StrictBoolean(),
        name=many(NAMED),
        qualification=many(QUALIFICATION),
    ),
    "Schedule": resource(
        "Schedule",
        "A session (出诊).",
        active=StrictBoolean(),
        **_what(),
        actor=many(REFERENCE),
        planningHorizon=one(PERIOD),
        comment=text(),
    ),
    "Slot": resource(
        "Slot",
        "A slot of a session, with all the numbers that one channel sells in it.",
        **_what(),
        appointmentType=one(CONCEPT),
        schedule=one(REFERENCE),
        status=text(),
        start=text(),
        end=text(),
    ),
    "Patient": resource(
        "Patient",
        "A patient of a hospital: the record number, and the name partly hidden.",
        active=StrictBoolean(),
        name=many(NAMED),
        managingOrganization=one(REFERENCE),
    ),
    "Appointment": APPOINTMENT,
}
PARAMETER: Final = schema(
    "Parameter",
    "One parameter of an operation.",
    name=text(required=True),
    **{f"value{kind}": text() for kind in ("String", "Code", "Uri", "Date", "DateTime")},
    valueInteger=whole(),
    valuePositiveInt=whole(),
    valueReference=one(REFERENCE),
    valueIdentifier=one(IDENTIFIER),
)
PARAMETERS: Final = schema(
    "Parameters",
    "What an operation is asked.",
    resourceType=one_of("Parameters"),
    id=text(),
    meta=one(META),
    parameter=many(PARAMETER),
)
LINK: Final = schema("Link", "Where a page of a bundle is.", relation=text(), url=text())
SEARCH: Final = schema("Search", "Why an entry is there.", mode=text())
ENTRY: Final = schema("Entry", "One resource.", fullUrl=text(), resource=fields.Dict(), search=one(SEARCH))
BUNDLE: Final = schema(
    "Bundle",
    "What a search found.",
    resourceType=one_of("Bundle"),
    type=text(),
    total=fields.Integer(validate=validate.Range(min=0)),
    link=many(LINK),
    entry=many(ENTRY, 2 * MOST),
)
CAPABILITY: Final = schema(
    "CapabilityStatement",
    "What the facade can do.",
    resourceType=one_of("CapabilityStatement"),
    **{name: text() for name in ("status", "date", "kind", "publisher", "fhirVersion")},
    format=many(text()),
    instantiates=many(text()),
    software=fields.Dict(),
    implementation=fields.Dict(),
    rest=many(fields.Dict()),
)
