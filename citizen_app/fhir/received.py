"""Data types of FHIR R4 as other systems send them. What we read is declared; what R4 allows beside it is
passed over. A `modifierExtension`, which may turn the meaning of what it stands on, is refused like anything
that is unknown."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from marshmallow import fields, pre_load, validate, validates_schema

from citizen_app.text import Text
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import StrictSchema

LONG: Final = validate.Length(1, 20_000)
SHORT: Final = validate.Length(1, 400)
NO_WORDS: Final = Text("应有 text 或带 display、code 的 coding", "text, or a coding with display or code")
OF_RESOURCES: Final = frozenset({"id", "extension", "meta", "implicitRules", "language", "text"})
"""What every resource may have and is not read."""


class Element(StrictSchema):
    """Part of a resource; `passed` names what R4 has there beside what we read."""

    passed: ClassVar[frozenset[str]] = frozenset({"id", "extension"})

    @pre_load
    def pass_over(self, data: Any, **options: Any) -> Any:
        """Leave out what is not read, and extensions of primitive values (`_issued`)."""
        if not isinstance(data, dict):
            return data
        return {
            name: value
            for name, value in data.items()
            if name not in self.passed and not name.startswith("_")
        }


class CodingSchema(Element):
    """A code of a system."""

    passed = Element.passed | {"version", "userSelected"}
    system = fields.String(validate=SHORT)
    code = fields.String(validate=SHORT)
    display = fields.String(validate=SHORT)


class CodesSchema(Element):
    """Codes, or words, or neither."""

    coding = fields.List(fields.Nested(CodingSchema), load_default=list, validate=validate.Length(max=20))
    text = fields.String(load_default=None, validate=SHORT)


class ConceptSchema(CodesSchema):
    """Codes, or words, for one meaning."""

    @validates_schema(skip_on_field_errors=True)
    def says_something(self, data: dict[str, Any], **options: Any) -> None:
        """There is something that a person can read."""
        if not words_of(data):
            raise Refused(NO_WORDS, "text")


class IdentifierSchema(Element):
    """The sender's own number of something."""

    passed = Element.passed | {"use", "period", "assigner", "type"}
    system = fields.String(load_default=None, validate=SHORT)
    value = fields.String(required=True, validate=validate.Length(1, 120))


class ReferenceSchema(Element):
    """A reference to a resource that is sent along."""

    passed = Element.passed | {"type", "display", "identifier"}
    reference = fields.String(required=True, validate=SHORT)


class QuantitySchema(Element):
    """A measured amount."""

    passed = Element.passed | {"system", "code"}
    value = fields.Float(required=True)
    unit = fields.String(load_default=None, validate=SHORT)
    comparator = fields.String(load_default="", validate=validate.OneOf(["<", "<=", ">=", ">"]))


class NoteSchema(Element):
    """A remark."""

    passed = Element.passed | {"authorReference", "authorString", "time"}
    text = fields.String(required=True, validate=LONG)


class BundleEntrySchema(Element):
    """A resource of a bundle, under the name by which others refer to it."""

    passed = Element.passed | {"link", "search", "request", "response"}
    fullUrl = fields.String(load_default="", validate=SHORT)
    resource = fields.Dict(required=True)


def words_of(concept: dict[str, Any]) -> str | None:
    """What a concept says: its words, or the first of its codes."""
    if concept.get("text"):
        return str(concept["text"])
    said = [one.get("display") or one.get("code") for one in concept.get("coding", ())]
    return next((one for one in said if one), None)


def codes_of(concept: dict[str, Any]) -> list[str]:
    """Its codes, of any system."""
    return [one["code"] for one in concept.get("coding", ()) if one.get("code")]
