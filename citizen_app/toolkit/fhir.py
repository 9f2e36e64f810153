"""HL7 FHIR R4 (4.0.1) for a service: other systems search, read and change its resources below
`/api/v1/services/<id>/fhir`, and what they send is read.

A service declares its types, and has searches (GET, and POST `_search`) by the rules of FHIR, pages, reads
with an ETag, the CapabilityStatement, and an OperationOutcome for every error:

    DOSES = {
        "_id": ids(Dose.id),
        "date": dates(Dose.given_at),
        "patient": references({"Patient": Dose.patient_id}),
    }

    def doses(search: Search, unit: str | None) -> Found:
        query = select(Dose).where(Dose.clinic_id == unit, *search.conditions(unit))
        page = page_of_rows(query, search, Dose.id, Dose.given_at)
        rows = [row for (row,) in page.rows]
        return page.shown([immunization(row) for row in rows], refs=[row.citizen_ref for row in rows])

    SCHEMA = datatypes.resource(SERVICE.id, "Immunization", "A dose.", status=datatypes.text(), …)
    IMMUNIZATION = ResourceType("Immunization", SCHEMA, DOSES, doses)
    FACADE = Facade(SERVICE, (IMMUNIZATION,), date(2026, 11, 29), SECURITY, READ, unit="clinic")

    anyone = fhir_blueprint(SERVICE.id, "fhir", partner_of_service(…, open=True), "FHIR: what it can do")
    partners = fhir_blueprint(SERVICE.id, "fhir_doses", partner_of_service(…, read="doses"), "FHIR: doses")
    serve_metadata(anyone, FACADE)
    serve(partners, FACADE, "Immunization")

`found(search, unit)` searches for the unit of the partner that calls, for None where the caller has no key
for the scope of the blueprint. Ids of units and of resources are UUIDs. A resource is read by `_id`: what
that does not find for a unit is a 404. Everybody whom a page names in `refs` finds the look, with the
facade's reason. What the service takes in at a route of its own is declared as `TakenElsewhere`.

    datatypes      schemas of what is spoken: schema, resource, text, many, CONCEPT, REFERENCE, BUNDLE, …
    received       schemas of what others send, where what R4 allows beside it is passed over
    observations   an Observation that others send, as a person reads it
    ids, dates, references, tokens, codes   search parameters over columns, fitting one over things in memory
    concept, identifier, reference, said    elements, in the caller's language
    Parameters     what an operation ($book) is asked; calling_system is who asks, bundle what it answers
    changed_members, require_version, written, with_version   an update by PUT
    read_bundle, Entry, judged, known_as, codes_in   a Bundle that is brought as a file, entry by entry
"""

from __future__ import annotations

from flask_smorest import Blueprint

from citizen_app.fhir import datatypes, observations, received
from citizen_app.fhir.bundles import bundle, written
from citizen_app.fhir.conditions import any_of, codes, dates, ids, matching, one_of, references, tokens
from citizen_app.fhir.dates import interval
from citizen_app.fhir.declared import Facade, ResourceType, TakenElsewhere
from citizen_app.fhir.elements import HL7, Json, changed_members, concept, identifier, reference, said
from citizen_app.fhir.entries import (
    Entry,
    Faulty,
    codes_in,
    entries_of,
    judged,
    known_as,
    objects,
    read_bundle,
)
from citizen_app.fhir.found import Found, page_of_rows, page_of_things
from citizen_app.fhir.operation_parameters import Parameters, missing
from citizen_app.fhir.outcomes import unsupported
from citizen_app.fhir.search import Asked, Parameter, Search, Token, count_of, fitting, is_id
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.web import service_blueprint
from citizen_app.web.boundary.audiences import Audience
from citizen_app.web.boundary.partners import calling_partner
from citizen_app.web.fhir_routes import (
    FHIR,
    add_type,
    calling_system,
    require_version,
    serve_metadata,
    speak_json,
    with_version,
)


def fhir_blueprint(service: str, name: str, audience: Audience, description: str) -> Blueprint:
    """A blueprint of a facade for one audience of partners. The one called `fhir` has its metadata."""
    blueprint = service_blueprint(service, name, audience, description, dialect=FHIR)
    blueprint.before_request(speak_json)
    return blueprint


def serve(blueprint: Blueprint, facade: Facade, *names: str) -> None:
    """Put the routes of declared types into a blueprint for partners, whose scope they ask for. Raises
    `LookupError` for a type that the facade does not declare."""

    def tell(found: Found) -> None:
        if found.refs:
            of = (facade.unit, calling_partner().unit)
            looked(facade.service.id, found.refs, facade.reason, of=of)

    for name in names:
        add_type(blueprint, facade, facade.type_of(name), tell)


__all__ = [
    "HL7",
    "Asked",
    "Entry",
    "Facade",
    "Faulty",
    "Found",
    "Json",
    "Parameter",
    "Parameters",
    "ResourceType",
    "Search",
    "TakenElsewhere",
    "Token",
    "any_of",
    "bundle",
    "calling_system",
    "changed_members",
    "codes",
    "codes_in",
    "concept",
    "count_of",
    "datatypes",
    "dates",
    "entries_of",
    "fhir_blueprint",
    "fitting",
    "identifier",
    "ids",
    "interval",
    "is_id",
    "judged",
    "known_as",
    "matching",
    "missing",
    "objects",
    "observations",
    "one_of",
    "page_of_rows",
    "page_of_things",
    "read_bundle",
    "received",
    "reference",
    "references",
    "require_version",
    "said",
    "serve",
    "serve_metadata",
    "tokens",
    "unsupported",
    "with_version",
    "written",
]
