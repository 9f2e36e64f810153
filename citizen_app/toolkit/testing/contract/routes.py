"""Routes: each answers those for whom it is, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from flask.testing import FlaskClient

from citizen_app import clock
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.partners import operations as partners
from citizen_app.registry.modules import InstalledModule
from citizen_app.staff.permissions import DEFAULT_ROLES, OPERATE
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.contract.samples import ON_ONE_DATABASE
from citizen_app.toolkit.testing.partners import hand_out
from citizen_app.toolkit.testing.people import TestCitizen, TestOperator
from citizen_app.web.boundary.audiences import Audience
from citizen_app.web.boundary.dialects import dialect_at

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
        """`anyone`, `citizen`, `kiosk`, `partner` or `staff`."""
        return self.audience.kind

    @property
    def is_open(self) -> bool:
        """Whether anyone may call, too."""
        return self.kind == "anyone" or (self.audience.open and self.method == "GET")

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
        "partner": _partner(city, module)["Authorization"].partition(" ")[2],
    }
    for route in routes(app, module):
        if route.kind == "anyone":
            continue
        answer = client.open(route.path, method=route.method, json=_body(route))
        words = f"{route.method} {route.path} without a token: {answer.status_code}"
        assert (answer.status_code == 401) is not route.is_open, words
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


@ON_ONE_DATABASE
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
    machines = {
        "kiosk": {"Authorization": f"Bearer {city.kiosk(module.id).token}"},
        "partner": _partner(city, module),
    }
    for step in ("empty", "seeded"):
        if step == "seeded":
            city.seed(module.id)
        for route in routes(app, module):
            for query in ("", "?no_such_parameter=1"):
                path = f"{route.path}{query}"
                if route.kind in callers:
                    answer = callers[route.kind].call(route.method, path, json=_body(route))
                else:
                    headers = machines.get(route.kind, {})
                    answer = client.open(path, method=route.method, json=_body(route), headers=headers)
                words = f"{route.method} {path} ({step}): {answer.status_code} {answer.text}"
                assert answer.status_code < 500, words
                if route.method == "GET" and not route.has_ids and not query:
                    assert answer.status_code in (200, sent(app, path, 422)), words
                if answer.status_code >= 400:
                    dialect = dialect_at(app, route.path)
                    media = "application/problem+json" if dialect is None else dialect.media
                    assert answer.content_type.startswith(media), words


@ON_ONE_DATABASE
def test_partners_keep_to_their_service_and_their_scopes(
    app: CitizenFlask, client: FlaskClient, city: City, module: InstalledModule
) -> None:
    """A key of another service finds nothing, one without the scope hears which it lacks; what was revoked or
    has ended is no key, and both keys of a rotation are the same partner."""
    everything = list(module.descriptor.partner_scopes)
    stranger = city.partner_headers("another_service", "unit", ["all"])
    keys = _Keys(app, module.id, everything)
    for route in routes(app, module):
        if route.kind != "partner":
            continue
        wanted = route.audience.permission(route.method)

        def status(headers: dict[str, str], asked: Route = route) -> int:
            return client.open(
                asked.path, method=asked.method, json=_body(asked), headers=headers
            ).status_code

        words = f"{route.method} {route.path}"
        assert status(stranger) == sent(app, route.path, 404), words
        for ended in (keys.revoked, keys.expired, keys.replaced):
            assert status(ended) == sent(app, route.path, 401), words
        assert status(keys.old) == status(keys.new) != sent(app, route.path, 401), words
        if not route.is_open:
            others = [scope for scope in everything if scope != wanted]
            lacking = city.partner_headers(module.id, "unit", others)
            assert status(lacking) == sent(app, route.path, 403), words


class _Keys:
    """Headers of partners that were revoked, have ended, or have changed their key twice."""

    def __init__(self, app: CitizenFlask, service: str, scopes: list[str]) -> None:
        with app.app_context(), transaction():
            revoked, key = hand_out(service, "unit", scopes)
            partners.revoke(revoked)
            self.revoked = _bearer(key)
            _, key = hand_out(service, "unit", scopes, expires_at=clock.now())
            self.expired = _bearer(key)
            rotated, key = hand_out(service, "unit", scopes)
            self.replaced = _bearer(key)
            old, new = (partners.rotate(rotated).key for _ in range(2))
            self.old, self.new = _bearer(old), _bearer(new)


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


def _partner(city: City, module: InstalledModule) -> dict[str, str]:
    """Headers of a system that may do everything, for a unit of nobody."""
    return city.partner_headers(module.id, "of-nobody", module.descriptor.partner_scopes)


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def sent(app: CitizenFlask, path: str, status: int) -> int:
    """The status that is sent for one of ours, in the dialect of the path."""
    dialect = dialect_at(app, path.partition("?")[0])
    return status if dialect is None else dialect.status_of(status)


def _body(route: Route) -> Any:
    return {} if route.method in ("POST", "PUT", "PATCH") else None
