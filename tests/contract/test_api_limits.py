"""Every field of every request states its limits, and a value beyond one is refused for that (OWASP API4,
ASVS V2.2.1).

A value beyond a bound hears a 422 that names the field, with words that a value at the bound does not hear:
so it is the bound that is checked, and the description tells it as it is.
"""

from __future__ import annotations

import copy
import json
import re
from typing import Any, Final
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from citizen_app.ids import new_id
from tests.contract.api_app import installed_document
from tests.contract.api_city import Callers, callers_of
from tests.contract.api_dialects import problem_of
from tests.contract.api_fields import Field, at_the_bound, beyond, fields_of, is_bounded, kinds, operations

DOCUMENT: Final = installed_document()
LABELS: Final = operations(DOCUMENT)
UNBOUNDED: Final = {
    r"\S+ \S+ (\?|/)limit": "more than the most gives the most, so that no client has to know the figure",
    r"\S+ \S+ \{(service|line_id|stop_id|version)\}": "part of the address, which the server in front cuts; nothing of that name is not there",
    r"POST /api/v1/scans /code": "what a scanner read, whatever it is: too long a text is a refusal, `malformed`",
    r"POST /api/v1/scans /context": "what the purpose declares, and nothing else",
    r"POST /api/v1/scans/batch /scans/0": "each as in POST /api/v1/scans, by the same schema",
    r"POST /api/v1/(me/)?scans/\{scan_id\}/answer ": "what the scan asked for, and nothing else",
    r"PUT /api/v1/admin/services/\{service\}/settings ": "what the service declares, and nothing else",
    r"POST \S+/partner/reports(/bundle)? /(contained/0|entry/0/resource)": "a resource of FHIR, each judged by the schema of its type",
    r"POST \S+/((members|claims)/import|tasks/\w+) /file": "a file: one that is too large is a 413, or a 422 (`test_importing`)",
}
"""What states no limit of its own, by the names of the fields, and why."""
HUGE: Final[dict[str, Any]] = {
    "string": "x" * 20_000,
    "integer": 10**400,
    "object": {f"m{number}": "x" for number in range(2_000)},
}


def excused(field: Field) -> str | None:
    """The entry in the table that speaks of the field."""
    return next((known for known in UNBOUNDED if re.fullmatch(known, field.name)), None)


def test_every_field_states_its_limits() -> None:
    endless = [
        (field.name, field.schema)
        for label in LABELS
        for field in fields_of(DOCUMENT, label)
        if not is_bounded(field.schema) and excused(field) is None
    ]
    assert endless == []


def test_what_is_excused_exists_and_needs_it() -> None:
    fields = [field for label in LABELS for field in fields_of(DOCUMENT, label)]
    assert {excused(field) for field in fields if not is_bounded(field.schema)} == {*UNBOUNDED}
    assert [field.name for field in fields if excused(field) and is_bounded(field.schema)] == []
    assert len(fields) > 200


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "string"},
        {"type": ["string", "null"], "minLength": 1},
        {"type": "string", "pattern": "^[a-z]+$"},
        {"type": "string", "pattern": "[a-z]{3}"},
        {"type": "string", "pattern": "^[a-z]{3}"},
        {"type": "string", "format": "binary"},
        {"type": "integer", "minimum": 0},
        {"type": ["number", "null"], "maximum": 9},
        {"type": "array", "items": {"type": "boolean"}},
        {"type": "object", "maxLength": 20},
        {"type": ["string", "integer"], "maxLength": 20},
    ],
)
def test_what_has_no_end_is_seen(schema: dict[str, Any]) -> None:
    assert not is_bounded(schema)


@pytest.mark.parametrize("label", LABELS)
def test_what_is_beyond_a_limit_is_refused(callers: Callers, label: str) -> None:
    for field in fields_of(DOCUMENT, label):
        if excused(field):
            is_borne(callers, field)
        else:
            keeps_its_limits(callers, field)


def test_an_answer_names_no_more_faults_than_the_description_says(callers: Callers) -> None:
    sent = {f"m{number}": 1 for number in range(40_000)}
    answer = callers.app.test_client().post("/api/v1/auth/challenges", json=sent)
    most = DOCUMENT["components"]["schemas"]["Problem"]["properties"]["errors"]["maxItems"]
    assert answer.status_code == 422
    assert len(answer.get_json()["errors"]) == most
    assert len(answer.data) < 10_000


def keeps_its_limits(callers: Callers, field: Field) -> None:
    """Values beyond each bound are refused, and for that; what is not an address is named."""
    if field.place == "path":
        assert {send(callers, field, value).status_code for value in beyond(field)} == {404}
        return
    allowed = [complaint for value in at_the_bound(field) for complaint in complaints(callers, field, value)]
    for value in beyond(field):
        refused = complaints(callers, field, value)
        assert refused, (field.name, str(value)[:100])
        assert not {*refused} <= {*allowed}, (field.name, refused)


def is_borne(callers: Callers, field: Field) -> None:
    """Whatever is sent where no limit is stated, the answer is none of ours failing."""
    for kind in kinds(field.schema) - {"boolean"}:
        answer = send(callers, field, HUGE[kind])
        assert answer.status_code < 500, (field.name, answer.text)


def complaints(callers: Callers, field: Field, value: Any) -> list[str]:
    """What is said against the field when it has this value, whatever else is wrong."""
    answer = send(callers, field, value)
    assert answer.status_code < 500, (field.name, answer.text)
    problem = problem_of(answer.status_code, answer.headers, answer.text)
    errors = problem.get("errors", ()) if problem.get("status") == 422 else ()
    return [error["message"] for error in errors if f"{error['pointer']}/".startswith(f"{field.pointer}/")]


def asked_as(field: Field, value: Any) -> Any:
    """A value as it stands in a query: a list is repeated, or joined by commas where the description says
    so."""
    method, _, path = field.label.partition(" ")
    parameters = DOCUMENT["paths"][path][method.lower()]["parameters"]
    repeated = next(one.get("explode", True) for one in parameters if one["name"] == field.steps[0])
    return value if repeated or not isinstance(value, list) else ",".join(value)


def send(callers: Callers, field: Field, value: Any) -> TestResponse:
    """The answer to a request with nothing but that value, by somebody who may."""
    method, _, path = field.label.partition(" ")
    caller = callers_of(callers.audiences[method, path], method)[0]
    address = re.sub(
        r"{(\w+)}", lambda found: quote(str(value), safe="") if named(field, found[1]) else new_id(), path
    )
    parts: dict[str, Any] = {"headers": dict(callers.headers(caller))}
    if field.place == "query":
        parts["query_string"] = {field.steps[0]: asked_as(field, value)}
    if field.place == "header":
        parts["headers"][field.steps[0]] = value
    if field.place == "body":
        parts |= {"data": json.dumps(nested(field.steps, value)), "content_type": "application/json"}
    elif method != "GET":
        parts["json"] = {}
    answer = callers.app.test_client().open(address, method=method, **parts)
    answer.get_data()
    callers.after(caller, method, answer.status_code)
    return answer


def named(field: Field, parameter: str) -> bool:
    """Whether the field is this part of the address."""
    return field.place == "path" and field.steps[0] == parameter


def nested(steps: tuple[str | int, ...], value: Any) -> Any:
    """The value, inside objects and lists that hold nothing else."""
    for step in reversed(steps):
        value = [value] if step == 0 else {step: value}
    return value


@pytest.mark.parametrize(
    ("label", "pointer", "lie"),
    [
        ("GET /api/v1/services", "?q", {"maxLength": 7}),
        ("POST /api/v1/kiosks/me/heartbeat", "/journal_seq", {"maximum": 7}),
        ("POST /api/v1/kiosks/me/heartbeat", "/app_version", {"maxLength": 70}),
        ("POST /api/v1/admin/kiosks", "/purposes", {"maxItems": 3}),
        ("POST /api/v1/admin/kiosks", "/context", {"maxProperties": 3}),
        ("POST /api/v1/staff/sessions", "/totp", {"pattern": "^[0-9]{4}$"}),
    ],
)
def test_a_limit_that_is_not_so_is_found_out(
    callers: Callers, label: str, pointer: str, lie: dict[str, Any]
) -> None:
    field = next(field for field in fields_of(DOCUMENT, label) if field.pointer == pointer)
    keeps_its_limits(callers, field)
    told = Field(label, field.place, field.steps, {**copy.deepcopy(field.schema), **lie})
    with pytest.raises(AssertionError):
        keeps_its_limits(callers, told)
