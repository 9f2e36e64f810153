"""What belongs to another citizen, kiosk, service or member of staff is 404 (ASVS V8.2.2, V8.4.1), at every address that names a thing.

Each address is asked twice: by the owner, so that the thing is known to be there, and by somebody of the same kind to whom it does not
belong. Requests are some that the description allows, so that nothing else is wrong with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from werkzeug.test import TestResponse

from citizen_app.ids import new_id
from tests.contract.api_city import Callers, callers_of, installed_document, unlimited_app

DOCUMENT: Final = installed_document()
SCHEMA: Final = schemathesis.openapi.from_dict(DOCUMENT)
OWNER: Final = {"citizen": "citizen", "kiosk": "kiosk", "staff": "service_operator:probe"}
EMPTY: Final = {
    r"/usage/looks$": "found, but the reference in the body is nobody's",
    r"/places/\{place_id\}/(emergency|muster|muster/sheet)$": "found, but no emergency is open there",
}
"""Where the owner hears a 404 too, and why."""
UNOWNED: Final = frozenset({"/api/v1/admin/issuer-keys/{kid}/disable"})
"""Things of the city itself."""


def named() -> list[str]:
    """Operations for somebody in particular whose address names a thing."""
    return [
        f"{method.upper()} {path}"
        for path, entry in DOCUMENT["paths"].items()
        for method, operation in entry.items()
        if "{" in path and method in ("get", "post", "put", "patch", "delete")
        if operation["security"] and path not in UNOWNED
    ]


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """The city."""
    with unlimited_app(tmp_path_factory.mktemp("api") / "city") as app:
        yield Callers(app)


def some_body(label: str) -> Any:
    """A body that the description allows; None where there is none."""
    method, _, path = label.partition(" ")
    operation = SCHEMA[path][method.lower()]
    if "requestBody" not in DOCUMENT["paths"][path][method.lower()]:
        return None
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    quickly = hypothesis.settings(
        max_examples=20,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return hypothesis.find(cases, lambda case: isinstance(case.body, dict), settings=quickly).body


def stranger(callers: Callers, kind: str, path: str) -> dict[str, str]:
    """Somebody of the same kind to whom nothing belongs."""
    if kind == "citizen":
        return {"Authorization": f"Bearer {callers.city.citizen().access_token}"}
    if kind == "kiosk":
        return {"Authorization": f"Bearer {callers.city.kiosk('probe').token}"}
    return callers.headers("service_operator:probe" if "/services/bus/" in path else "service_operator:bus")


def address(callers: Callers, label: str, owner: str) -> str | None:
    """The address of something that the owner has."""
    path = label.partition(" ")[2]
    if path.startswith("/api/v1/scans/"):
        callers.headers("kiosk")
        scan_id = new_id()
        callers.kiosk.scan(callers.citizen.code(), "ask", scan_id=scan_id)
        return path.replace("{scan_id}", scan_id)
    return callers.address(path, owner)


@pytest.mark.parametrize("label", named())
def test_what_belongs_to_another_is_not_there(callers: Callers, label: str) -> None:
    method, _, path = label.partition(" ")
    kind = next(iter(DOCUMENT["paths"][path][method.lower()]["security"][0]))
    owner = OWNER[kind]
    audience = callers.audiences[method, path]
    rightful = callers_of(audience, method)
    if kind == "staff" and owner not in rightful and "service_operator" in rightful:
        owner = "service_operator"  # of every service; the stranger is of another one
    if owner not in rightful:
        pytest.skip(f"{audience.name}: not for {owner}; the role matrix asks it")
    thing = address(callers, label, owner)
    if thing is None:
        pytest.skip(f"{owner} has none; the service's own tests ask this")
    body = some_body(label)

    def send(headers: dict[str, str]) -> TestResponse:
        return callers.app.test_client().open(thing, method=method, json=body, headers=headers)

    other = stranger(callers, kind, path)
    owners = callers.headers(owner)
    refused = send(other)
    assert refused.status_code == 404, (thing, refused.text)
    assert refused.get_json()["type"] == "/problems/not-found"
    found = send(owners)
    callers.after(owner, method, found.status_code)
    if any(re.search(ending, path) for ending in EMPTY):
        return
    assert found.status_code != 404, "the owner has it, so that the refusal means something"
