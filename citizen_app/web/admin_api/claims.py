"""Claims at the desk: granted after a document was seen, read for a reason, ended, taken from lists. Citizens
find each act of a clerk in `GET /api/v1/me/looks`."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.claims.importing import Taking, import_claims
from citizen_app.claims.models import CitizenClaim
from citizen_app.claims.operations import ClaimSource, Grant, end_claim, grant_claim
from citizen_app.claims.queries import claims_page, known_of
from citizen_app.claims.schemas import (
    CitizenClaimPageSchema,
    CitizenClaimRequestSchema,
    CitizenClaimSchema,
    ClaimEndSchema,
    ClaimImportQuerySchema,
    ClaimSearchSchema,
    EndedClaimSchema,
)
from citizen_app.clock import now
from citizen_app.desk.findings import citizen_of, finding_of
from citizen_app.extensions import limiter
from citizen_app.sheets.report import ImportReportSchema
from citizen_app.storage.keyset import Page
from citizen_app.usage.looks import Reading, note_look_of_city
from citizen_app.usage.offices import CITY
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.web.boundary.idempotency_keys import idempotent
from citizen_app.web.boundary.uploads import UploadedFile, file_argument
from citizen_app.wire.language import caller_language
from citizen_app.wire.problems import Problem

MOST_LIST_BYTES: Final = 2 * 1024 * 1024
NO_STORE: Final = {"Cache-Control": "no-store"}

blueprint = api_blueprint(
    "admin_claims",
    staff(read="claims.manage", write="claims.manage"),
    "/api/v1/admin/claims",
    "What is true of citizens: granted, ended, taken from lists.",
)


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(CitizenClaimRequestSchema)
@blueprint.response(201, CitizenClaimSchema)
@blueprint.alt_response(404)
def grant(body: dict[str, Any]) -> CitizenClaim:
    """Grant a claim to a citizen, after a document was seen.

    What a counter has granted already is extended where this reaches further, and answered as it stands
    otherwise. An age is granted only where no date of birth is known: otherwise that decides.
    """
    caller = current_staff()
    granted = Grant(
        body["type"],
        ClaimSource.STAFF,
        body["valid_from"] or now(),
        body["valid_to"],
        body["basis"],
        caller.staff_id,
        body["evidence"],
    )
    citizen_id = _found(body["finding_id"])
    made = grant_claim(citizen_id, granted)
    _told(citizen_id, body["reason"], "claims.grant", ("claim", made.id), claim=made.type)
    return made


@blueprint.route("/search", methods=["POST"])
@limiter.limit("120/minute")
@blueprint.arguments(ClaimSearchSchema)
@blueprint.response(200, CitizenClaimPageSchema)
@blueprint.alt_response(404)
def search(body: dict[str, Any]) -> tuple[Page[CitizenClaim], int, dict[str, str]]:
    """What was granted to a citizen, what was recorded last first; those who ask say why."""
    citizen_id = _found(body["finding_id"])
    page = claims_page(citizen_id, body["limit"], body["cursor"])
    _told(citizen_id, body["reason"], "claims.read", None, claims=len(page.items))
    return page, 200, NO_STORE


@blueprint.route("/<id:claim_id>/end", methods=["POST"])
@blueprint.arguments(ClaimEndSchema)
@blueprint.response(200, EndedClaimSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
def end(body: dict[str, Any], claim_id: str) -> dict[str, Any]:
    """End a claim early. What was rated while it counted stays as it is; ended again, it stays ended."""
    ended = end_claim(claim_id, ended_by=current_staff().staff_id, reason=body["reason"], at=body["at"])
    if ended.citizen_id is None:
        raise Problem("not-found")
    _told(ended.citizen_id, body["reason"], "claims.end", ("claim", ended.id), claim=ended.type)
    known = known_of(ended.citizen_id)
    moment = max(now(), ended.valid_to or now())
    return {"claim": ended, "still_true": known is not None and known.has(ended.type, moment)}


@blueprint.route("/import", methods=["POST"])
@blueprint.arguments(ClaimImportQuerySchema, location="query")
@file_argument(blueprint, endings=(".csv", ".xlsx"), most_bytes=MOST_LIST_BYTES)
@blueprint.response(200, ImportReportSchema)
def import_list(asked: dict[str, Any], sent: UploadedFile) -> dict[str, Any]:
    """Take a list of claims, CSV or XLSX, at most 2,000 rows; `flask claims import` takes longer ones.

    A header in Chinese or English names the columns: 证件号码, 姓名, 证件类型, 身份属性, 有效期起, 有效期止.
    Rows that say nothing are reported and the others taken; the same list again changes nothing. A claim of
    somebody without an account waits until they prove the document; the report does not tell who has one.
    """
    taking = Taking(current_staff().staff_id, asked["dry_run"])
    return import_claims(sent.stream, sent.name, taking).say(caller_language(), dry_run=taking.dry_run)


def _found(finding_id: str) -> str:
    """The citizen whom the caller has found under this id. Raises a 404 for what another has found."""
    return citizen_of(finding_of(current_staff(), finding_id)).id


def _told(citizen_id: str, reason: str, action: str, target: tuple[str, str] | None, **details: Any) -> None:
    """An audit entry, and a look that the citizen finds."""
    reading = Reading(CITY, reason, current_staff().actor)
    note_look_of_city(reading, [citizen_id], action, target, reason=reason, **details)
