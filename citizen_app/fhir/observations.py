"""Observations as a person reads them: names, values with units, what is usual, and the flag that the sender
gave. Nothing is concluded here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import fields, validate

from citizen_app.fhir.received import (
    LONG,
    OF_RESOURCES,
    SHORT,
    ConceptSchema,
    Element,
    NoteSchema,
    QuantitySchema,
    codes_of,
    words_of,
)
from citizen_app.wire.inputs import StrictInteger


class RangeSchema(Element):
    """What is usual."""

    passed = Element.passed | {"type", "appliesTo", "age"}
    low = fields.Nested(QuantitySchema, load_default=None)
    high = fields.Nested(QuantitySchema, load_default=None)
    text = fields.String(load_default=None, validate=SHORT)


class ValueSchema(Element):
    """A value of an observation, or of a part of it."""

    code = fields.Nested(ConceptSchema, required=True)
    valueQuantity = fields.Nested(QuantitySchema, load_default=None)
    valueCodeableConcept = fields.Nested(ConceptSchema, load_default=None)
    valueString = fields.String(load_default=None, validate=LONG)
    valueInteger = StrictInteger(load_default=None)
    dataAbsentReason = fields.Nested(ConceptSchema, load_default=None)
    interpretation = fields.List(
        fields.Nested(ConceptSchema), load_default=list, validate=validate.Length(max=5)
    )
    referenceRange = fields.List(
        fields.Nested(RangeSchema), load_default=list, validate=validate.Length(max=5)
    )


class ObservationSchema(ValueSchema):
    """One finding, with its parts (a blood pressure has two)."""

    passed = OF_RESOURCES | {
        "contained", "identifier", "basedOn", "partOf", "category", "subject", "focus", "encounter",
        "effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming", "issued", "performer",
        "bodySite", "method", "specimen", "device", "hasMember", "derivedFrom",
    }  # fmt: skip
    resourceType = fields.String(required=True, validate=validate.Equal("Observation"))
    status = fields.String(required=True, validate=validate.Length(1, 20))
    note = fields.List(fields.Nested(NoteSchema), load_default=list, validate=validate.Length(max=10))
    component = fields.List(fields.Nested(ValueSchema), load_default=list, validate=validate.Length(max=50))


def values_of(observation: Mapping[str, Any]) -> Iterator[dict[str, str | None]]:
    """What a loaded observation says, its own value before those of its parts: `name`, `value`, `unit`,
    `usual`, `flag` (the code of the interpretation) and `note`, None where it does not say."""
    name = words_of(observation["code"])
    note = " ".join(one["text"] for one in observation["note"]) or None
    parts = observation["component"]
    if not parts or _said(observation) is not None:
        yield _value(name, observation, note)
    for part in parts:
        yield _value(f"{name} · {words_of(part['code'])}", part, None)


def _value(name: str | None, of: Mapping[str, Any], note: str | None) -> dict[str, str | None]:
    quantity = of["valueQuantity"]
    flags = [next(iter(codes_of(one)), words_of(one)) for one in of["interpretation"]]
    return {
        "name": name,
        "value": _said(of) or (words_of(of["dataAbsentReason"]) if of["dataAbsentReason"] else None),
        "unit": quantity["unit"] if quantity else None,
        "usual": next(filter(None, map(_range, of["referenceRange"])), None),
        "flag": flags[0] if flags else None,
        "note": note,
    }


def _said(of: Mapping[str, Any]) -> str | None:
    if of["valueQuantity"]:
        return f"{of['valueQuantity']['comparator']}{of['valueQuantity']['value']:.12g}"
    if of["valueCodeableConcept"]:
        return words_of(of["valueCodeableConcept"])
    if of["valueInteger"] is not None:
        return str(of["valueInteger"])
    found: str | None = of["valueString"]
    return found


def _range(of: Mapping[str, Any]) -> str | None:
    low, high = (None if one is None else f"{one['value']:.12g}" for one in (of["low"], of["high"]))
    if of["text"]:
        return str(of["text"])
    if low is not None and high is not None:
        return f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else None
