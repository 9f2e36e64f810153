"""What other systems send: data types, observations, and Bundles of any shape."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from citizen_app.fhir.entries import Entry, Faulty, codes_in, judged, known_as, read_bundle
from citizen_app.fhir.observations import ObservationSchema, values_of
from citizen_app.fhir.received import ConceptSchema, IdentifierSchema
from citizen_app.sheets.limits import FileUnreadable
from citizen_app.sheets.report import Report

SYSTOLIC = {"code": {"text": "收缩压"}, "valueQuantity": {"value": 120, "unit": "mmHg"}}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["resourceType", "type", "entry", "resource", "id", "fullUrl", "request", "method"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


def observation(**members: Any) -> list[dict[str, Any]]:
    """The values of an observation that somebody sends."""
    sent = {"resourceType": "Observation", "status": "final", "code": {"text": "白细胞"}, **members}
    return list(values_of(ObservationSchema().load(sent)))


def entries(*given: Any, kind: str = "transaction") -> list[Entry]:
    """The entries of a bundle."""
    sent = {"resourceType": "Bundle", "type": kind, "entry": list(given)}
    return read_bundle(io.BytesIO(json.dumps(sent).encode()))


def test_what_r4_allows_beside_is_passed_over_and_what_turns_the_meaning_is_refused() -> None:
    sent = {"value": "7", "use": "official", "_value": {"extension": []}, "extension": [{"url": "x"}]}
    assert IdentifierSchema().load(sent) == {"value": "7", "system": None}
    for unknown in ("modifierExtension", "nonsense"):
        with pytest.raises(ValidationError):
            IdentifierSchema().load({**sent, unknown: []})
    for silent in ({}, {"coding": [{"system": "x"}]}, "words"):
        with pytest.raises(ValidationError):
            ConceptSchema().load(silent)


@pytest.mark.parametrize(
    ("members", "value", "unit"),
    [
        ({"valueQuantity": {"value": 4.50, "unit": "10^9/L", "comparator": "<"}}, "<4.5", "10^9/L"),
        ({"valueString": "阴性"}, "阴性", None),
        ({"valueInteger": 3}, "3", None),
        ({"valueCodeableConcept": {"coding": [{"code": "NEG"}]}}, "NEG", None),
        ({"dataAbsentReason": {"text": "标本不足"}}, "标本不足", None),
        ({}, None, None),
    ],
)
def test_an_observation_says_its_value(members: dict[str, Any], value: str | None, unit: str | None) -> None:
    (said,) = observation(**members)
    assert (said["name"], said["value"], said["unit"]) == ("白细胞", value, unit)


@pytest.mark.parametrize(
    ("usual", "said"),
    [
        ({"low": {"value": 3.5}, "high": {"value": 9.5}}, "3.5–9.5"),
        ({"low": {"value": 3.5}}, "≥ 3.5"),
        ({"high": {"value": 9.5}}, "≤ 9.5"),
        ({"low": {"value": 1}, "text": "成人"}, "成人"),
        ({}, None),
    ],
)
def test_what_is_usual_and_the_flag_are_the_sender_s(usual: dict[str, Any], said: str | None) -> None:
    flag = {"coding": [{"code": "H", "display": "高"}]}
    (found,) = observation(
        valueInteger=1, referenceRange=[usual], interpretation=[flag], note=[{"text": "复查"}]
    )
    assert (found["usual"], found["flag"], found["note"]) == (said, "H", "复查")


def test_parts_are_named_with_the_whole() -> None:
    diastolic = {**SYSTOLIC, "code": {"text": "舒张压"}}
    assert [one["name"] for one in observation(component=[SYSTOLIC, diastolic])] == [
        "白细胞 · 收缩压",
        "白细胞 · 舒张压",
    ]
    assert [one["value"] for one in observation(component=[SYSTOLIC], valueString="正常")] == ["正常", "120"]


def test_entries_and_how_others_refer_to_them() -> None:
    actor = {"resourceType": "Practitioner", "id": "9", "identifier": [{"value": "d1"}]}
    found = entries(
        {"fullUrl": "urn:uuid:1", "resource": actor, "request": {"method": "PUT"}},
        {"resource": {"resourceType": "Slot"}, "request": {"method": "DELETE"}},
        {"fullUrl": "urn:uuid:3"},
        7,
    )
    assert [(one.number, one.type, one.names) for one in found] == [
        (1, "Practitioner", ("urn:uuid:1", "Practitioner/9")),
        (2, "Slot", ()),
    ]
    found[0].require_write()
    with pytest.raises(Faulty):
        found[1].require_write()
    assert known_as({"reference": "urn:uuid:1"}, found) == {"urn:uuid:1", "Practitioner/9", "9", "d1"}
    assert known_as({"reference": "Practitioner/4", "identifier": {"value": "d4"}}, found) == {
        "Practitioner/4",
        "4",
        "d4",
    }
    assert codes_in([{"coding": [{"code": "a"}, 7]}, None, {"coding": {}}]) == ["a"]
    assert codes_in({"coding": []}) == []


def test_a_moment_has_a_zone_and_what_is_wrong_is_told_by_entry() -> None:
    times = {"start": "2026-05-13T08:00:00+08:00", "end": "2026-05-13T08:00:00", "resourceType": "Slot"}
    (entry,) = entries({"resource": times})
    assert entry.moment("start") == datetime(2026, 5, 13, tzinfo=UTC)
    report = Report()
    assert judged(report, entry, lambda one: one.moment("start").year) == 2026
    for name in ("end", "missing"):
        assert judged(report, entry, lambda one, name=name: one.moment(name)) is None
    assert [(one.row, one.column) for one in report.rejected] == [(1, "Slot.end"), (1, "Slot.missing")]


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"resourceType": "Bundle", "type": "message"}']
)
def test_what_is_no_bundle_is_unreadable(content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        read_bundle(io.BytesIO(content))


@given(ANY_JSON)
def test_a_bundle_of_any_shape_is_read_or_refused(odd: Any) -> None:
    for given_entries in ([odd], odd):
        sent = {"resourceType": "Bundle", "type": "batch", "entry": given_entries}
        try:
            found = read_bundle(io.BytesIO(json.dumps(sent).encode()))
        except FileUnreadable:
            continue
        for entry in found:
            known_as(entry.resource, found)
            codes_in(entry.resource.get("entry"))
