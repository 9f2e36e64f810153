"""Timetables, as the API says them to operators."""

from __future__ import annotations

from citizen_app.toolkit.web import (
    MomentOut,
    PageSchema,
    Schema,
    StrictSchema,
    TextOut,
    fields,
    validate,
)


class ActivateQuerySchema(StrictSchema):
    """How to put a feed in force."""

    force = fields.Boolean(
        load_default=False, metadata={"description": "Even if it serves no day from now on."}
    )


class FeedVersionSchema(Schema):
    """A GTFS feed that was imported or refused."""

    version = fields.Integer(attribute="version.id", required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(("staged", "waiting", "active", "retired", "discarded", "refused")),
        metadata={
            "description": "`active` is in force, `retired` was, `waiting` will be by itself; `refused` had errors."
        },
    )
    source = fields.String(
        attribute="version.source", required=True, metadata={"description": "The file's name."}
    )
    sha256 = fields.String(attribute="version.sha256", required=True)
    first_day = fields.Date(attribute="version.first_day", required=True, allow_none=True)
    last_day = fields.Date(attribute="version.last_day", required=True, allow_none=True)
    waits_until = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The day on which a waiting feed comes into force."},
    )
    counts = fields.Dict(
        attribute="version.counts",
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "Rows stored."},
    )
    created_at = MomentOut(attribute="version.created_at")
    activated_at = MomentOut(allow_none=True)


class FeedVersionPageSchema(PageSchema):
    """One page of feeds, newest first."""

    items = fields.List(fields.Nested(FeedVersionSchema), required=True)


class FindingTotalSchema(Schema):
    """How often a rule was broken."""

    rule = fields.String(required=True)
    severity = fields.String(required=True)
    count = fields.Integer(required=True)


class FindingSchema(Schema):
    """One thing that the check found; the first hundred of each rule are kept."""

    file = fields.String(required=True)
    line = fields.Integer(required=True, allow_none=True)
    rule = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(("error", "warning", "info")))
    field = fields.String(required=True, allow_none=True)
    value = fields.String(required=True, allow_none=True)
    message = TextOut()


class FeedReportSchema(FeedVersionSchema):
    """A feed with the report of its check."""

    rows_read = fields.Dict(
        attribute="checked.counts",
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "By file."},
    )
    totals = fields.List(fields.Nested(FindingTotalSchema), attribute="checked.sorted_totals", required=True)
    findings = fields.List(
        fields.Nested(FindingSchema),
        attribute="checked.worst_first",
        required=True,
        metadata={"description": "Worst first."},
    )
