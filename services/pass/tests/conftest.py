"""A compound with two gates in a running city, and the people who come to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from citizen_app.toolkit.data import new_id
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk, TestOperator
from citizen_app.toolkit.time import now, rfc3339

BASE = "/api/v1/services/pass"


@dataclass
class Site:
    """One place with an operator; `kiosk` stands at gate E1, `other` at gate W1."""

    city: City
    operator: TestOperator
    id: str
    kiosk: TestKiosk
    other: TestKiosk

    def office(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """A call of the operator below the place."""
        return self.call(self.operator, method, f"{BASE}/operator/places/{self.id}{path}", status, **body)

    def manage(self, citizen: TestCitizen, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """A call of a manager at the place's desk."""
        return self.call(citizen, method, f"{BASE}/managed/{self.id}{path}", status, **body)

    def mine(self, citizen: TestCitizen, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """A call of a citizen for themselves."""
        return self.call(citizen, method, f"{BASE}/my{path}", status, **body)

    @staticmethod
    def call(who: Any, method: str, path: str, status: int, **body: Any) -> Any:
        """A call whose status is as expected; the answer's body."""
        answer = who.call(method, path, **({"json": body} if method in ("POST", "PATCH", "PUT") else {}))
        assert answer.status_code == status, answer.text
        if answer.mimetype == "application/pdf":
            return answer.data
        return answer.get_json() if answer.is_json and answer.data else answer.text

    def change(self, **changes: Any) -> None:
        """Change the place."""
        self.office("PATCH", "", **changes)

    def list_citizen(self, citizen: TestCitizen, role: str = "resident", **more: Any) -> str:
        """Put a citizen on the list, by phone or else by document; the member's id."""
        body = {**named(citizen), "name": "张小三", "unit": "3-2-1201", "role": role, **more}
        member_id: str = self.office("POST", "/members", 201, **body)["id"]
        return member_id

    def invitation(self, phone: str | None, **more: Any) -> dict[str, Any]:
        """What a host sends."""
        starts = more.pop("starts", now() - timedelta(minutes=1))
        return {
            "invitation_id": new_id(),
            "place_id": self.id,
            **({} if phone is None else {"phone": phone}),
            "guest": "王客人",
            "purpose": "探亲",
            "starts_at": rfc3339(starts),
            "ends_at": rfc3339(starts + timedelta(hours=4)),
            **more,
        }

    def invite(self, host: TestCitizen, phone: str | None, status: int = 201, **more: Any) -> Any:
        """Invite a guest; without a phone by `id_number`."""
        return self.mine(host, "POST", "/invitations", status, **self.invitation(phone, **more))

    def scan(self, citizen: TestCitizen, purpose: str = "enter", **more: Any) -> dict[str, Any]:
        """The decision at gate E1."""
        return decision(more.pop("at", self.kiosk), citizen, purpose, **more)

    def upload(
        self, *scans: tuple[TestCitizen, str, datetime], at: TestKiosk | None = None
    ) -> list[dict[str, Any]]:
        """The decisions on scans made offline at gate E1."""
        body = [
            {
                "scan_id": new_id(),
                "purpose": purpose,
                "code": citizen.code(int(moment.timestamp())),
                "occurred_at": rfc3339(moment),
            }
            for citizen, purpose, moment in scans
        ]
        answer = (at or self.kiosk).post("/api/v1/scans/batch", {"scans": body})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.get_json()["results"]
        return results

    def inside(self) -> list[dict[str, Any]]:
        """Who is inside."""
        items: list[dict[str, Any]] = self.office("GET", "/presence")["items"]
        return items


def named(citizen: TestCitizen) -> dict[str, str]:
    """By what a citizen is named who has not been met."""
    return {"phone": citizen.phone} if citizen.phone else {"id_number": citizen.id_number}


def decision(kiosk: TestKiosk, citizen: TestCitizen, purpose: str = "enter", **more: Any) -> dict[str, Any]:
    """The decision on a scan."""
    answer = kiosk.scan(citizen.code(), purpose, **more)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def verdict(told: dict[str, Any]) -> str:
    """`allow` with its basis, or the detail code."""
    if told["decision"] == "allow":
        return f"allow {told['outcome']['basis']}"
    return str(told.get("detail_code", told["reason"]))


MakeSite = Callable[..., Site]


@pytest.fixture
def operator(city: City) -> TestOperator:
    """An operator of the service."""
    return city.operator("pass")


@pytest.fixture
def make_site(city: City, operator: TestOperator) -> MakeSite:
    """`make_site(kind="compound", policy={…}, …)`: a place with gates E1 and W1 and a kiosk at each."""

    def made(kind: str = "compound", **more: Any) -> Site:
        name = {"zh": "骆马湖花园", "en": "Lake Gardens"}
        place = Site.call(operator, "POST", f"{BASE}/operator/places", 201, kind=kind, name=name, **more)
        kiosks = []
        for code, called in (("E1", "东门"), ("W1", "西门")):
            gate = Site.call(
                operator,
                "POST",
                f"{BASE}/operator/places/{place['id']}/gates",
                201,
                code=code,
                name={"zh": called, "en": code},
            )
            kiosk = city.kiosk("pass", name=called)
            Site.call(operator, "POST", f"{BASE}/operator/gates/{gate['id']}/kiosks", 204, kiosk_id=kiosk.id)
            kiosks.append(kiosk)
        return Site(city, operator, place["id"], *kiosks)

    return made


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A compound with the usual policy."""
    return make_site()
