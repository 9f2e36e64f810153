"""Results: what the hospital's system is answered, and what a patient reads."""

from __future__ import annotations

from citizen_app.toolkit.web import MomentOut, PageSchema, Schema, TextOut, fields, validate
from services.hospital.operations.record_words import FLAGS, REPORT_KINDS, REPORT_STATUSES
from services.hospital.schemas.fhir_report import MOST_VALUES

OUTCOMES = ("new", "unchanged", "replaced")


class ReportTakenSchema(Schema):
    """What became of a report: `new`, `unchanged` (it was here), or `replaced` (the version before it is
    kept as amended)."""

    id = fields.String(attribute="report.id", required=True)
    version = fields.Integer(attribute="report.version", required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))


class ReportSchema(Schema):
    """A result, in a list. `status` is preliminary, final, corrected or withdrawn."""

    id = fields.String(attribute="row.id", required=True)
    hospital = TextOut(lambda shown: shown["hospital"].name)
    title = fields.String(attribute="row.title", required=True)
    kind = fields.String(attribute="row.kind", required=True, validate=validate.OneOf(list(REPORT_KINDS)))
    kind_title = TextOut(lambda shown: REPORT_KINDS[shown["row"].kind])
    status = fields.String(
        attribute="row.status", required=True, validate=validate.OneOf(list(REPORT_STATUSES))
    )
    status_title = TextOut(lambda shown: REPORT_STATUSES[shown["row"].status])
    version = fields.Integer(attribute="row.version", required=True)
    issued_at = MomentOut(attribute="row.issued_at")
    has_paper = fields.Function(
        lambda shown: shown["row"].paper_sealed is not None, metadata={"type": "boolean"}
    )


class ReportPageSchema(PageSchema):
    """One page of results."""

    items = fields.List(fields.Nested(ReportSchema), required=True)


class ReportValueSchema(Schema):
    """A value, with what is usual. `flag` is the code that the laboratory gave, `flag_title` in words."""

    name = fields.String(required=True)
    value = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    usual = fields.String(required=True, allow_none=True)
    flag = fields.String(required=True, allow_none=True)
    flag_title = TextOut(lambda value: FLAGS.get(value["flag"]), allow_none=True)
    note = fields.String(required=True, allow_none=True)


class ReportDetailSchema(ReportSchema):
    """A result with its values and what they mean together."""

    values = fields.List(
        fields.Nested(ReportValueSchema), required=True, validate=validate.Length(max=MOST_VALUES * 50)
    )
    conclusion = fields.String(required=True, allow_none=True)
