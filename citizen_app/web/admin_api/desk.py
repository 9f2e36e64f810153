"""The counter: accounts opened with a document, somebody who is present, and what a clerk does for them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from flask import Response, jsonify

from citizen_app.citizens.acting_sessions import ActingTokens
from citizen_app.citizens.models import Citizen
from citizen_app.desk import accounts, deaths, presence, serving
from citizen_app.desk.findings import Found, describe, finding_of
from citizen_app.desk.models import DeskFinding, DeskPresence
from citizen_app.desk.schemas import (
    ActingRequestSchema,
    ActingSchema,
    ConfirmationSchema,
    DeathSchema,
    FoundSchema,
    NewAccountSchema,
    NewPhoneSchema,
    OpenedSchema,
    OtpSchema,
    PresenceRequestSchema,
    PresenceSchema,
    SentSchema,
)
from citizen_app.desk.search import role_of
from citizen_app.extensions import limiter
from citizen_app.identity.providers import NamedDocument
from citizen_app.identity.providers.chosen import providers
from citizen_app.identity.schemas import stated_document
from citizen_app.registry.words import known_services
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.usage.looks import Reading, note_look_of_city
from citizen_app.usage.offices import CITY
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.wire.problems import Problem, invalid_input

NO_STORE: Final = {"Cache-Control": "no-store"}
NO_SERVICE: Final = Text("没有这项服务", "no such service")
Answer = tuple[Any, int, dict[str, str]]

stopping = api_blueprint(
    "admin_citizens_stopping",
    staff(read="citizens.search", write="citizens.search"),
    "/api/v1/admin/citizens",
    "A stolen phone is told to the hotline or at a counter.",
)
blueprint = api_blueprint(
    "admin_desk",
    staff(read="citizens.serve", write="citizens.serve"),
    "/api/v1/admin/citizens",
    "Citizens at the counter.",
)
_OPENED: Final = OpenedSchema()

BLUEPRINTS: Final = (stopping, blueprint)


@stopping.route("/<id:finding_id>/freeze", methods=["POST"])
@limiter.limit("60/minute")
@stopping.response(200, FoundSchema)
@stopping.alt_response(409)
def freeze(finding_id: str) -> Answer:
    """Stop the codes of somebody whose phone was stolen, and sign them out everywhere; they are told. At a
    counter they go on."""
    finding = finding_of(current_staff(), finding_id)
    return _shown(finding, accounts.stop_code(finding), "citizens.stopped"), 200, NO_STORE


@blueprint.route("/<id:finding_id>/unfreeze", methods=["POST"])
@blueprint.response(200, FoundSchema)
@blueprint.alt_response(409)
def unfreeze(finding_id: str) -> Answer:
    """Let the codes of whoever is present go on."""
    finding = finding_of(current_staff(), finding_id)
    presence.present(current_staff(), finding)
    return _shown(finding, accounts.let_go_on(finding), "citizens.going_on"), 200, NO_STORE


@blueprint.route("", methods=["POST"])
@limiter.limit("60/minute")
@blueprint.arguments(NewAccountSchema)
@blueprint.response(201, OpenedSchema)
@blueprint.alt_response(200, schema=OpenedSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
@blueprint.alt_response(502)
@opens_its_own_units
def open_account(body: dict[str, Any]) -> Response:
    """Open an account for somebody with a document and without a phone; where the document has an account, it
    is shown instead (200), and rises to the level that was proved.

    With `document_seen` the clerk vouches for it. Otherwise the register is asked, and what it does not
    confirm is a 409 that does not say what was wrong.
    """
    claimed = NamedDocument(body["name"], stated_document(body))
    proof = accounts.proof_at_desk(claimed, None if body["document_seen"] else providers().register)
    with transaction():
        found, opened = accounts.open_account(current_staff(), body["name"], proof, body["reason"])
        shown = {one.name: getattr(found, one.name) for one in fields(found)}
        answer = jsonify(_OPENED.dump({**shown, "opened": opened}))
    answer.status_code = 201 if opened else 200
    answer.headers.extend(NO_STORE)
    return answer


@blueprint.route("/<id:finding_id>/presence", methods=["POST"])
@limiter.limit("20/minute")
@blueprint.arguments(PresenceRequestSchema)
@blueprint.response(200, PresenceSchema)
@blueprint.alt_response(409)
def begin_presence(body: dict[str, Any], finding_id: str) -> tuple[DeskPresence, int, dict[str, str]]:
    """Prove that somebody stands at the counter: by the `code` that they show here, by an OTP to their
    `phone`, or by a `document` before two clerks.

    A code is good at once, for 15 minutes; an OTP and a document wait for `…/presence/confirmation`. It
    belongs to the session of the clerk, and takes the place of the presence before.
    """
    caller, method = current_staff(), body["method"]
    finding = finding_of(caller, finding_id)
    if method == "code":
        return presence.by_code(caller, finding, body["code"]), 200, NO_STORE
    if method == "phone":
        return presence.by_phone(caller, finding), 200, NO_STORE
    return presence.by_document(caller, finding, stated_document(body)), 200, NO_STORE


@blueprint.route("/<id:finding_id>/presence/confirmation", methods=["POST"])
@limiter.limit("20/minute")
@blueprint.arguments(ConfirmationSchema)
@blueprint.response(200, PresenceSchema)
@blueprint.alt_response(409)
def confirm_presence(body: dict[str, Any], finding_id: str) -> tuple[DeskPresence, int, dict[str, str]]:
    """Confirm that somebody is there: with the `otp` that they have read out, three tries; or as a second
    clerk, who has found them too, with the number of the document in hand, within five minutes.
    """
    caller = current_staff()
    finding = finding_of(caller, finding_id)
    if "otp" in body:
        return presence.confirm_by_phone(caller, finding, body["otp"]), 200, NO_STORE
    return presence.confirm_by_document(caller, finding, stated_document(body)), 200, NO_STORE


@blueprint.route("/<id:finding_id>/presence", methods=["DELETE"])
@blueprint.response(204)
def end_presence(finding_id: str) -> None:
    """Done: whoever stood there has gone, and the token to act for them is refused everywhere within a
    second. A 404 where nobody stood there."""
    finding_of(current_staff(), finding_id)
    if not presence.done(current_staff()):
        raise Problem("not-found")


@blueprint.route("/<id:finding_id>/acting", methods=["POST"])
@limiter.limit("20/minute")
@blueprint.arguments(ActingRequestSchema)
@blueprint.response(200, ActingSchema)
@blueprint.alt_response(409)
def act(body: dict[str, Any], finding_id: str) -> tuple[ActingTokens, int, dict[str, str]]:
    """Act for whoever is present: a token for the routes of citizens at these services, and for those of
    `/me` that are open to a clerk. The citizen is told.

    It ends with the presence, with the clerk's session, or with `DELETE …/presence`.
    """
    services, known = body["services"], known_services()
    for place, service in enumerate(services or ()):
        if service not in known:
            raise invalid_input(f"/services/{place}", NO_SERVICE)
    scope = None if services is None else frozenset(services)
    finding = finding_of(current_staff(), finding_id)
    return serving.act_for(current_staff(), finding, scope), 200, NO_STORE


@blueprint.route("/<id:finding_id>/phone", methods=["POST"])
@limiter.limit("10/minute")
@blueprint.arguments(NewPhoneSchema)
@blueprint.response(202, SentSchema)
def new_phone(body: dict[str, Any], finding_id: str) -> Answer:
    """Send an OTP to the phone that whoever is present wants for their account. The answer is the same
    whether or not anybody has it."""
    finding = finding_of(current_staff(), finding_id)
    sent = serving.begin_new_phone(current_staff(), finding, body["phone"])
    return {"expires_at": sent.phone_until}, 202, NO_STORE


@blueprint.route("/<id:finding_id>/phone/confirmation", methods=["POST"])
@limiter.limit("10/minute")
@blueprint.arguments(OtpSchema)
@blueprint.response(200, FoundSchema)
@blueprint.alt_response(409)
def confirm_phone(body: dict[str, Any], finding_id: str) -> tuple[Found, int, dict[str, str]]:
    """Give the account the phone, with the OTP that came there, three tries. Another account that had it is
    without one from now on; nothing else of it changes. Both are signed out everywhere."""
    finding = finding_of(current_staff(), finding_id)
    citizen = serving.confirm_new_phone(current_staff(), finding, body["otp"])
    return _shown(finding, citizen, "citizens.phone_given"), 200, NO_STORE


@blueprint.route("/<id:finding_id>/death", methods=["POST"])
@limiter.limit("20/minute")
@blueprint.arguments(DeathSchema)
@blueprint.response(200, FoundSchema)
def death(body: dict[str, Any], finding_id: str) -> tuple[Found, int, dict[str, str]]:
    """Enter a death: codes are refused, sessions and delegations end, the phone is free. Another clerk can
    take it back (`…/death/correction`)."""
    finding = finding_of(current_staff(), finding_id)
    proof = deaths.DeathProof(body["proof"])
    dead = deaths.report_death(current_staff(), finding, proof, body["reference"])
    return _shown(finding, dead, "citizens.dead"), 200, NO_STORE


@blueprint.route("/<id:finding_id>/death/correction", methods=["POST"])
@limiter.limit("20/minute")
@blueprint.response(200, FoundSchema)
@blueprint.alt_response(409)
def death_corrected(finding_id: str) -> tuple[Found, int, dict[str, str]]:
    """Take a death back that was entered by mistake, as another clerk than the one who has entered it. The
    account is open again, with its phone if nobody has that by now; delegations are made anew."""
    finding = finding_of(current_staff(), finding_id)
    alive = deaths.correct_death(current_staff(), finding)
    return _shown(finding, alive, "citizens.alive"), 200, NO_STORE


def _shown(finding: DeskFinding, citizen: Citizen, action: str) -> Found:
    """Somebody as they are after an act, which is one more look at them, with the reason of the search."""
    caller = current_staff()
    reading = Reading(CITY, finding.reason or "", caller.actor, role_of(caller))
    note_look_of_city(reading, [citizen.id], action, ("finding", finding.id))
    return describe(finding, citizen)
