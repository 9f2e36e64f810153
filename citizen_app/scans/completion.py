"""Going on with a scan that asked the kiosk for input."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from marshmallow import ValidationError

from citizen_app import clock
from citizen_app.citizens.queries import citizens_by_ids
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.kiosks.queries import KioskView
from citizen_app.problems import Problem, errors_from_messages
from citizen_app.registry.fields import load_fields
from citizen_app.registry.state import module_of, standing_of
from citizen_app.scans import answers
from citizen_app.scans.attempt import Attempt, ScanRequest
from citizen_app.scans.decisions import Answer
from citizen_app.scans.meaning import Asking
from citizen_app.scans.outcomes import answer_for, count_decided, event_for, new_answer
from citizen_app.text import Text
from citizen_app.transactions import after_commit
from citizen_app.usage.recording import record
from citizen_app.vault import current_vault

TOO_LATE = Text(
    "等待时间已过，请让市民刷新后重新扫码。",
    "The time to answer is over; ask the citizen to refresh and scan again.",
)


def answer_scan(kiosk: KioskView, scan_id: str, values: Mapping[str, Any]) -> Answer:
    """Complete a scan with the input it asked for; the same input again hears the same answer.

    Raises `Problem`: `not-found` (no such scan of this kiosk), `conflict` (it does not wait for input), `gone` (after 120 s),
    `invalid-input`, `idempotency-conflict` (already completed with other input).
    """
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).digest()
    row = answers.locked(kiosk.id, scan_id)
    if row is None:
        raise Problem("not-found")
    before = Answer.from_stored(scan_id, row.usage_id, row.answer)
    if row.input_digest == digest and row.waiting is None:
        return before
    if row.waiting is None or row.waiting_until is None:
        raise Problem("idempotency-conflict" if row.input_digest else "conflict")
    now = clock.now()
    if now > row.waiting_until:
        raise Problem("gone", TOO_LATE)
    try:
        answer = load_fields(before.verdict.asked, values)
    except ValidationError as refused:
        raise Problem("invalid-input", errors=errors_from_messages(refused.messages)) from refused

    module = module_of(kiosk.service)
    attempt = _resumed(kiosk, before, row.waiting, now)
    if attempt.open:
        Asking(module).ask_alone(attempt, answer)
    if attempt.problem is not None:
        raise attempt.problem
    attempt.answer = answer_for(attempt, module)
    if attempt.citizen is None:
        raise Problem("gone", TOO_LATE)
    after_commit(partial(count_decided, [attempt], module))
    record([event_for(attempt, continues=row.usage_id)])
    answers.complete(new_answer(attempt), digest)
    return attempt.answer


def _resumed(kiosk: KioskView, before: Answer, waiting: Mapping[str, Any], now: datetime) -> Attempt:
    request = ScanRequest(
        scan_id=before.scan_id,
        purpose=before.purpose,
        occurred_at=datetime.fromisoformat(waiting["occurred_at"]),
        context=waiting["context"],
    )
    citizen = citizens_by_ids([waiting["citizen_id"]]).get(waiting["citizen_id"])
    ref = current_vault().citizen_ref(kiosk.service, waiting["citizen_id"])
    attempt = Attempt(
        kiosk, request, now, late=waiting["late"], kind=waiting["kind"], citizen=citizen, citizen_ref=ref
    )
    if citizen is None:
        attempt.refuse("revoked")
    elif citizen.status != CitizenStatus.ACTIVE:
        attempt.refuse("suspended")
    elif not standing_of(kiosk.service).enabled:
        attempt.refuse("service_disabled")
    return attempt
