"""Needs-input: resume a scan whose service asked for input. The same walk, continued where the first one
stopped."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from marshmallow import ValidationError

from citizen_app.registry.fields import load_fields
from citizen_app.scans import answers
from citizen_app.scans.attempt import Attempt, Completion, ScanRequest
from citizen_app.scans.decisions import Answer
from citizen_app.secrecy.vault import current_vault
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, errors_from_messages

TOO_LATE: Final = Text(
    "等待时间已过，请让市民刷新后重新扫码。",
    "The time to answer is over; ask the citizen to refresh and scan again.",
)


def resume(attempt: Attempt, completion: Completion) -> None:
    """Load what the scan asked for and its state; its row stays locked. The same input again gets the same
    answer.

    Problems: `not-found` (no such scan of this kiosk), `conflict` (it does not wait for input), `gone` (after
    120 s), `invalid-input`, `idempotency-conflict` (already completed with other input).
    """
    digest = digest_of(completion)
    row = answers.locked(*attempt.key)
    if row is None:
        attempt.problem = Problem("not-found")
        return
    before = answers.answer_in(row)
    if not _is_theirs(attempt, before):
        attempt.problem = Problem("not-found")
    elif row.input_digest == digest and row.waiting is None:
        attempt.answer = before
    elif row.waiting is None or row.waiting_until is None:
        attempt.problem = Problem("idempotency-conflict" if row.input_digest else "conflict")
    elif attempt.received_at > row.waiting_until:
        attempt.problem = Problem("gone", TOO_LATE)
    else:
        _go_on(attempt, completion, before, answers.waiting_in(row))


def digest_of(completion: Completion) -> bytes:
    """A keyed digest that tells other input for the same scan: four digits are soon guessed from a plain
    one."""
    return current_vault().blind_index("scans.input", json.dumps(completion.sent, sort_keys=True))


def _is_theirs(attempt: Attempt, before: Answer) -> bool:
    """A kiosk answers its own scans. The virtual kiosk of a place has many phones: each answers for its
    citizen only."""
    phone = attempt.request.phone
    if phone is None:
        return True
    return before.citizen_ref == current_vault().citizen_ref(before.service, phone.citizen_id)


def _go_on(attempt: Attempt, completion: Completion, before: Answer, waiting: answers.Waiting) -> None:
    try:
        completion.values = load_fields(before.verdict.asked, completion.sent)
    except ValidationError as refused:
        attempt.problem = Problem("invalid-input", errors=errors_from_messages(refused.messages))
        return
    completion.continues, completion.citizen_id = before.usage_id, waiting["citizen_id"]
    attempt.kind, attempt.late, attempt.context = waiting["kind"], waiting["late"], waiting["context"]
    attempt.delegation_number = waiting.get("delegation")
    occurred_at = datetime.fromisoformat(waiting["occurred_at"])
    attempt.request = ScanRequest(
        before.scan_id, before.purpose, occurred_at=occurred_at, phone=attempt.request.phone
    )
