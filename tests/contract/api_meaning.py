"""What the description of the API allows is accepted, but for requests that are right in form and mean
nothing."""

from __future__ import annotations

import re
from typing import Any, Final

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.contract.api_dialects import problem_of

CONFIG: Final = SchemathesisConfig.from_dict(
    {
        # A NUL is no text for us, in JSON or in an address: 400 (tests/integration/core/test_answers.py).
        "generation": {"allow-x00": False},
        "checks": {"positive_data_acceptance": {"enabled": False}},  # `accepted_or_meaningless` instead
    }
)
MEANING: Final = {
    r"POST /api/v1/services/hospital/fhir/Appointment/\$(find|hold|book) /(start|end|_count|(appointment|patient)-reference)": "moments, what `$find` told of, patients of the hospital",
    r"GET /api/v1/services/hospital/fhir/Appointment/\$find /(start|end)": "moments, which are needed",
    r"PUT /api/v1/services/hospital/fhir/Appointment/\{resource_id\} /\w+": "the booking as it is, but for its status",
    r"(GET|POST) .* \?cursor": "a cursor is opaque: only one that this server has signed for this list is any good",
    r"POST .* /id_number": "a date of birth, and a check character",
    r"POST .*/acting /services/.*": "what is installed here",
    r"POST /api/v1/me/wards /id_number": "the number of somebody under eighteen, with a check character",
    r"POST /api/v1/me/delegations /(services/.*|valid_to)?": "services that are installed, an end to come, the bounds of an agent",
    r"POST .* /phone": "a number of a numbering plan, which no pattern describes",
    r"POST /api/v1/kiosks/activate /public_key": "a point on a curve",
    r"(POST|PATCH) /api/v1/admin/kiosks\S* /(service|purposes/.*|context/.*)": "what is installed here",
    r"POST /api/v1/admin/kiosks/\{kiosk_id\}/pin /pin": "digits that nobody guesses first",
    r"POST /api/v1/kiosks/me/search /words": "words of two characters at least, blanks aside",
    r"GET /api/v1/kiosks/me/choices \?(purpose|field|chosen)": "what the service declares",
    r"(POST|PATCH) /api/v1/admin/webhooks\S* /(service|url|notices/.*)": "what is installed here, a host and a port",
    r"POST /api/v1/admin/partners /(service|scopes/.*|expires_at)": "what is installed here and declared by it, an end to come",
    r"PATCH /api/v1/admin/partners/\{partner_id\} /(scopes/.*|expires_at)": "what the service declares, an end to come",
    r"PUT /api/v1/me/consents/\{service\} /scopes": "what the service asks for",
    r"POST /api/v1/me/purse/(top-ups|repayments) /amount": "what the limits of the purse and the debt allow",
    r"POST /api/v1/staff/tokens /expires_at": "a moment within a year from now",
    r"PUT /api/v1/admin/services/\{service\}/settings /.*": "what the service declares",
    r"POST /api/v1/(me/)?scans/\{scan_id\}/answer /.*": "what the scan asked for",
    r"POST /api/v1/me/scans\S* [/?]place_code": "what a poster of this city says",
    r"POST /api/v1/admin/place-codes /(service|purpose|page|title|context/.*)": "what is installed here, and one of two",
    r"POST /api/v1/(me/)?scans /context/.*": "what the purpose declares",
    r"POST .*/tasks/\w+ /file": "a file of the kind that the task takes, by its name and how it begins",
    r"POST .*/(members|claims)/import /file": "a list of people, by its name and what is in it",
    r"POST /api/v1/admin/claims /(type|valid_to)": "a window of time, and no age where a date of birth decides",
    r"(POST|PATCH) .* /(until|ends_at|starts_at|valid_until|policy/anti_passback)": "a window of time, bounds of the present, a rule that needs another",
    r"POST .*/gates/\{gate_id\}/kiosks /kiosk_id": "a kiosk of the service",
    r"GET /api/v1/services/pass/.*/statistics \?last": "a period of 1 to 31 days",
    r"GET /api/v1/services/hospital/.*/statistics \?last": "a period of 1 to 92 days",
    r"GET /api/v1/admin/usage/(statistics|export) \?(from|to)": "a period of 1 to 366 days",
    r"POST /api/v1/admin/usage/exports /(from|to)": "a period of 1 to 366 days",
    r"GET /api/v1/admin/payments/takings(/export)? \?(from|to)": "a period of 1 to 366 days",
    r"POST /api/v1/admin/payments/charges/\{charge_id\}/refunds /amount": "at most what is left of the payment",
    r"(POST|PATCH) /api/v1/services/hospital/operator/\S+ /(hospital|campus|department|doctor)_id": "a hospital of this city, and parts of that one",
    r"(POST|PATCH) /api/v1/services/hospital/operator/(templates|closures)\S* /(ends|valid_until|last_day)": "an end after the start",
    r"POST .*/policies(/effect)? /rules/back_most": "at least the least",
    r"POST /api/v1/services/hospital/desk/\S+ /department_id": "an open department of another hospital of this city",
    r"POST /api/v1/services/hospital/desk/\{hospital_id\}/patients /(id_number|document_kind)": "a number of a document of that kind, with a check character",
    r"POST .*/patients/\{patient_id\}/referrals /(department|answers)_id": "a department of another hospital, and a letter of that one",
    r"POST .*/hospital/partner/reports\S* /.*": "a patient of that hospital, and FHIR, which says more than one schema: observations that are sent along, a PDF",
    r"GET /api/v1/services/bus/journeys \?(from|to)": "stops of the timetable",
}
"""Where a request can be right in form and still mean nothing: `METHOD path pointer` of the 422, and why no
schema can say it."""


def accepted_or_meaningless(context: Any, answer: schemathesis.Response, case: schemathesis.Case) -> None:
    """What the description allows is accepted, unless the 422 names a place where form is not all
    (`MEANING`)."""
    try:
        positive_data_acceptance(context, answer, case)
    except RejectedPositiveData:
        used_up = answer.status_code in (402, 429)  # money, or tries that are counted
        if not (used_up or means_nothing(case.operation.label, answer)):
            raise


def means_nothing(label: str, answer: schemathesis.Response) -> bool:
    """Whether an answer refuses nothing but what `MEANING` knows of, or an idempotency key that an earlier
    request has used for something else: generated requests often share one."""
    problem = problem_of(answer.status_code, answer.headers, answer.text)
    if problem.get("type") == "/problems/idempotency-conflict":
        return True
    errors = problem.get("errors", ()) if problem.get("status") == 422 else ()
    places = [f"{label} {error['pointer']}" for error in errors]
    return bool(places) and all(any(re.fullmatch(known, place) for known in MEANING) for place in places)
