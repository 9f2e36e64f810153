"""Turn a request into an attempt: validate the context that the purpose declares, read the code. No table is
touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from citizen_app import clock
from citizen_app.codes.keys import key_ring
from citizen_app.kiosks.queries import KioskView
from citizen_app.registry.fields import load_fields
from citizen_app.registry.modules import current_registry
from citizen_app.scans.attempt import Attempt, Completion, OwnPhone, ScanRequest
from citizen_app.scans.trust import examine
from citizen_app.wire.json_text import write_json
from citizen_app.wire.problems import Problem, errors_from_messages

Contexts = dict[tuple[str, str], Mapping[str, Any]]
"""Validated contexts of one upload, by purpose and JSON: the scans of a journey share a few of them."""


def received(
    kiosk: KioskView, request: ScanRequest, *, late: bool = False, known: Contexts | None = None
) -> Attempt:
    """The attempt for a scan that has just arrived; `late` if it happened earlier, offline. Raises a 422 for
    an undeclared context. Scans of one upload share `known`."""
    context = _declared(kiosk, request) if known is None else _declared_once(kiosk, request, known)
    attempt = Attempt(kiosk, request, clock.now(), late, context)
    examine(attempt, key_ring())
    return attempt


def completed(
    kiosk: KioskView, scan_id: str, values: Mapping[str, Any], phone: OwnPhone | None = None
) -> Attempt:
    """The attempt that resumes a scan with the input that it needed; at a place code, by whose phone."""
    request = ScanRequest(scan_id, purpose="", phone=phone)
    return Attempt(kiosk, request, clock.now(), late=False, completion=Completion(values))


def retry_of(before: Attempt) -> Attempt:
    """A fresh attempt for the same request, with the results of steps 1 to 3 only."""
    completion = before.completion and Completion(before.completion.sent)
    attempt = Attempt(
        before.kiosk, before.request, before.received_at, before.late, before.context, completion
    )
    if completion is None:
        examine(attempt, key_ring())
    return attempt


def _declared_once(kiosk: KioskView, request: ScanRequest, known: Contexts) -> Mapping[str, Any]:
    key = request.purpose, write_json(request.context)
    context = known.get(key)
    if context is None:
        context = known[key] = _declared(kiosk, request)
    return dict(context)  # what a module does to one scan's context reaches no other


def _declared(kiosk: KioskView, request: ScanRequest) -> Mapping[str, Any]:
    """The context with its defaults; unchanged for an unknown purpose, which the walk refuses."""
    module = current_registry().get(kiosk.service)
    purpose = module.descriptor.purpose(request.purpose) if module else None
    if purpose is None:
        return request.context
    try:
        return load_fields(purpose.context, request.context)
    except ValidationError as refused:
        raise Problem("invalid-input", errors=errors_from_messages(refused.messages, "/context")) from refused
