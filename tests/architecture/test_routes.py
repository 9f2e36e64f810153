"""Who may call what: every route says so, and the API document and the routes tell the same story."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask_smorest import Blueprint as ApiBlueprint
from werkzeug.routing import Rule

from citizen_app.factory import CitizenFlask
from citizen_app.staff.declared_permissions import known_permissions
from citizen_app.web.boundary.audiences import Audience

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_TO_ANYONE = frozenset({"static", "api-docs.openapi_json"})
"""Routes of the frameworks themselves: files, and the API document."""
SIGN_IN = frozenset(
    {"/api/v1/staff/sessions", "/console/sign-in", "/console/set-up", "/console/set-up/account"}
)


def rules(app: CitizenFlask) -> list[Rule]:
    """Every route."""
    found = list(app.url_map.iter_rules())
    assert len(found) > 40
    return found


def audience(app: CitizenFlask, rule: Rule) -> Audience | None:
    """Who may call a route; None when nobody said."""
    blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
    said = getattr(blueprint, "audience", None)
    return said if isinstance(said, Audience) else None


def documented_path(rule: Rule) -> str:
    """The route as OpenAPI writes it."""
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)


def operations(app: CitizenFlask, *, api_only: bool = True) -> set[tuple[str, str]]:
    """`(method, path)` of every operation of the API."""
    return {
        (method, documented_path(rule))
        for rule in rules(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if isinstance(app.blueprints.get(rule.endpoint.rpartition(".")[0]), ApiBlueprint) or not api_only
    }


@pytest.fixture(scope="module")
def document(house: CitizenFlask) -> dict[str, Any]:
    """The API document as it is served."""
    answer = house.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.get_json()
    return document


def test_every_route_has_an_audience(house: CitizenFlask) -> None:
    silent = [r.rule for r in rules(house) if r.endpoint not in OPEN_TO_ANYONE and audience(house, r) is None]
    assert silent == []


def test_every_staff_route_that_changes_something_asks_for_a_permission(house: CitizenFlask) -> None:
    checked, wrong = 0, []
    with house.app_context():
        known = known_permissions().keys()
    for rule in rules(house):
        of_staff = rule.rule.startswith(("/api/v1/admin", "/api/v1/staff", "/console"))
        if not of_staff or rule.rule in SIGN_IN or not (rule.methods or set()) - SAFE:
            continue
        said = audience(house, rule)
        checked += 1
        if said is None or said.kind != "staff" or not {said.read, said.write} <= known:
            wrong.append(f"{rule.rule} {said}")
    assert checked > 5
    assert wrong == []


def test_every_operation_of_the_api_is_documented_and_the_reverse(
    house: CitizenFlask, document: dict[str, Any]
) -> None:
    written = {
        (method.upper(), path)
        for path, entry in document["paths"].items()
        for method in entry
        if method in ("get", "put", "post", "patch", "delete")
    }
    assert written == operations(house)


def test_nothing_below_api_is_outside_the_document(house: CitizenFlask, document: dict[str, Any]) -> None:
    hidden = {
        (method, path)
        for method, path in operations(house, api_only=False) - operations(house)
        if path.startswith("/api/") and path not in ("/api/openapi.json", "/api/docs")
    }
    assert hidden == set()


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    silent = [
        f"{method} {path}"
        for path, entry in document["paths"].items()
        for method, operation in entry.items()
        if isinstance(operation, dict) and "responses" in operation and not operation.get("summary")
    ]
    assert silent == []


def test_a_get_never_takes_a_body(document: dict[str, Any]) -> None:
    assert [path for path, entry in document["paths"].items() if "requestBody" in entry.get("get", {})] == []
