"""A result as a hospital's system hands it in: a DiagnosticReport of FHIR R4 (4.0.1), alone with its
Observations `contained`, or in a Bundle. What R4 allows beside what we read is passed over: a copy for the
patient needs no specimen and no device."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.fhir import received
from citizen_app.toolkit.web import Moment, Refused, fields, validate, validates_schema

MOST_VALUES: Final = 300
MOST_PAPER_BYTES: Final = 4 * 1024 * 1024
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
NUMBER_KIND: Final = Text(
    "type.coding.code 应为 MR（病案号）、VN 或 FILL（预约号）",
    "type.coding.code is MR (record), VN or FILL (booking number)",
)
NUMBERS: Final = {"MR": "MR", "VN": "VN", "FILL": "VN"}


class PatientNumberSchema(received.IdentifierSchema):
    """A patient by the record number (`MR`), or by the number of a booking (`VN`); HL7 table 0203."""

    passed = received.Element.passed | {"use", "period", "assigner"}
    type = fields.Nested(received.ConceptSchema, required=True)

    @validates_schema(skip_on_field_errors=True)
    def of_a_kind(self, data: dict[str, Any], **options: Any) -> None:
        """The kind is one that we know."""
        if kind_of_number(data) is None:
            raise Refused(NUMBER_KIND, "type")


class SubjectSchema(received.Element):
    """Whose report it is: a logical reference, never one to a resource of ours."""

    passed = received.Element.passed | {"type", "display", "reference"}
    identifier = fields.Nested(PatientNumberSchema, required=True)


class AttachmentSchema(received.Element):
    """The report on paper."""

    passed = received.Element.passed | {"language", "size", "hash", "title", "creation"}
    contentType = fields.String(required=True, validate=validate.Equal("application/pdf"))
    data = fields.String(
        required=True,
        validate=validate.Length(max=4 * -(-MOST_PAPER_BYTES // 3)),
        metadata={"description": "A PDF in Base64."},
    )


class DiagnosticReportSchema(received.Element):
    """A result: `result` names its observations, `presentedForm` is it on paper. A newer version has the same
    first `identifier`; `entered-in-error` withdraws it."""

    passed = received.OF_RESOURCES | {
        "basedOn", "encounter", "effectiveDateTime", "effectivePeriod", "performer", "resultsInterpreter",
        "specimen", "imagingStudy", "media", "conclusionCode",
    }  # fmt: skip
    resourceType = fields.String(required=True, validate=validate.Equal("DiagnosticReport"))
    identifier = fields.List(
        fields.Nested(received.IdentifierSchema), required=True, validate=validate.Length(1, 10)
    )
    status = fields.String(required=True, validate=validate.OneOf(list(STATUSES)))
    category = fields.List(
        fields.Nested(received.CodesSchema), load_default=list, validate=validate.Length(max=10)
    )
    code = fields.Nested(received.ConceptSchema, required=True)
    subject = fields.Nested(SubjectSchema, required=True)
    issued = Moment(required=True)
    contained = fields.List(fields.Dict(), load_default=list, validate=validate.Length(max=MOST_VALUES))
    result = fields.List(
        fields.Nested(received.ReferenceSchema), load_default=list, validate=validate.Length(max=MOST_VALUES)
    )
    conclusion = fields.String(load_default=None, validate=received.LONG)
    presentedForm = fields.List(
        fields.Nested(AttachmentSchema), load_default=list, validate=validate.Length(max=1)
    )


class ReportBundleSchema(received.Element):
    """A report with its observations beside it. Other resources in it are passed over."""

    passed = received.OF_RESOURCES | {"identifier", "timestamp", "total", "link", "signature"}
    resourceType = fields.String(required=True, validate=validate.Equal("Bundle"))
    type = fields.String(
        required=True, validate=validate.OneOf(["collection", "document", "message", "transaction", "batch"])
    )
    entry = fields.List(
        fields.Nested(received.BundleEntrySchema),
        required=True,
        validate=validate.Length(1, MOST_VALUES + 50),
    )

    @validates_schema(skip_on_field_errors=True)
    def one_report(self, data: dict[str, Any], **options: Any) -> None:
        """There is one report in it."""
        kinds = [one["resource"].get("resourceType") for one in data["entry"]]
        if kinds.count("DiagnosticReport") != 1:
            raise Refused(ONE_REPORT, "entry")


def kind_of_number(identifier: dict[str, Any]) -> str | None:
    """`MR` or `VN`; the facade calls the number of a booking `FILL`, as it is the filler of an order."""
    codes = received.codes_of(identifier["type"])
    return next((NUMBERS[code] for code in codes if code in NUMBERS), None)
