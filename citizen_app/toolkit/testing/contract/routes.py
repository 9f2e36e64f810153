"""Routes: each answers those for whom it is, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from flask.testing import FlaskClient

from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.registry.modules import InstalledModule
from citizen_app.staff.permissions import DEFAULT_ROLES, OPERATE
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.contract.samples import ON_ONE_DATABASE
from citizen_app.toolkit.testing.people import TestCitizen, TestOperator
from citizen_app.web.boundary.audiences import Audience

NOT_FOR_YOU = (401, 403, 404)
ADMINISTRATORS = tuple(role.id for role in DEFAULT_ROLES if OPERATE not in role.permissions)


@dataclass(frozen=True)
class Route:
    """One method of one address, with ids of nobody in it."""

    method: str
    path: str
    rule: str
    audience: Audience

    @property
    def kind(self) -> str:
        """`anyone`, `citizen`, `kiosk` or `staff`."""
        return self.audience.kind

    @property
    def has_ids(self) -> bool:
        """Whether the address names one thing of many."""
        return "<" in self.rule


def routes(app: CitizenFlask, module: InstalledModule) -> Iterator[Route]:
    """Every route of the module."""
    ours = {blueprint.name: blueprint.audience for blueprint in module.blueprints}
    for rule in app.url_map.iter_rules():
        name = rule.endpoint.rpartition(".")[0]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) if name in ours else ():
            path = re.sub(r"<int:[^>]+>", "424242", rule.rule)
            path = re.sub(r"<id:[^>]+>", new_id(), path)
            yield Route(method, re.sub(r"<[^>]+>", "of-nobody", path), rule.rule, ours[name])


@ON_ONE_DATABASE
def test_nobody_calls_a_route_of_others(
    app: CitizenFlask, client: FlaskClient, city: City, module: InstalledModule
) -> None:
    tokens = {
        "citizen": city.citizen().access_token,
        "kiosk": city.kiosk(module.id).token,
        "staff": city.operator(module.id).token,
    }
    for route in routes(app, module):
        if route.kind == "anyone":
            continue
        answer = client.open(route.path, method=route.method, json=_body(route))
        assert answer.status_code == 401, f"{route.method} {route.path} without a token: {answer.status_code}"
        for kind, token in tokens.items():
            if kind != route.kind:
                headers = {"Authorization": f"Bearer {token}"}
                answer = client.open(route.path, method=route.method, json=_body(route), headers=headers)
                words = f"{route.method} {route.path} by a {kind}: {answer.status_code}"
                assert answer.status_code in NOT_FOR_YOU, words


@ON_ONE_DATABASE
def test_operators_of_other_services_stay_outside(
    app: CitizenFlask, city: City, module: InstalledModule
) -> None:
    stranger = city.operator("another_service")
    for route in routes(app, module):
        if route.kind == "staff":
            answer = stranger.call(route.method, route.path, json=_body(route))
            assert answer.status_code in (403, 404), f"{route.method} {route.path}: {answer.status_code}"


def test_administrators_see_nothing_of_it(app: CitizenFlask, city: City, module: InstalledModule) -> None:
    """Who runs the city's systems, secures or audits them, works for no service (GB/T 22239-2019
    §8.1.4.2)."""
    city.seed(module.id)
    for role, service in product(ADMINISTRATORS, (None, module.id)):
        administrator = city.operator(service, role)
        for route in routes(app, module):
            if route.kind == "staff":
                answer = administrator.call(route.method, route.path, json=_body(route))
                words = f"{route.method} {route.path} by a {role}: {answer.status_code}"
                assert answer.status_code == 403, words
                assert answer.get_json()["type"] == "/problems/not-permitted", words


def test_routes_answer_those_for_whom_they_are(
    app: CitizenFlask, client: FlaskClient, city: City, module: InstalledModule
) -> None:
    """With no data, with demo data, and asked for nonsense."""
    callers: dict[str, TestCitizen | TestOperator] = {
        "citizen": city.citizen(),
        "staff": city.operator(module.id),
    }
    kiosk = city.kiosk(module.id)
    for step in ("empty", "seeded"):
        if step == "seeded":
            city.seed(module.id)
        for route in routes(app, module):
            for query in ("", "?no_such_parameter=1"):
                path = f"{route.path}{query}"
                if route.kind in callers:
                    answer = callers[route.kind].call(route.method, path, json=_body(route))
                else:
                    headers = {"Authorization": f"Bearer {kiosk.token}"} if route.kind == "kiosk" else {}
                    answer = client.open(path, method=route.method, json=_body(route), headers=headers)
                words = f"{route.method} {path} ({step}): {answer.status_code} {answer.text}"
                assert answer.status_code < 500, words
                if route.method == "GET" and not route.has_ids and not query:
                    assert answer.status_code in (200, 422), words
                if answer.status_code >= 400:
                    assert answer.content_type.startswith("application/problem+json"), words


def test_an_id_of_nobody_is_not_found(app: CitizenFlask, city: City, module: InstalledModule) -> None:
    """As an id of somebody else must be: a citizen cannot learn from an answer what others have."""
    citizen = city.citizen()
    for route in routes(app, module):
        if route.kind == "citizen" and route.has_ids:
            answer = citizen.call(route.method, route.path, json=_body(route))
            assert answer.status_code in (404, 422), f"{route.method} {route.path}: {answer.status_code}"


@ON_ONE_DATABASE
def test_routes_are_documented(client: FlaskClient, app: CitizenFlask, module: InstalledModule) -> None:
    document = client.get("/api/openapi.json").get_json()
    for route in routes(app, module):
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", route.rule)
        described = document["paths"].get(path, {}).get(route.method.lower())
        assert described is not None, f"{route.method} {path} is not in the API document"
        assert described.get("summary"), f"{route.method} {path} does not say what it does (docstring)"


def _body(route: Route) -> Any:
    return {} if route.method in ("POST", "PUT", "PATCH") else None
