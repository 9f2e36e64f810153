"""Data types and resources of FHIR R4 as schemas, with the members that are spoken here. A member that is not
named is not said, and refused where it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import fields, post_dump, validate

from citizen_app.wire.inputs import StrictInteger, StrictSchema

MOST: Final = 100
"""Elements of a list, and resources of a page."""
Field = fields.Field[Any]


class Element(StrictSchema):
    """A part of a resource; what is empty is left out, as FHIR asks."""

    @post_dump
    def without_nothing(self, data: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Members that say something."""
        return {name: value for name, value in data.items() if value not in (None, "", [], {})}


def schema(service: str, kind: str, words: str, /, **members: Field) -> type[Element]:
    """A data type of a service's facade; `words` describe it in the API document, where its name begins with
    the service's id: two facades have a Patient each."""
    of = "".join(part.capitalize() for part in service.split("_"))
    return _named(f"{of}Fhir{kind}Schema", words, members)


def resource(service: str, kind: str, words: str, /, **members: Field) -> type[Element]:
    """A type of resource of a service's facade."""
    own = {"id": text(), "meta": one(META), "extension": many(EXTENSION), "identifier": many(IDENTIFIER)}
    return schema(service, kind, words, resourceType=one_of(kind), **own, **members)


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


def _named(name: str, words: str, members: Mapping[str, Field]) -> type[Element]:
    return type(name, (Element,), {**members, "__doc__": words, "__module__": __name__})


def _shared(kind: str, words: str, /, **members: Field) -> type[Element]:
    """A data type of all facades."""
    return _named(f"Fhir{kind}Schema", words, members)


CODING: Final = _shared("Coding", "A code of a system.", system=text(), code=text(), display=text())
CONCEPT: Final = _shared("CodeableConcept", "In codes and in words.", coding=many(CODING), text=text())
PERIOD: Final = _shared("Period", "From a moment until another.", start=text(), end=text())
IDENTIFIER: Final = _shared(
    "Identifier", "A number, of a type.", use=text(), type=one(CONCEPT), system=text(), value=text()
)
REFERENCE: Final = _shared(
    "Reference",
    "Another resource, by its address or by an identifier.",
    reference=text(),
    type=text(),
    identifier=one(IDENTIFIER),
    display=text(),
)
EXTENSION: Final = _shared(
    "Extension",
    "What R4 has no member for.",
    url=text(required=True),
    valueInteger=whole(),
    valueDateTime=text(),
)
META: Final = _shared(
    "Meta", "Which version, and since when.", versionId=text(), lastUpdated=text(), profile=many(text())
)
HUMAN_NAME: Final = _shared("HumanName", "A name.", text=text())
CONTACT_POINT: Final = _shared("ContactPoint", "A telephone.", system=text(), value=text())
ADDRESS: Final = _shared("Address", "An address as one text.", text=text())
POSITION: Final = _shared("Position", "WGS 84, degrees.", longitude=fields.Float(), latitude=fields.Float())

_PARAMETER: Final = _shared(
    "Parameter",
    "One parameter of an operation.",
    name=text(required=True),
    **{f"value{kind}": text() for kind in ("String", "Code", "Uri", "Date", "DateTime")},
    valueInteger=whole(),
    valuePositiveInt=whole(),
    valueReference=one(REFERENCE),
    valueIdentifier=one(IDENTIFIER),
)
PARAMETERS: Final = _shared(
    "Parameters",
    "What an operation is asked.",
    resourceType=one_of("Parameters"),
    id=text(),
    meta=one(META),
    parameter=many(_PARAMETER),
)
_LINK: Final = _shared("Link", "Where a page of a bundle is.", relation=text(), url=text())
_SEARCH: Final = _shared("Search", "Why an entry is there.", mode=text())
_ENTRY: Final = _shared("Entry", "One resource.", fullUrl=text(), resource=fields.Dict(), search=one(_SEARCH))
BUNDLE: Final = _shared(
    "Bundle",
    "What a search found.",
    resourceType=one_of("Bundle"),
    type=text(),
    total=fields.Integer(validate=validate.Range(min=0)),
    link=many(_LINK),
    entry=many(_ENTRY, 2 * MOST),
)
CAPABILITY_STATEMENT: Final = _shared(
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
