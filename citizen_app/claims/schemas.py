"""What comes in and goes out about claims."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from citizen_app.claims.catalogue import CLAIMS
from citizen_app.claims.models import CitizenClaim
from citizen_app.claims.operations import ClaimSource
from citizen_app.claims.shown import source_title, state_at, words_of
from citizen_app.clock import now
from citizen_app.storage.keyset import MOST_PER_PAGE, USUAL_PER_PAGE, PageSchema
from citizen_app.usage.schemas import Reason
from citizen_app.wire.inputs import ClientGeneratedId, StrictInteger, StrictSchema
from citizen_app.wire.moments import Moment
from citizen_app.wire.outputs import MomentOut, TextOut

STATES = ("current", "upcoming", "over")


def _state(claim: CitizenClaim) -> str:
    return state_at(now(), claim.valid_from, claim.valid_to)


class ClaimPeriodSchema(Schema):
    """Something that is true for a time."""

    type = fields.String(required=True, validate=validate.OneOf(tuple(CLAIMS)))
    title = TextOut(lambda claim: CLAIMS[claim.type].title)
    valid_from = MomentOut()
    valid_to = MomentOut(
        allow_none=True, metadata={"description": "The first moment at which it is not true; null: no end."}
    )


class ClaimByAgeSchema(ClaimPeriodSchema):
    """A claim that follows from the date of birth; one to come is told a year ahead."""

    state = fields.String(required=True, validate=validate.OneOf(STATES[:2]))


class CitizenClaimSchema(ClaimPeriodSchema):
    """Something that was granted."""

    id = fields.String(required=True)
    state = fields.Function(_state, required=True, metadata={"type": "string", "enum": list(STATES)})
    source = fields.String(
        required=True, validate=validate.OneOf([source for source in ClaimSource if source != "document"])
    )
    source_title = TextOut(source_title)
    basis = fields.String(
        required=True,
        validate=validate.OneOf(("consent", "legal_duty")),
        metadata={"description": "On which ground the city knows it."},
    )
    evidence = TextOut(
        lambda claim: words_of(claim.evidence),
        allow_none=True,
        metadata={"description": "What it rests on, such as a card that was shown."},
    )
    recorded_at = MomentOut(attribute="created_at")
    ended_at = MomentOut(allow_none=True, metadata={"description": "When an early end was recorded."})
    void_from = MomentOut(
        allow_none=True,
        metadata={
            "description": "From when on it was not true. An end that was told late counts from `ended_at` on."
        },
    )
    end_reason = TextOut(lambda claim: words_of(claim.end_reason), allow_none=True)


class CitizenClaimPageSchema(PageSchema):
    """One page of what was granted, what was recorded last first."""

    items = fields.List(fields.Nested(CitizenClaimSchema), required=True)


class MyClaimsSchema(CitizenClaimPageSchema):
    """What the city knows to be true of the citizen."""

    ages = fields.List(
        fields.Nested(ClaimByAgeSchema),
        required=True,
        validate=validate.Length(max=len(CLAIMS)),
        metadata={"description": "What follows from the date of birth; empty where none is known."},
    )


class CitizenClaimRequestSchema(StrictSchema):
    """What is granted to whom, on which evidence, and why."""

    finding_id = ClientGeneratedId(
        required=True, metadata={"description": "Under which the caller has found the citizen, of a search."}
    )
    type = fields.String(required=True, validate=validate.OneOf(tuple(CLAIMS)))
    valid_from = Moment(load_default=None, metadata={"description": "Now, if it is left out."})
    valid_to = Moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "The first moment at which it is not true any more."},
    )
    basis = fields.String(load_default="legal_duty", validate=validate.OneOf(("consent", "legal_duty")))
    evidence = fields.String(
        required=True,
        validate=validate.Length(2, 100),
        metadata={"description": "What was seen; the citizen reads it.", "example": "残疾人证"},
    )
    reason = Reason(required=True)


class ClaimSearchSchema(StrictSchema):
    """Whose claims are read, and why."""

    finding_id = ClientGeneratedId(required=True)
    reason = Reason(required=True)
    limit = StrictInteger(
        load_default=USUAL_PER_PAGE,
        validate=validate.Range(min=1),
        metadata={"description": f"Items per page; more than {MOST_PER_PAGE} gives {MOST_PER_PAGE}."},
    )
    cursor = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=400),
        metadata={"description": "`next_cursor` of the page before; opaque."},
    )


class ClaimEndSchema(StrictSchema):
    """From when on a claim is not true any more, and why; the citizen reads the reason."""

    at = Moment(
        load_default=None,
        metadata={"description": "Now, if it is left out. One in the past is kept, and counts from now on."},
    )
    reason = Reason(required=True)


class EndedClaimSchema(Schema):
    """A claim that was ended."""

    claim = fields.Nested(CitizenClaimSchema, required=True)
    still_true = fields.Boolean(
        required=True,
        metadata={"description": "Whether the citizen has the same claim from another source all the same."},
    )


class ClaimImportQuerySchema(StrictSchema):
    """How to take a list."""

    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "Only say what would become of it."}
    )
