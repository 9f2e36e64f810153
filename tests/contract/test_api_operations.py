"""Every operation of the API against its own description, by schemathesis: whatever the description allows is
accepted, whatever it forbids is refused, and every answer is one that it names.

In process, on SQLite, as everyone who may call: first as those whom the audience names, in turn, then, with
some of the same requests, as everybody else. The same requests each time; drills take others and more
(`tests/drills/sizes.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test

from citizen_app.factory import CitizenFlask
from citizen_app.web.boundary.responses import SECURITY_HEADERS
from tests.contract.api_app import installed_document
from tests.contract.api_city import CALLERS, Callers, callers_of
from tests.contract.api_meaning import CONFIG, accepted_or_meaningless
from tests.drills.sizes import FULL, OPERATION_EXAMPLES, OPERATION_OTHERS

pytestmark = pytest.mark.generated
load_all_checks()
TURNS: Final[Counter[str]] = Counter()
SCHEMA: Final = schemathesis.openapi.from_dict(
    installed_document(),
    config=CONFIG,
)
FEEDBACK: Final = FeedbackSources()


class Stage:
    """The WSGI application that requests go to: tests are made from the document before the city stands."""

    app: CitizenFlask | None = None

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Hand on."""
        assert self.app is not None
        return self.app(environ, start_response)


SCHEMA.app = Stage()
OPERATIONS: Final = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_keeps_its_description(label: str, callers: Callers) -> None:
    """The requests are made when the test runs: made while tests are collected, in every process anew, they
    took longer than everything else there."""
    SCHEMA.app.app = callers.app

    @settings(
        max_examples=OPERATION_EXAMPLES,
        derandomize=not FULL,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def keeps_it(case: schemathesis.Case) -> None:
        ask(case, callers)

    build_operation_test(
        config=SCHEMA.config,
        operation=OPERATIONS[label],
        test_func=keeps_it,
        given_kwargs={},
        feedback=FEEDBACK,
    )()


def ask(case: schemathesis.Case, callers: Callers) -> None:
    """Send a request as one of those who may, in turn; some of them as everybody else, too."""
    operation, turn = case.operation, TURNS[case.operation.label]
    TURNS[operation.label] += 1
    if operation.label == "DELETE /api/v1/me":
        case.query.pop("confirm", None)  # whoever has closed their account calls no more
    rightful = callers_of(callers.audiences[operation.method.upper(), operation.path], operation.method)
    caller = rightful[turn % len(rightful)]
    if turn % 2 == 0 and case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE:
        for name in case.path_parameters:
            case.path_parameters[name] = (
                callers.existing(operation.path, name, caller) or case.path_parameters[name]
            )
    send(case, callers, caller)
    if turn < OPERATION_OTHERS and case.method == operation.method.upper():
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
