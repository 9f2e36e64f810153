"""Every role at every staff route of the API and of the console, generated from the routes: refused unless
listed (ASVS V8.2.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.staff.permissions import DEFAULT_ROLES, OWN_ACCOUNT, PERMISSIONS
from citizen_app.web.boundary.audiences import audience_of
from tests.integration.staff.people import hire

ARGUMENTS = ("01932c07-0000-7000-8000-000000000000", "04e714ff", "unlock", "nothing")
"""Values for a route's arguments: the first that its converter takes."""
HELD = {role.id: frozenset({*role.permissions, OWN_ACCOUNT}) for role in DEFAULT_ROLES} | {
    "no role": frozenset({OWN_ACCOUNT})
}


@dataclass(frozen=True)
class Cell:
    """One method of one route and the permission it asks for."""

    method: str
    address: str
    permission: str
    is_page: bool

    @property
    def ends_the_session(self) -> bool:
        """Whether it signs out."""
        return self.address == "/console/sign-out" or (
            self.address == "/api/v1/staff/sessions/current" and self.method == "DELETE"
        )


def address_of(rule: Rule) -> str:
    """The route's address with arguments that name nothing."""
    chosen = {
        name: next(value for value in ARGUMENTS if re.fullmatch(converter.regex, value))
        for name, converter in rule._converters.items()
    }
    built = rule.build(chosen)
    assert built is not None
    return built[1]


def staff_routes(app: Flask) -> list[Cell]:
    """Each route whose audience is staff."""
    cells = []
    for rule in app.url_map.iter_rules():
        blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        audience = audience_of(blueprint)
        if audience.kind != "staff" or audience.service is not None:
            continue
        address = address_of(rule)
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            permission = audience.permission(method)
            assert permission is not None, address
            cells.append(Cell(method, address, permission, isinstance(blueprint, PageBlueprint)))
    return cells


@pytest.mark.parametrize("role", list(HELD))
def test_a_role_reaches_exactly_what_its_permissions_open(app: Flask, client: FlaskClient, role: str) -> None:
    cells = staff_routes(app)
    assert {
        ("GET", "/api/v1/admin/kiosks"),
        ("GET", "/api/v1/admin/audit"),
        ("POST", "/api/v1/staff/tokens"),
        ("GET", "/console/audit/"),
    } <= {(cell.method, cell.address) for cell in cells}
    person = hire(app, "wang.fang", *([] if role == "no role" else [role]))
    headers, browser = person.sign_in(), person.browser()
    # Signing out is last, because it ends what the others need.
    for cell in sorted(cells, key=lambda cell: cell.ends_the_session):
        assert cell.permission in PERMISSIONS, cell
        if cell.is_page:
            answer = browser.get(cell.address) if cell.method == "GET" else browser.post(cell.address)
        else:
            body = None if cell.method == "GET" else {}
            answer = client.open(cell.address, method=cell.method, headers=headers, json=body)
        allowed = cell.permission in HELD[role]
        assert (answer.status_code != 403) == allowed, (cell, answer.status_code)
        assert answer.status_code < 500, (cell, answer.status_code)
        assert answer.status_code != 401, cell


def test_without_signing_in_nothing_opens(app: Flask, client: FlaskClient) -> None:
    for cell in staff_routes(app):
        if cell.is_page:
            same_site = {"Sec-Fetch-Site": "same-origin"}
            page = client.open(cell.address, method=cell.method, headers=same_site)
            assert page.status_code == 303, cell
            assert page.location.startswith("/console/sign-in?"), cell
            continue
        answer = client.open(cell.address, method=cell.method, json={})
        assert answer.status_code == 401, cell
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_default_permission_of_a_route_exists(app: Flask) -> None:
    assert {cell.permission for cell in staff_routes(app)} <= PERMISSIONS.keys()
