"""Problems as OperationOutcomes."""

from __future__ import annotations

from typing import Any

import pytest

from citizen_app.fhir.outcomes import CODES, outcome, unsupported
from citizen_app.text import Text
from citizen_app.wire.problem_types import TYPES
from citizen_app.wire.problems import InputError, Problem

ISSUE_TYPES = {
    "invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired",
    "forbidden", "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found",
    "deleted", "too-long", "code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient",
    "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled", "informational",
}  # fmt: skip
"""The value set IssueType of R4."""


def issues(problem: Problem) -> list[dict[str, Any]]:
    """What a problem says in FHIR."""
    document = problem.as_document("en", None)
    said = outcome(document, document["status"])
    assert said["resourceType"] == "OperationOutcome"
    found: list[dict[str, Any]] = said["issue"]
    return found


def test_every_problem_has_an_issue_of_a_known_type() -> None:
    assert TYPES.keys() >= CODES.keys()
    for slug in TYPES:
        (issue,) = issues(Problem(slug))
        assert issue["code"] in ISSUE_TYPES, slug
        assert issue["severity"] == ("fatal" if TYPES[slug].status >= 500 else "error"), slug
        assert issue["details"]["text"], slug


@pytest.mark.parametrize(
    ("pointer", "where"),
    [
        ("/parameter/0/valueReference", {"expression": ["parameter[0].valueReference"]}),
        ("/id", {"expression": ["id"]}),
        ("?start", {"diagnostics": "?start"}),
        ("/", {"diagnostics": "/"}),
    ],
)
def test_a_fault_says_where_it_is(pointer: str, where: dict[str, Any]) -> None:
    (issue,) = issues(Problem("invalid-input", errors=[InputError(pointer, Text("错", "wrong"))]))
    assert issue == {"severity": "error", "code": "invalid", "details": {"text": "wrong"}, **where}


def test_each_fault_is_an_issue_and_a_route_may_say_what_it_is() -> None:
    faults = [InputError("/a", Text("错", "wrong")), InputError("/b", Text("缺", "missing"))]
    assert [one["expression"] for one in issues(Problem("invalid-input", errors=faults))] == [["a"], ["b"]]
    more = {"issue_code": "not-found", "severity": "fatal"}
    assert [(one["severity"], one["code"]) for one in issues(Problem("conflict", more=more))] == [
        ("fatal", "not-found")
    ]
    (issue,) = issues(unsupported("?x:not", Text("没有 {name}", "no {name}"), "x:not"))
    assert (issue["code"], issue["details"]["text"]) == ("not-supported", "no x:not")
