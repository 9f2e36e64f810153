"""What the description of the API allows is accepted, but for requests that are right in form and mean
nothing."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi.checks import positive_data_acceptance

CONFIG: Final = SchemathesisConfig.from_dict(
    {
        # A NUL is no text for us, in JSON or in an address: 400 (tests/integration/core/test_answers.py).
        "generation": {"allow-x00": False},
        "checks": {"positive_data_acceptance": {"enabled": False}},  # `accepted_or_meaningless` instead
    }
)
MEANING: Final = {
    r"(GET|POST) .* \?cursor": "a cursor is opaque: only one that this server has signed for this list is any good",
    r"POST .* /id_number": "a date of birth, and a check character",
    r"POST .*/acting /services/.*": "what is installed here",
    r"POST /api/v1/me/wards /id_number": "the number of somebody under eighteen, with a check character",
    r"POST /api/v1/me/delegations /(services/.*|valid_to)?": "services that are installed, an end to come, the bounds of an agent",
    r"POST .* /phone": "a number of a numbering plan, which no pattern describes",
    r"POST /api/v1/kiosks/activate /public_key": "a point on a curve",
    r"(POST|PATCH) /api/v1/admin/kiosks\S* /(service|purposes/.*|context/.*)": "what is installed here",
    r"PUT /api/v1/me/consents/\{service\} /scopes": "what the service asks for",
    r"POST /api/v1/staff/tokens /expires_at": "a moment within a year from now",
    r"PUT /api/v1/admin/services/\{service\}/settings /.*": "what the service declares",
    r"POST /api/v1/scans/\{scan_id\}/answer /.*": "what the scan asked for",
    r"POST /api/v1/scans /context/.*": "what the purpose declares",
    r"POST .*/(members|claims)/import /file": "a list of people, by its name and what is in it",
    r"POST /api/v1/admin/claims /(type|valid_to)": "a window of time, and no age where a date of birth decides",
    r"(POST|PATCH) .* /(until|ends_at|starts_at|valid_until|policy/anti_passback)": "a window of time, bounds of the present, a rule that needs another",
    r"POST .*/gates/\{gate_id\}/kiosks /kiosk_id": "a kiosk of the service",
    r"GET /api/v1/services/pass/.*/statistics \?last": "a period of 1 to 31 days",
    r"GET /api/v1/admin/usage/(statistics|export) \?(from|to)": "a period of 1 to 366 days",
}
"""Where a request can be right in form and still mean nothing: `METHOD path pointer` of the 422, and why no
schema can say it."""


def accepted_or_meaningless(context: Any, answer: schemathesis.Response, case: schemathesis.Case) -> None:
    """What the description allows is accepted, unless the 422 names a place where form is not all
    (`MEANING`)."""
    try:
        positive_data_acceptance(context, answer, case)
    except RejectedPositiveData:
        used_up = answer.status_code == 429  # tries that are counted, not the rate of requests
        key_reused = answer.status_code == 422 and "idempotency-conflict" in answer.text
        if not (used_up or key_reused or means_nothing(case.operation.label, answer)):
            raise


def means_nothing(label: str, answer: schemathesis.Response) -> bool:
    """Whether an answer refuses nothing but what `MEANING` knows of."""
    errors = json.loads(answer.text).get("errors", ()) if answer.status_code == 422 else ()
    places = [f"{label} {error['pointer']}" for error in errors]
    return bool(places) and all(any(re.fullmatch(known, place) for known in MEANING) for place in places)
