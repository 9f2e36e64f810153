"""Problems as OperationOutcomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from citizen_app.fhir.elements import Json
from citizen_app.text import Text
from citizen_app.wire.problems import InputError, Problem

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


def outcome(document: Mapping[str, Any], status: int) -> Json:
    """A problem document as an OperationOutcome: an issue for each fault of the input, one for anything else.
    `issue_code` and `severity` among its members are what a route says of it itself."""
    slug = str(document.get("type", "")).rpartition("/")[2]
    code = document.get("issue_code") or CODES.get(slug, "exception" if status >= 500 else "processing")
    severity = document.get("severity") or ("fatal" if status >= 500 else "error")
    faults = document.get("errors") or [{}]
    return {
        "resourceType": "OperationOutcome",
        "issue": [_issue(severity, code, document, fault) for fault in faults],
    }


def unsupported(pointer: str, words: Text, name: str) -> Problem:
    """A fault of the input about something that the facade does not do; `words` take the name."""
    fault = InputError(pointer, words.fill(name=name))
    return Problem("invalid-input", errors=[fault], more={"issue_code": "not-supported"})


def _issue(severity: str, code: str, document: Mapping[str, Any], fault: Mapping[str, Any]) -> Json:
    words = document.get("detail") or document["title"]
    found: Json = {"severity": severity, "code": code, "details": {"text": fault.get("message") or words}}
    pointer = str(fault.get("pointer") or "")
    if pointer.startswith("/") and len(pointer) > 1:
        found["expression"] = [re.sub(r"\.(\d+)", r"[\1]", pointer[1:].replace("/", "."))]
    elif pointer:
        found["diagnostics"] = pointer
    return found
