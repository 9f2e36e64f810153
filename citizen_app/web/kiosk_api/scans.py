"""Scans by kiosks: one, many from offline, and the answer a scan asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from flask import Response, g, jsonify, request
from flask.views import MethodView
from marshmallow import ValidationError

from citizen_app.extensions import limiter
from citizen_app.kiosks.queries import KioskView
from citizen_app.language import caller_language
from citizen_app.problems import InputError, Problem, errors_from_messages
from citizen_app.scans import together
from citizen_app.scans.attempt import ScanRequest
from citizen_app.scans.completion import answer_scan
from citizen_app.scans.contexts import known_contexts
from citizen_app.scans.decisions import Answer
from citizen_app.scans.pipeline import process
from citizen_app.scans.schemas import BatchResultSchema, BatchSchema, DecisionSchema, ScanRequestSchema
from citizen_app.scans.sessions import ScanSession
from citizen_app.text import Language
from citizen_app.web.audiences import KIOSK, api_blueprint, current_kiosk
from citizen_app.web.openapi import DECLARED_FIELDS, declared_fields
from citizen_app.web.units import opens_its_own_units

blueprint = api_blueprint("scans", KIOSK, "/api/v1/scans", "Reading codes")
_ITEM: Final = ScanRequestSchema()


@blueprint.route("", methods=["POST"])
@limiter.limit("30/second")
@blueprint.arguments(ScanRequestSchema)
@blueprint.response(200, DecisionSchema)
@opens_its_own_units
def scan(sent: ScanRequest) -> Response:
    """Scan a code.

    A refusal is a decision too (200, `deny`). Repeat a request whose answer was lost with the same `scan_id`: the stored answer
    comes back and nothing happens twice.
    """
    kiosk = current_kiosk()
    faults = known_contexts().faults(kiosk, sent)
    if faults:
        raise Problem("invalid-input", errors=faults)
    outcome = together.answer(kiosk, sent)
    if isinstance(outcome, Problem):
        raise outcome
    return jsonify(said(kiosk, outcome, caller_language()))


@blueprint.route("/batch")
class ScanBatch(MethodView):
    """Scans made offline."""

    decorators: ClassVar = [limiter.limit("10/second")]

    @blueprint.arguments(BatchSchema)
    @blueprint.response(200, BatchResultSchema)
    def post(self, sent: Mapping[str, Any]) -> Response:
        """Upload scans made offline.

        Order does not matter and repeating does no harm. Each scan is judged at its `occurred_at`; it has happened, so it is never
        refused for being late. One result per scan, in the order sent.
        """
        kiosk, language = current_kiosk(), caller_language()
        requests: list[ScanRequest] = []
        refused: dict[int, dict[str, Any]] = {}
        intake = _Intake(kiosk)
        for position, item in enumerate(sent["scans"]):
            loaded, faults = intake.load(item)
            if loaded is None:
                errors = [InputError(f"/scans/{position}{fault.pointer}", fault.message) for fault in faults]
                refused[position] = _trouble(item.get("scan_id"), Problem("invalid-input", errors=errors))
            else:
                requests.append(loaded)
        outcomes = zip(requests, process(kiosk, requests, uploaded=True), strict=True)
        results = (
            _trouble(made.scan_id, outcome)
            if isinstance(outcome, Problem)
            else said(kiosk, outcome, language)
            for made, outcome in outcomes
        )
        return jsonify(results=[refused.get(n) or next(results) for n in range(len(sent["scans"]))])


@blueprint.route("/<id:scan_id>/answer")
class ScanAnswers(MethodView):
    """Input that a scan asked for."""

    @blueprint.response(200, DecisionSchema)
    @blueprint.alt_response(409)
    @blueprint.alt_response(410)
    @blueprint.alt_response(415)
    @blueprint.alt_response(422)
    @blueprint.doc(requestBody=DECLARED_FIELDS)
    def post(self, scan_id: str) -> Response:
        """Complete a scan that answered `needs_input`.

        The body holds the fields of `input.schema`. The same kiosk, within 120 seconds.
        """
        values = declared_fields(request)
        kiosk = current_kiosk()
        return jsonify(said(kiosk, answer_scan(kiosk, scan_id, values), caller_language()))


def said(kiosk: KioskView, answer: Answer, language: Language) -> dict[str, Any]:
    """The decision in a language, with a session where the service lets the kiosk go on."""
    token = None
    if answer.session is not None and answer.citizen_ref is not None:
        until, kind = answer.session
        token = ScanSession(kiosk.id, answer.service, answer.purpose, answer.citizen_ref, kind, until).token()
    return answer.say(language, token)


def _trouble(scan_id: Any, problem: Problem) -> dict[str, Any]:
    return {"scan_id": scan_id, "problem": problem.as_document(caller_language(), g.request_id)}


class _Intake:
    """Takes in the items of one upload."""

    def __init__(self, kiosk: KioskView) -> None:
        self._kiosk = kiosk
        self._seen: set[str] = set()
        self._contexts = known_contexts()

    def load(self, item: Mapping[str, Any]) -> tuple[ScanRequest | None, list[InputError]]:
        """The scan of an item, or what is wrong with it."""
        try:
            loaded: ScanRequest = _ITEM.load(item)
        except ValidationError as refused:
            return None, errors_from_messages(refused.messages)
        if loaded.occurred_at is None:
            return None, [InputError("/occurred_at", "required for a scan made offline")]
        if loaded.scan_id in self._seen:
            return None, [InputError("/scan_id", "stands twice in this batch")]
        self._seen.add(loaded.scan_id)
        faults = self._contexts.faults(self._kiosk, loaded)
        return (None, faults) if faults else (loaded, [])
