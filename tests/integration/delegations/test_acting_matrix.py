"""Every route for citizens × every kind of agent: made from the URL map, so that a new route must say here
who may call it for another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import pytest

from citizen_app.citizens.acting import ActingKind
from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.web.boundary.acting import ONESELF, OUT_OF_SCOPE
from citizen_app.web.boundary.audiences import audience_of
from tests.integration.delegations.conftest import delegate, person, token_of, with_token
from tests.integration.delegations.test_acting_tokens import Clerk

NOBODY: Final = frozenset[ActingKind]()
ANYBODY: Final = frozenset(ActingKind)
DECIDING: Final = ANYBODY - {ActingKind.AGENT}
FAMILY: Final = ANYBODY - {ActingKind.CLERK}
CARING: Final = FAMILY - {ActingKind.AGENT}
WITH_MONEY: Final = frozenset({ActingKind.GUARDIAN, ActingKind.CLERK})
CORE: Final = {
    ("GET", "/api/v1/me"): NOBODY,
    ("GET", "/api/v1/me/code"): FAMILY,
    ("POST", "/api/v1/me/scans"): FAMILY,
    ("POST", "/api/v1/me/scans/<id:scan_id>/answer"): FAMILY,
    ("GET", "/api/v1/me/usage"): ANYBODY,
    ("POST", "/api/v1/me/usage/<id:event_id>/dispute"): frozenset({ActingKind.GUARDIAN}),
    ("GET", "/api/v1/me/looks"): ANYBODY,
    ("GET", "/api/v1/me/notices"): ANYBODY,
    ("POST", "/api/v1/me/notices/read"): CARING,
    ("POST", "/api/v1/me/notices/<id:notice_id>/read"): CARING,
    ("POST", "/api/v1/me/notices/<id:notice_id>/dispute"): CARING,
    ("GET", "/api/v1/me/notices/preferences"): NOBODY,
    ("PUT", "/api/v1/me/notices/preferences"): NOBODY,
    ("GET", "/api/v1/me/notices/email"): NOBODY,
    ("PUT", "/api/v1/me/notices/email"): NOBODY,
    ("POST", "/api/v1/me/notices/email/confirmation"): NOBODY,
    ("DELETE", "/api/v1/me/notices/email"): NOBODY,
    ("GET", "/api/v1/me/cards"): ANYBODY,
    ("GET", "/api/v1/me/name"): NOBODY,
    ("GET", "/api/v1/me/sessions"): NOBODY,
    ("DELETE", "/api/v1/me/sessions"): NOBODY,
    ("DELETE", "/api/v1/me/sessions/<id:session_id>"): NOBODY,
    **{
        (method, f"/api/v1/me/purse{path}"): WITH_MONEY
        for method, path in (
            ("GET", ""),
            ("GET", "/statement"),
            ("GET", "/statement/<id:posting_id>"),
            ("POST", "/top-ups"),
            ("GET", "/top-ups/<id:order_id>"),
            ("POST", "/repayments"),
            ("POST", "/freeze"),
            ("POST", "/open"),
            ("POST", "/close"),
        )
    },
    ("GET", "/api/v1/me/export"): WITH_MONEY,
    ("POST", "/api/v1/me/export"): WITH_MONEY,
    ("GET", "/api/v1/me/erasure"): WITH_MONEY,
    ("DELETE", "/api/v1/me"): WITH_MONEY,
    ("GET", "/api/v1/me/requests"): NOBODY,
    ("GET", "/api/v1/me/purse/wards"): NOBODY,
    ("PUT", "/api/v1/me/purse/wards/<id:delegation_id>"): NOBODY,
    ("DELETE", "/api/v1/me/purse/wards/<id:delegation_id>"): NOBODY,
    ("GET", "/api/v1/me/claims"): NOBODY,
    ("GET", "/api/v1/me/consents"): DECIDING,
    ("PUT", "/api/v1/me/consents/<string:service>"): DECIDING,
    ("DELETE", "/api/v1/me/consents/<string:service>"): DECIDING,
    ("PUT", "/api/v1/me/consents/notice"): NOBODY,
    ("DELETE", "/api/v1/me/consents/notice"): NOBODY,
    ("POST", "/api/v1/me/real-name"): NOBODY,
    ("POST", "/api/v1/me/eid"): NOBODY,
    ("POST", "/api/v1/auth/reauthentication"): NOBODY,
    ("POST", "/api/v1/me/wards"): NOBODY,
    ("GET", "/api/v1/me/delegations"): NOBODY,
    ("POST", "/api/v1/me/delegations"): NOBODY,
    ("GET", "/api/v1/me/delegations/<id:delegation_id>"): NOBODY,
    ("DELETE", "/api/v1/me/delegations/<id:delegation_id>"): NOBODY,
    ("POST", "/api/v1/me/delegations/<id:delegation_id>/acceptance"): NOBODY,
    ("POST", "/api/v1/me/delegations/<id:delegation_id>/token"): NOBODY,
}
"""The closed list (issue 11, 3): what does not stand here fails the test."""
Route = tuple[str, str, str | None]


def routes(app: CitizenFlask) -> Iterator[Route]:
    """Method, rule and service of every route of the API for citizens; pages know no agents."""
    for rule in app.url_map.iter_rules():
        blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        if audience_of(blueprint).kind == "citizen" and rule.rule.startswith("/api/"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, getattr(blueprint, "service", None)


def address(app: CitizenFlask, rule: str) -> str:
    """A route with ids of nothing."""
    for part in rule.split("/"):
        if part.startswith("<"):
            rule = rule.replace(part, new_id() if part.startswith("<id:") else "1", 1)
    return rule


def refusal(city: City, token: str, method: str, path: str) -> str | None:
    """Why the boundary refuses; None where the route itself answers."""
    body: dict[str, Any] = {} if method == "GET" else {"json": {}}
    answer = with_token(city, token, method, path, headers={"Accept-Language": "en"}, **body)
    assert answer.status_code not in (401, 429, 500), (method, path, answer.text)
    said = answer.get_json(silent=True) or {}
    words = {ONESELF.en: "oneself", OUT_OF_SCOPE.en: "scope"}
    return words.get(said.get("detail", "")) if answer.status_code == 403 else None


def token(city: City, kind: ActingKind, ward: TestCitizen, *services: str) -> str:
    """Of somebody who acts in this role."""
    if kind == ActingKind.CLERK:
        return Clerk(city).acts_for(ward, *services)
    agent = person(city)
    return token_of(agent, delegate(city, agent, ward, kind, *services))


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)


def test_every_route_of_the_core_is_on_the_list_or_fails(app: CitizenFlask) -> None:
    core = {(method, rule) for method, rule, service in routes(app) if service is None}
    assert core == set(CORE), "say in CORE who may call the route for another; by default nobody may"


@pytest.mark.parametrize("kind", list(ActingKind))
def test_every_cell(app: CitizenFlask, city: City, kind: ActingKind) -> None:
    child = person(city, 8, phone=False)
    everywhere, on_the_bus = token(city, kind, child), token(city, kind, child, "bus")
    wrong, cells = [], 0
    for (method, rule, service), (scope, held) in product(
        list(routes(app)), (("all", everywhere), ("bus", on_the_bus))
    ):
        if service is None:
            expected = None if kind in CORE[method, rule] else "oneself"
        else:
            expected = None if scope == "all" or service == "bus" else "scope"
        found = refusal(city, held, method, address(app, rule))
        cells += 1
        if found != expected:
            wrong.append(f"{method} {rule} by {kind} within {scope}: {found}, not {expected}")
    assert cells > 60
    assert wrong == []


def test_an_acting_token_makes_no_other_and_starts_nothing(
    city: City, elder: TestCitizen, daughter: TestCitizen
) -> None:
    """Also where the ward is an agent of somebody themselves."""
    of_elder = delegate(city, elder, person(city, 80))
    acting = token_of(daughter, delegate(city, daughter, elder))
    assert with_token(city, acting, "POST", f"/api/v1/me/delegations/{of_elder}/token").status_code == 403
