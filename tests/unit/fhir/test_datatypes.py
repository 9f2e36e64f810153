"""Schemas of facades in the API document: those of two services stand side by side."""

from __future__ import annotations

import warnings

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from citizen_app.fhir import datatypes as fhir


def test_two_facades_have_a_resource_of_the_same_type_each() -> None:
    plugin = MarshmallowPlugin()
    document = APISpec("The city", "1", "3.1.0", plugins=[plugin])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # apispec warns of a name that two schemas have, and counts them up
        for service, words in (("hospital", "Of a hospital."), ("family_doctor", "Of a practice.")):
            name = fhir.schema(service, "Name", words, text=fhir.text(), coding=fhir.one(fhir.CODING))
            patient = fhir.resource(service, "Patient", words, name=fhir.many(name))
            plugin.resolver.resolve_schema_dict(patient)  # type: ignore[union-attr]
    described = document.to_dict()["components"]["schemas"]
    own = {"FamilyDoctorFhirName", "FamilyDoctorFhirPatient", "HospitalFhirName", "HospitalFhirPatient"}
    assert own | {"FhirCodeableConcept", "FhirCoding", "FhirExtension", "FhirIdentifier", "FhirMeta"} == set(
        described
    )
    assert described["HospitalFhirPatient"]["properties"]["name"]["items"]["$ref"].endswith(
        "/HospitalFhirName"
    )
