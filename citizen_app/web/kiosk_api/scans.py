"""Scans by kiosks: one, an offline upload, and the input that a scan needed. Each route opens its own units
of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import Response, g, jsonify, request
from marshmallow import ValidationError

from citizen_app.extensions import limiter
from citizen_app.kiosks.queries import KioskView
from citizen_app.scans.attempt import Attempt, ScanRequest
from citizen_app.scans.decisions import Answer
from citizen_app.scans.intake import completed, received
from citizen_app.scans.pipeline import Outcome, decide_completion, decide_now, decide_upload
from citizen_app.scans.schemas import BatchResultSchema, BatchSchema, DecisionSchema, ScanRequestSchema
from citizen_app.scans.sessions import ScanSession
from citizen_app.text import Language, Text
from citizen_app.web.boundary.audiences import KIOSK, api_blueprint, current_kiosk
from citizen_app.web.boundary.openapi import DECLARED_FIELDS, declared_fields
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.wire.json_text import is_storable
from citizen_app.wire.language import caller_language
from citizen_app.wire.problems import InputError, Problem, errors_from_messages, invalid_input

blueprint = api_blueprint("scans", KIOSK, "/api/v1/scans", "Reading codes")
_ITEM: Final = ScanRequestSchema()
NEEDED_OFFLINE: Final = Text("离线时的扫码必须填写此项", "required for a scan made offline")
TWICE: Final = Text("在这一批中出现了两次", "stands twice in this batch")


@blueprint.route("", methods=["POST"])
@limiter.limit("30/second")
@blueprint.arguments(ScanRequestSchema)
@blueprint.response(200, DecisionSchema)
@opens_its_own_units
def scan(sent: ScanRequest) -> Response:
    """Scan a code.

    A refusal is a decision too (200, `deny`). Repeat a request whose answer was lost with the same `scan_id`:
    the stored answer comes back and nothing happens twice.
    """
    kiosk = current_kiosk()
    return _answered(kiosk, decide_now(received(kiosk, sent)))


@blueprint.route("/batch", methods=["POST"], endpoint="ScanBatch")
@limiter.limit("10/second")
@blueprint.arguments(BatchSchema)
@blueprint.response(200, BatchResultSchema)
@opens_its_own_units
def scan_batch(sent: Mapping[str, Any]) -> Response:
    """Upload scans made offline.

    Order does not matter and repeating does no harm. Each scan is judged at its `occurred_at`; it has
    happened, so it is never refused for being late. One result per scan, in the order sent.
    """
    kiosk, language = current_kiosk(), caller_language()
    taken = list(_taken_in(kiosk, sent["scans"]))
    outcomes = iter(decide_upload([one for one in taken if isinstance(one, Attempt)]))
    decided = [next(outcomes) if isinstance(one, Attempt) else one for one in taken]
    results = [
        said(kiosk, outcome, language) if isinstance(outcome, Answer) else _trouble(position, item, outcome)
        for position, (item, outcome) in enumerate(zip(sent["scans"], decided, strict=True))
    ]
    return jsonify(results=results)


@blueprint.route("/<id:scan_id>/answer", methods=["POST"], endpoint="ScanAnswers")
@blueprint.response(200, DecisionSchema)
@blueprint.alt_response(409)
@blueprint.alt_response(410)
@blueprint.alt_response(415)
@blueprint.alt_response(422)
@blueprint.doc(requestBody=DECLARED_FIELDS)
@opens_its_own_units
def answer_scan(scan_id: str) -> Response:
    """Complete a scan that answered `needs_input`.

    The body holds the fields of `input.schema`. The same kiosk, within 120 seconds.
    """
    kiosk, values = current_kiosk(), declared_fields(request)
    return _answered(kiosk, decide_completion(completed(kiosk, scan_id, values)))


def _answered(kiosk: KioskView, outcome: Outcome) -> Response:
    if isinstance(outcome, Problem):
        raise outcome
    return jsonify(said(kiosk, outcome, caller_language()))


def said(kiosk: KioskView, answer: Answer, language: Language) -> dict[str, Any]:
    """The decision in one language, with a session if the service permits further scans of the citizen."""
    token = None
    if answer.session is not None and answer.citizen_ref is not None:
        until, kind, delegation = answer.session
        token = ScanSession(
            kiosk.id, answer.service, answer.purpose, answer.citizen_ref, kind, until, delegation
        ).token()
    return answer.say(language, token)


def _taken_in(kiosk: KioskView, items: list[Mapping[str, Any]]) -> Iterator[Attempt | Problem]:
    """Each item of an upload as an attempt or a problem; a scan id counts once."""
    seen: set[str] = set()
    for item in items:
        try:
            loaded: ScanRequest = _ITEM.load(item)
            if loaded.occurred_at is None:
                raise invalid_input("/occurred_at", NEEDED_OFFLINE)
            if loaded.scan_id in seen:
                raise invalid_input("/scan_id", TWICE)
            seen.add(loaded.scan_id)
            yield received(kiosk, loaded, late=True)
        except ValidationError as refused:
            yield Problem("invalid-input", errors=errors_from_messages(refused.messages))
        except Problem as problem:
            yield problem


def _trouble(position: int, item: Mapping[str, Any], problem: Problem) -> dict[str, Any]:
    """The problem of an item that was not decided; its pointers are relative to the whole upload."""
    errors = [InputError(f"/scans/{position}{error.pointer}", error.message) for error in problem.errors]
    here = Problem(problem.kind.slug, problem.detail, errors=errors)
    return {
        "scan_id": item.get("scan_id") if is_storable(item.get("scan_id")) else None,
        "problem": here.as_document(caller_language(), g.request_id),
    }
