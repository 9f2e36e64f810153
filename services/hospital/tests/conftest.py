"""A hospital with one department, a doctor and a morning of numbers, in a running city."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City, TestCitizen, TestOperator

BASE = "/api/v1/services/hospital"
SUNDAY = datetime(2026, 5, 10, 2, 0, tzinfo=UTC)
"""Ten in the morning in China; the hospital holds on Wednesday."""
WEDNESDAY = date(2026, 5, 13)
FREE = {"release_days": 30, "back_least": 0, "back_most": 0, "pays": "window"}


@dataclass
class Ward:
    """One hospital with its office. `template` is what its timetable says."""

    city: City
    operator: TestOperator
    id: str
    campus: str
    department: str
    doctor: str
    opened: int = 0

    def office(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """A call of the office."""
        return call(self.operator, method, f"{BASE}/operator/hospitals/{self.id}{path}", status, **body)

    def entity(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """A call of the office about what it keeps: departments, doctors, lines, closures."""
        own = {"hospital_id": self.id} if method == "POST" and not path.endswith(("close", "reopen")) else {}
        return call(self.operator, method, f"{BASE}/operator{path}", status, **own, **body)

    def change(self, name: str, row_id: str, status: int = 200, **body: Any) -> Any:
        """Change something as it is now."""
        version = self.entity("GET", f"/{name}/{row_id}")["version"]
        return self.entity("PATCH", f"/{name}/{row_id}", status, version=version, **body)

    def desk(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """A call of the desk."""
        return call(self.operator, method, f"{BASE}/desk/{self.id}{path}", status, **body)

    def line(self, **more: Any) -> dict[str, Any]:
        """A line of the timetable: Wednesday, two slots, four numbers online and two at the window."""
        return {
            "department_id": self.department,
            "doctor_id": self.doctor,
            "weekday": 2,
            "segment": "morning",
            "starts": "08:00:00",
            "ends": "09:00:00",
            "slot_minutes": 30,
            "kind": "general",
            "room": "3 诊室",
            "fee": 0,
            "app_places": 4,
            "window_places": 2,
            "days": "always",
            "valid_from": "2026-05-01",
            "valid_until": "2026-05-16",
            **more,
        }

    def rules(self, **rules: Any) -> None:
        """Publish rules of the hospital."""
        self.office("POST", "/policies", 201, rules={**FREE, **rules})

    def open(self, **more: Any) -> dict[str, Any]:
        """A line with its session; the session as anyone sees it."""
        self.opened += 1
        body = self.line(**{"room": f"{self.opened} 诊室", **more})
        self.entity("POST", "/templates", 201, **body)
        (opened,) = (one for one in self.sessions() if one["room"] == body["room"])
        return dict(opened)

    def sessions(self) -> list[dict[str, Any]]:
        """Sessions to come, as anyone sees them."""
        found: list[dict[str, Any]] = self.city.client.get(
            f"{BASE}/sessions?hospital_id={self.id}"
        ).get_json()["items"]
        return found

    def slots(self, session: dict[str, Any]) -> list[dict[str, Any]]:
        """The slots of a session."""
        found: list[dict[str, Any]] = self.city.client.get(
            f"{BASE}/sessions/{session['id']}/slots"
        ).get_json()["items"]
        return found

    def hold(self, citizen: TestCitizen, slot: dict[str, Any], status: int = 201) -> Any:
        """Hold a number."""
        return call(citizen, "POST", f"{BASE}/bookings", status, slot_id=slot["id"])

    def book(self, citizen: TestCitizen, slot: dict[str, Any]) -> dict[str, Any]:
        """Hold a number and confirm it."""
        held = self.hold(citizen, slot)
        return dict(self.mine(citizen, "POST", f"/bookings/{held['id']}/confirm"))

    def mine(self, citizen: TestCitizen, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """A call of a citizen."""
        return call(citizen, method, f"{BASE}{path}", status, **body)


def call(who: Any, method: str, path: str, status: int, **body: Any) -> Any:
    """A call whose status is as expected; the answer's body."""
    answer = who.call(method, path, **({"json": body} if method in ("POST", "PATCH", "PUT") else {}))
    assert answer.status_code == status, answer.text
    return answer.get_json() if answer.is_json and answer.data else answer.text


MakeWard = Callable[..., Ward]


@pytest.fixture(autouse=True)
def sunday(time_travel: Traveller) -> None:
    """Before there is a city it is Sunday morning."""
    time_travel.move_to(SUNDAY)


@pytest.fixture
def make_ward(city: City) -> MakeWard:
    """A hospital with some rules."""

    def make(code: str = "H1", **rules: Any) -> Ward:
        operator = city.operator("hospital")
        named = {"name_zh": "示范医院", "name_en": "Demonstration hospital"}
        hospital = call(operator, "POST", f"{BASE}/operator/hospitals", 201, code=code, **named)["id"]
        ward = Ward(city, operator, hospital, "", "", "")
        ward.campus = ward.entity("POST", "/campuses", 201, name_zh="本部", name_en="Main")["id"]
        ward.department = ward.entity(
            "POST",
            "/departments",
            201,
            campus_id=ward.campus,
            code="int",
            name_zh="内科",
            name_en="Internal medicine",
            symptoms="发烧 fever",
        )["id"]
        ward.doctor = ward.entity(
            "POST",
            "/doctors",
            201,
            department_id=ward.department,
            code="d1",
            title="chief",
            name_zh="陈示安",
            name_en="Chen Shi'an",
        )["id"]
        ward.rules(**rules)
        return ward

    return make


@pytest.fixture
def ward(make_ward: MakeWard) -> Ward:
    """A hospital whose numbers are released and cost nothing online."""
    return make_ward()


def hours(number: float) -> float:
    """Hours in seconds."""
    return timedelta(hours=number).total_seconds()
