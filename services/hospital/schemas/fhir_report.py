"""A result as a hospital's system hands it in: DiagnosticReport and Observation of FHIR R4 (4.0.1), alone
with its observations `contained`, or in a Bundle.

What we read is declared. What R4 allows beside it is passed over: a copy for the patient needs no specimen
and no device. A `modifierExtension`, which may turn the meaning of what it stands on, is refused like
anything that is unknown.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from marshmallow import pre_load

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    Moment,
    Refused,
    StrictInteger,
    StrictSchema,
    fields,
    validate,
    validates_schema,
)

MOST_VALUES: Final = 300
MOST_PAPER_BYTES: Final = 4 * 1024 * 1024
LONG: Final = validate.Length(1, 20_000)
SHORT: Final = validate.Length(1, 400)
STATUSES: Final = {
    "partial": "preliminary",
    "preliminary": "preliminary",
    "final": "final",
    "amended": "corrected",
    "corrected": "corrected",
    "appended": "corrected",
    "cancelled": "withdrawn",
    "entered-in-error": "withdrawn",
}
ONE_REPORT: Final = Text("应有且只有一份 DiagnosticReport", "exactly one DiagnosticReport")
NO_WORDS: Final = Text("应有 text 或带 display、code 的 coding", "text, or a coding with display or code")
NUMBER_KIND: Final = Text(
    "type.coding.code 应为 MR（病案号）、VN 或 FILL（预约号）",
    "type.coding.code is MR (record), VN or FILL (booking number)",
)
NUMBERS: Final = {"MR": "MR", "VN": "VN", "FILL": "VN"}
PASSED: Final = frozenset({"id", "extension", "meta", "implicitRules", "language", "text"})


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
    """The hospital's own number of something."""

    passed = Element.passed | {"use", "period", "assigner", "type"}
    system = fields.String(load_default=None, validate=SHORT)
    value = fields.String(required=True, validate=validate.Length(1, 120))


class PatientNumberSchema(IdentifierSchema):
    """A patient by the record number (`MR`), or by the number of a booking (`VN`); HL7 table 0203."""

    passed = Element.passed | {"use", "period", "assigner"}
    type = fields.Nested(ConceptSchema, required=True)

    @validates_schema(skip_on_field_errors=True)
    def of_a_kind(self, data: dict[str, Any], **options: Any) -> None:
        """The kind is one that we know."""
        if kind_of_number(data) is None:
            raise Refused(NUMBER_KIND, "type")


class SubjectSchema(Element):
    """Whose report it is: a logical reference, never one to a resource of ours."""

    passed = Element.passed | {"type", "display", "reference"}
    identifier = fields.Nested(PatientNumberSchema, required=True)


class ReferenceSchema(Element):
    """A reference to an Observation that is sent along."""

    passed = Element.passed | {"type", "display", "identifier"}
    reference = fields.String(required=True, validate=SHORT)


class QuantitySchema(Element):
    """A measured amount."""

    passed = Element.passed | {"system", "code"}
    value = fields.Float(required=True)
    unit = fields.String(load_default=None, validate=SHORT)
    comparator = fields.String(load_default="", validate=validate.OneOf(["<", "<=", ">=", ">"]))


class RangeSchema(Element):
    """What is usual."""

    passed = Element.passed | {"type", "appliesTo", "age"}
    low = fields.Nested(QuantitySchema, load_default=None)
    high = fields.Nested(QuantitySchema, load_default=None)
    text = fields.String(load_default=None, validate=SHORT)


class NoteSchema(Element):
    """A remark."""

    passed = Element.passed | {"authorReference", "authorString", "time"}
    text = fields.String(required=True, validate=LONG)


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

    passed = PASSED | {
        "contained", "identifier", "basedOn", "partOf", "category", "subject", "focus", "encounter",
        "effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming", "issued", "performer",
        "bodySite", "method", "specimen", "device", "hasMember", "derivedFrom",
    }  # fmt: skip
    resourceType = fields.String(required=True, validate=validate.Equal("Observation"))
    status = fields.String(required=True, validate=validate.Length(1, 20))
    note = fields.List(fields.Nested(NoteSchema), load_default=list, validate=validate.Length(max=10))
    component = fields.List(fields.Nested(ValueSchema), load_default=list, validate=validate.Length(max=50))


class AttachmentSchema(Element):
    """The report on paper."""

    passed = Element.passed | {"language", "size", "hash", "title", "creation"}
    contentType = fields.String(required=True, validate=validate.Equal("application/pdf"))
    data = fields.String(
        required=True,
        validate=validate.Length(max=4 * -(-MOST_PAPER_BYTES // 3)),
        metadata={"description": "A PDF in Base64."},
    )


class DiagnosticReportSchema(Element):
    """A result: `result` names its observations, `presentedForm` is it on paper. A newer version has the same
    first `identifier`; `entered-in-error` withdraws it."""

    passed = PASSED | {
        "basedOn", "encounter", "effectiveDateTime", "effectivePeriod", "performer", "resultsInterpreter",
        "specimen", "imagingStudy", "media", "conclusionCode",
    }  # fmt: skip
    resourceType = fields.String(required=True, validate=validate.Equal("DiagnosticReport"))
    identifier = fields.List(fields.Nested(IdentifierSchema), required=True, validate=validate.Length(1, 10))
    status = fields.String(required=True, validate=validate.OneOf(list(STATUSES)))
    category = fields.List(fields.Nested(CodesSchema), load_default=list, validate=validate.Length(max=10))
    code = fields.Nested(ConceptSchema, required=True)
    subject = fields.Nested(SubjectSchema, required=True)
    issued = Moment(required=True)
    contained = fields.List(fields.Dict(), load_default=list, validate=validate.Length(max=MOST_VALUES))
    result = fields.List(
        fields.Nested(ReferenceSchema), load_default=list, validate=validate.Length(max=MOST_VALUES)
    )
    conclusion = fields.String(load_default=None, validate=LONG)
    presentedForm = fields.List(
        fields.Nested(AttachmentSchema), load_default=list, validate=validate.Length(max=1)
    )


class BundleEntrySchema(Element):
    """A resource of a bundle, under the name by which others refer to it."""

    passed = Element.passed | {"link", "search", "request", "response"}
    fullUrl = fields.String(load_default="", validate=SHORT)
    resource = fields.Dict(required=True)


class ReportBundleSchema(Element):
    """A report with its observations beside it. Other resources in it are passed over."""

    passed = PASSED | {"identifier", "timestamp", "total", "link", "signature"}
    resourceType = fields.String(required=True, validate=validate.Equal("Bundle"))
    type = fields.String(
        required=True, validate=validate.OneOf(["collection", "document", "message", "transaction", "batch"])
    )
    entry = fields.List(
        fields.Nested(BundleEntrySchema), required=True, validate=validate.Length(1, MOST_VALUES + 50)
    )

    @validates_schema(skip_on_field_errors=True)
    def one_report(self, data: dict[str, Any], **options: Any) -> None:
        """There is one report in it."""
        kinds = [one["resource"].get("resourceType") for one in data["entry"]]
        if kinds.count("DiagnosticReport") != 1:
            raise Refused(ONE_REPORT, "entry")


def words_of(concept: dict[str, Any]) -> str | None:
    """What a concept says: its words, or the first of its codes."""
    if concept.get("text"):
        return str(concept["text"])
    said = [one.get("display") or one.get("code") for one in concept.get("coding", ())]
    return next((one for one in said if one), None)


def codes_of(concept: dict[str, Any]) -> list[str]:
    """Its codes, of any system."""
    return [one["code"] for one in concept.get("coding", ()) if one.get("code")]


def kind_of_number(identifier: dict[str, Any]) -> str | None:
    """`MR` or `VN`; the facade calls the number of a booking `FILL`, as it is the filler of an order."""
    return next((NUMBERS[code] for code in codes_of(identifier["type"]) if code in NUMBERS), None)
