"""Every operation of the API against its own description, by schemathesis: whatever the description allows is accepted, whatever it
forbids is refused, and every answer is one that it names.

In process, on SQLite, as everyone who may call: first as those whom the audience names, in turn, then, with some of the same
requests, as everybody else. The same requests each time; drills take others and more (`CITIZEN_DRILL`).
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi.checks import positive_data_acceptance

from citizen_app.factory import CitizenFlask
from citizen_app.web.responses import SECURITY_HEADERS
from tests.contract.api_city import (
    CALLERS,
    Callers,
    callers_of,
    installed_document,
    unlimited_app,
)

DRILL: Final = int(os.environ.get("CITIZEN_DRILL", "0"))
EXAMPLES: Final = 4 * (DRILL + 1)
SENT_BY_OTHERS: Final = 2
"""How many of an operation's requests everybody else sends too."""

load_all_checks()

MEANING: Final = {
    r"(GET|POST) .* \?cursor": "a cursor is opaque: only one that this server has signed for this list is any good",
    r"POST .* /phone": "a number of a numbering plan, which no pattern describes",
    r"POST /api/v1/kiosks/activate /public_key": "a point on a curve",
    r"(POST|PATCH) /api/v1/admin/kiosks\S* /(service|purposes/.*|context/.*)": "what is installed here",
    r"POST /api/v1/staff/tokens /expires_at": "a moment within a year from now",
    r"PUT /api/v1/admin/services/\{service\}/settings /.*": "what the service declares",
    r"POST /api/v1/scans/\{scan_id\}/answer /.*": "what the scan asked for",
    r"POST /api/v1/scans /context/.*": "what the purpose declares",
    r"POST .*/members/import /file": "a list of people, by its name and what is in it",
    r"(POST|PATCH) .* /(until|ends_at|starts_at|valid_until|policy/anti_passback)": "a window of time, bounds of the present, a rule that needs another",
    r"POST .*/gates/\{gate_id\}/kiosks /kiosk_id": "a kiosk of the service",
    r"GET /api/v1/services/pass/.*/statistics \?last": "a period of 1 to 31 days",
    r"GET /api/v1/admin/usage/(statistics|export) \?(from|to)": "a period of 1 to 366 days",
}
"""Where a request can be right in form and still mean nothing: `METHOD path pointer` of the 422, and why no schema can say it."""


TURNS: Final[Counter[str]] = Counter()
SCHEMA: Final = schemathesis.openapi.from_dict(
    installed_document(),
    config=SchemathesisConfig.from_dict(
        {
            # A NUL is no text for us, in JSON or in an address: 400 (tests/integration/core/test_answers.py).
            "generation": {"allow-x00": False},
            "checks": {"positive_data_acceptance": {"enabled": False}},  # `accepted_or_meaningless` instead
        }
    ),
)


class Stage:
    """The WSGI application that requests go to: tests are made from the document before the city stands."""

    app: CitizenFlask | None = None

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Hand on."""
        assert self.app is not None
        return self.app(environ, start_response)


SCHEMA.app = Stage()


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """The city."""
    with unlimited_app(tmp_path_factory.mktemp("api") / "city") as app:
        SCHEMA.app.app = app
        yield Callers(app)


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=not DRILL,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_keeps_its_description(case: schemathesis.Case, callers: Callers) -> None:
    operation, turn = case.operation, TURNS[case.operation.label]
    TURNS[operation.label] += 1
    rightful = callers_of(callers.audiences[operation.method.upper(), operation.path], operation.method)
    caller = rightful[turn % len(rightful)]
    if turn % 2 == 0 and case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE:
        for name in case.path_parameters:
            case.path_parameters[name] = (
                callers.existing(operation.path, name, caller) or case.path_parameters[name]
            )
    send(case, callers, caller)
    if turn < SENT_BY_OTHERS and case.method == operation.method.upper():
        for other in CALLERS:
            if other not in rightful:
                assert send(case, callers, other).status_code in (401, 403, 404), other


def send(case: schemathesis.Case, callers: Callers, caller: str) -> schemathesis.Response:
    """Send the request as somebody and check the answer."""
    headers = callers.headers(caller)
    answer = case.call(headers=headers)
    assert not [
        name for name in SECURITY_HEADERS if name not in answer.headers and name.lower() not in answer.headers
    ]
    try:
        case.validate_response(answer, headers=headers, additional_checks=[accepted_or_meaningless])
    finally:
        callers.after(caller, case.method, answer.status_code)
    return answer


def accepted_or_meaningless(context: Any, answer: schemathesis.Response, case: schemathesis.Case) -> None:
    """What the description allows is accepted, unless the 422 names a place where form is not all (`MEANING`)."""
    try:
        positive_data_acceptance(context, answer, case)
    except RejectedPositiveData:
        errors = json.loads(answer.text).get("errors", ()) if answer.status_code == 422 else ()
        places = [f"{case.operation.label} {error['pointer']}" for error in errors]
        if not places or not all(any(re.fullmatch(known, place) for known in MEANING) for place in places):
            raise
