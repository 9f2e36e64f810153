"""Elements that are said, and what an update or an operation says."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from citizen_app.fhir import datatypes
from citizen_app.fhir.elements import changed_members, concept, identifier, reference
from citizen_app.fhir.operation_parameters import Parameters
from citizen_app.fhir.search import Token
from citizen_app.text import Text
from citizen_app.wire.language import speaking
from citizen_app.wire.problems import Problem

DOSE = datatypes.resource(
    "sample", "Dose", "A dose.", code=datatypes.one(datatypes.CONCEPT), note=datatypes.text()
)


def test_elements_are_said_in_the_caller_s_language() -> None:
    words = Text("首剂", "First dose")
    for language in ("zh", "en"):
        with speaking(language):
            said = words.say(language)
            coding = {"system": "urn:dose", "code": "first", "display": said}
            assert concept("urn:dose", "first", words) == {"coding": [coding], "text": said}
            assert reference("Patient", "1", words) == {"reference": "Patient/1", "display": said}
    assert identifier("MR", "urn:record", "7")["type"]["coding"][0]["code"] == "MR"


def test_what_is_empty_is_not_said() -> None:
    resource = {"resourceType": "Dose", "id": "1", "code": {"coding": [], "text": None}, "note": ""}
    assert DOSE().dump(resource) == {"resourceType": "Dose", "id": "1"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"resourceType": "Slot"},
        {},
        {"resourceType": "Dose", "nonsense": 1},
        {"resourceType": "Dose", "note": 7},
    ],
)
def test_what_is_not_declared_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DOSE().load(wrong)


def test_an_update_may_differ_in_words_and_in_what_is_free() -> None:
    before = {
        "status": "booked",
        "start": "2026",
        "code": {"coding": [{"code": "a", "display": "甲"}], "text": "甲"},
    }
    same = {"status": "cancelled", "code": {"coding": [{"code": "a", "display": "A"}], "text": "A"}}
    assert changed_members(same, before, ["status"]) == []
    assert changed_members(same, before, []) == ["status"]
    other = {"start": "2027", "code": {"coding": [{"code": "b"}]}, "end": "2028"}
    assert changed_members(other, before, ["status"]) == ["start", "code", "end"]


def test_parameters_of_a_resource_or_of_a_query() -> None:
    sent: list[dict[str, Any]] = [
        {"name": "start", "valueDateTime": "2026-05-13"},
        {"name": "patient", "valueReference": {"reference": "Patient/1"}},
        {"name": "patient", "valueReference": {"identifier": {"system": "urn:record", "value": "7"}}},
        {"name": "patient", "valueIdentifier": {"value": "8"}},
        {"name": "patient", "valueString": "https://city.example/fhir/Patient/2"},
    ]
    given = Parameters.of_resource({"parameter": sent})
    assert given.needed("start") == "2026-05-13"
    assert list(given.references("patient")) == [
        ("1", None),
        ("", Token("urn:record", "7")),
        ("", Token(None, "8")),
        ("2", None),
    ]
    assert given.reference("patient") == ("1", None)
    assert given.reference("nobody") is None
    assert Parameters({"_count": ["5"]}).text("_count") == "5"
    for wrong in (lambda: given.text("patient"), lambda: given.needed("end")):
        with pytest.raises(Problem):
            wrong()
