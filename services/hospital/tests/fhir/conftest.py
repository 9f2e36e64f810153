"""The system of a hospital that calls the facade."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from citizen_app.toolkit.testing import City
from services.hospital.tests.conftest import BASE, Ward

FHIR = f"{BASE}/fhir"
SCOPES = ("schedules", "appointments")
WEDNESDAY = {"start": "2026-05-13", "end": "2026-05-13"}


@dataclass
class System:
    """A partner's system, or with no headers anyone. It keeps every answer that it was given."""

    city: City
    headers: dict[str, str]
    answers: list[tuple[str, Any]] = field(default_factory=list)

    def call(self, method: str, path: str, status: int = 200, /, **more: Any) -> Any:
        """A call below the facade whose status is as expected: the resource that it answers."""
        headers = {**self.headers, **more.pop("headers", {})}
        address = path if path.startswith("/api") else f"{FHIR}/{path}"
        answer = self.city.app.test_client().open(address, method=method, headers=headers, **more)
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == "application/fhir+json", path
        resource = answer.get_json()
        self.answers.append((f"{method} {path}", resource))
        if status >= 400:
            assert resource["resourceType"] == "OperationOutcome", path
        return resource

    def get(self, path: str, status: int = 200, /, **headers: str) -> Any:
        """A read or a search."""
        return self.call("GET", path, status, headers=headers)

    def found(self, path: str) -> list[dict[str, Any]]:
        """The resources of a search."""
        return [one["resource"] for one in self.get(path).get("entry", [])]

    def operate(self, name: str, status: int = 200, /, **parameters: Any) -> Any:
        """`$find`, `$hold` or `$book`; a parameter by name, with what type it has."""
        sent = [
            {
                "name": key.replace("_", "-"),
                **(value if isinstance(value, dict) else {"valueDateTime": value}),
            }
            for key, value in parameters.items()
        ]
        body = {"resourceType": "Parameters", "parameter": sent}
        return self.call("POST", f"Appointment/${name}", status, json=body)

    def proposals(self, **more: Any) -> list[dict[str, Any]]:
        """What can be had on Wednesday."""
        return [one["resource"] for one in self.operate("find", **WEDNESDAY, **more).get("entry", [])]


def to(kind: str, one: dict[str, Any] | str) -> dict[str, Any]:
    """A parameter that refers to a resource."""
    return {"valueReference": {"reference": f"{kind}/{one if isinstance(one, str) else one['id']}"}}


def by_number(system: str, value: str) -> dict[str, Any]:
    """A parameter that refers to one by an identifier."""
    return {
        "valueReference": {"identifier": {"system": f"urn:citizen-app:hospital:{system}", "value": value}}
    }


def issue(outcome: dict[str, Any]) -> tuple[str, str]:
    """The severity and the code of an OperationOutcome."""
    return outcome["issue"][0]["severity"], outcome["issue"][0]["code"]


MakeSystem = Callable[..., System]


@pytest.fixture
def system_of(city: City) -> MakeSystem:
    """A system of a hospital."""

    def make(ward: Ward, *scopes: str) -> System:
        return System(city, city.partner_headers("hospital", ward.id, scopes or SCOPES))

    return make


@pytest.fixture
def his(ward: Ward, system_of: MakeSystem) -> System:
    """The system of the hospital that there is."""
    return system_of(ward)


@pytest.fixture
def anyone(city: City) -> System:
    """Whoever has no key."""
    return System(city, {})
