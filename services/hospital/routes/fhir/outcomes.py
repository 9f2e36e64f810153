"""Every error below the facade is an OperationOutcome; and what the facade answers in is JSON."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import request

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import Dialect, InputError, Problem
from services.hospital.routes.fhir.codes import Json

MEDIA: Final = "application/fhir+json"
JSON: Final = (MEDIA, "application/json", "application/json+fhir", "json", "text/json")
ONLY_JSON: Final = Text("这里只提供 JSON。", "This facade speaks JSON only.")
CODES: Final = {
    "invalid-input": "invalid",
    "bad-request": "invalid",
    "sign-in-required": "login",
    "sign-in-refused": "login",
    "not-permitted": "forbidden",
    "not-found": "not-found",
    "method-not-allowed": "not-supported",
    "not-acceptable": "not-supported",
    "unsupported-media-type": "not-supported",
    "not-implemented": "not-supported",
    "conflict": "conflict",
    "idempotency-conflict": "duplicate",
    "gone": "business-rule",
    "payment-required": "business-rule",
    "body-too-large": "too-long",
    "address-too-long": "too-long",
    "headers-too-large": "too-long",
    "request-timeout": "timeout",
    "too-many-requests": "throttled",
    "unavailable": "transient",
    "service-disabled": "transient",
    "storage-full": "no-store",
}
"""Kinds of problem in the codes of the value set IssueType; others by their status."""


def outcome(document: Any, status: int) -> Json:
    """A problem as an OperationOutcome: an issue for each fault of the input, one for anything else.
    `issue_code` and `severity` among its members are what a route says of it itself."""
    slug = str(document.get("type", "")).rpartition("/")[2]
    code = document.get("issue_code") or CODES.get(slug, "exception" if status >= 500 else "processing")
    severity = document.get("severity") or ("fatal" if status >= 500 else "error")
    faults = document.get("errors") or [{}]
    return {
        "resourceType": "OperationOutcome",
        "issue": [_issue(severity, code, document, f) for f in faults],
    }


def _issue(severity: str, code: str, document: Any, fault: Any) -> Json:
    words = document.get("detail") or document["title"]
    found: Json = {"severity": severity, "code": code, "details": {"text": fault.get("message") or words}}
    pointer = str(fault.get("pointer") or "")
    if pointer.startswith("/") and len(pointer) > 1:
        found["expression"] = [re.sub(r"\.(\d+)", r"[\1]", pointer[1:].replace("/", "."))]
    elif pointer:
        found["diagnostics"] = pointer
    return found


def unsupported(pointer: str, words: Text, name: str) -> Problem:
    """A 400 about something that the facade does not do."""
    fault = InputError(pointer, words.fill(name=name))
    return Problem("invalid-input", errors=[fault], more={"issue_code": "not-supported"})


def speak_json() -> None:
    """Raise a 406 for whoever asks for another form than JSON, by `_format` or by `Accept`."""
    asked = request.args.get("_format")
    if asked is not None:
        spoken = asked.partition(";")[0].strip().replace(" ", "+").lower() in JSON
    else:
        accepted = request.accept_mimetypes
        spoken = not accepted or accepted.best_match([MEDIA, "application/json"]) is not None
    if not spoken:
        raise Problem("not-acceptable", ONLY_JSON)


FHIR: Final = Dialect(below="/fhir", media=MEDIA, render=outcome, lenient=True, statuses={422: 400})
