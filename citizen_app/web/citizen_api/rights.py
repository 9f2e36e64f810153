"""`/api/v1/me/export`, `DELETE /api/v1/me`: a copy of what is kept of me, and closing my account."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from flask import Response, stream_with_context
from marshmallow import RAISE

from citizen_app.audit.operations import Actor, record
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.extensions import limiter
from citizen_app.rights import asking, erasing, queries
from citizen_app.rights.fetching import pieces, ready_copy
from citizen_app.rights.holdings import WHAT_STAYS
from citizen_app.rights.models import RightsRequest
from citizen_app.rights.permitted import WHO_ASK, who_asks
from citizen_app.rights.schemas import (
    ConfirmationSchema,
    ErasedSchema,
    ErasureSchema,
    RequestPageSchema,
    RequestSchema,
)
from citizen_app.storage.keyset import Page, PageQuerySchema
from citizen_app.storage.transactions import write_after_read
from citizen_app.text import Text
from citizen_app.web.boundary.acting import open_to_acting
from citizen_app.web.boundary.assurance import require
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.problems import Problem

FRESH_SECONDS: Final = 300
ERASURE: Final = "/api/v1/me/erasure"
MEANT: Final = Text(
    "注销不能撤回。请先查看会删除什么、保留什么，再用 confirm=true 确认。",
    "An erasure cannot be taken back. See what goes and what stays, then confirm with confirm=true.",
)
COPY: Final[dict[str, Any]] = {
    "description": "A ZIP of tables, each as JSON and as CSV, with `manifest.json`.",
    "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
}

blueprint = api_blueprint("citizen_rights", CITIZEN, "/api/v1/me", "My rights over what is kept of me.")


@blueprint.route("/export", methods=["POST"])
@open_to_acting(*WHO_ASK)
@limiter.limit("10/hour")
@require(1, fresh_seconds=FRESH_SECONDS)
@blueprint.response(202, RequestSchema)
def ask_for_copy() -> tuple[RightsRequest, int, dict[str, str]]:
    """Ask for a copy of all that the city and its services keep of me; while one is being made, the same.

    A notice tells when it is ready. Who acts for me: a guardian of a child below fourteen, a clerk while I am
    present.
    """
    caller = current_citizen()
    asked_by = who_asks(caller.citizen_id, caller.acting)
    return asking.ask_for_copy(caller.citizen_id, asked_by=asked_by), 202, NO_STORE


@blueprint.route("/export", methods=["GET"])
@open_to_acting(*WHO_ASK)
@limiter.limit("30/hour")
@require(1, fresh_seconds=FRESH_SECONDS)
@blueprint.response(200)
@blueprint.alt_response(404)
@blueprint.doc(responses={"200": COPY})
def fetch_copy() -> Response:
    """Fetch the copy that is ready, for seven days; 404 with what to do while there is none."""
    caller = current_citizen()
    who_asks(caller.citizen_id, caller.acting)
    return copy_for(caller.citizen_id, actor_of(caller))


@blueprint.route("/requests", methods=["GET"])
@blueprint.arguments(PageQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, RequestPageSchema)
def requests(asked: dict[str, Any]) -> tuple[Page[RightsRequest], int, dict[str, str]]:
    """The copies that I have asked for, newest first."""
    return queries.requests_of(current_citizen().citizen_id, **asked), 200, NO_STORE


@blueprint.route("/erasure", methods=["GET"])
@open_to_acting(*WHO_ASK)
@blueprint.response(200, ErasureSchema)
def before_erasure() -> tuple[dict[str, Any], int, dict[str, str]]:
    """What stands against closing my account now, with where it is settled; and what stays of it, and why."""
    caller = current_citizen()
    who_asks(caller.citizen_id, caller.acting)
    return {"against": erasing.against(caller.citizen_id), "stays": WHAT_STAYS}, 200, NO_STORE


@blueprint.route("", methods=["DELETE"])
@open_to_acting(*WHO_ASK)
@limiter.limit("10/hour")
@require(1, fresh_seconds=FRESH_SECONDS)
@blueprint.arguments(ConfirmationSchema, location="query", unknown=RAISE)
@blueprint.response(202, ErasedSchema)
@blueprint.alt_response(409)
def erase(asked: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Close my account and have all that is kept of me deleted, at once and for good.

    Sessions and codes are void with the answer; the phone and the documents are free. Services delete their
    part in the minutes after. 409 with `against` while something has to be settled first, and without
    `confirm=true`.
    """
    caller = current_citizen()
    asked_by = who_asks(caller.citizen_id, caller.acting)
    found = erasing.against(caller.citizen_id)
    if asked["confirm"] is None and not found:
        raise Problem("conflict", MEANT, more={"against": [], "next_step": ERASURE})
    request = erasing.erase(caller.citizen_id, asked_by=asked_by, actor=actor_of(caller))
    return {"request": request, "stays": WHAT_STAYS}, 202, NO_STORE


def copy_for(citizen_id: str, actor: Actor) -> Response:
    """The copy of a citizen, streamed after the request's unit of work. Audited, without the person."""
    ready = ready_copy(citizen_id)
    assert ready.file_id is not None
    fetched = partial(record, "rights.fetch_copy", "rights_request", ready.id, actor=actor)
    write_after_read(fetched)
    name = f"citizen-copy-{ready.asked_at:%Y-%m-%d}.zip"
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"}
    return Response(stream_with_context(pieces(ready.file_id)), mimetype="application/zip", headers=headers)


def actor_of(caller: SignedInCitizen) -> Actor:
    """Who asks, as the audit log names them: a clerk by their id, a citizen not at all."""
    acting = caller.acting
    if acting is not None and acting.kind == ActingKind.CLERK:
        return Actor("staff", acting.agent_id, caller.label)
    return Actor("citizen", None, caller.label)
