"""A hospital with two clinics on a Wednesday, those who come, and the nurse who calls them; everything by
HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from time_machine import Traveller

from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City, TestCitizen, TestOperator

BASE = "/api/v1/services/hospital"
CALLS = "/console/services/hospital/calls"
DAY = date(2026, 5, 13)
MORNING_FEE, AFTERNOON_FEE = 1_201, 2_500
RULES = {
    "release_days": 2, "release_at": "07:00", "pays": "online", "cancel_at": "17:00", "cancel_days": 1,
    "late_refund_percent": 50, "back_least": 5, "back_most": 10, "pass_behind": 1, "closes_minutes": 30,
}  # fmt: skip


def sent(who: TestCitizen | TestOperator, method: str, path: str, status: int = 200, **body: Any) -> Any:
    """A call that is answered as expected; what came back."""
    answer = who.call(method, path, **({"json": body} if method != "GET" else {}))
    assert answer.status_code == status, answer.text
    return answer.get_json() if answer.data and answer.is_json else answer.text


@dataclass
class Hospital:
    """One hospital with a morning and an afternoon clinic, and the people who come."""

    city: City
    clock: Traveller
    people: dict[str, TestCitizen] = field(default_factory=dict)
    bookings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.office = self.city.operator("hospital")
        names = {"name_zh": "示范", "name_en": "Demonstration"}
        self.id = self.make("/hospitals", code="H1", **names)
        self.campus = self.make("/campuses", hospital_id=self.id, **names)
        self.department = self.make(
            "/departments", hospital_id=self.id, campus_id=self.campus, code="int", floor="3 层",
            name_zh="内科", name_en="Internal medicine",
        )  # fmt: skip
        self.make(f"/hospitals/{self.id}/policies", rules=RULES)
        self.morning = self.clinic(
            "morning", "08:00:00", "09:00:00", MORNING_FEE, app_places=4, window_places=2
        )
        self.afternoon = self.clinic("afternoon", "14:00:00", "15:00:00", AFTERNOON_FEE, app_places=4)

    def make(self, path: str, **body: Any) -> str:
        """Something of the office; its id."""
        return str(sent(self.office, "POST", f"{BASE}/operator{path}", 201, **body)["id"])

    def clinic(self, segment: str, starts: str, ends: str, fee: int, **places: int) -> str:
        """A line of the timetable for that day, two slots; its session."""
        self.make(
            "/templates", hospital_id=self.id, department_id=self.department, weekday=DAY.weekday(),
            segment=segment, starts=starts, ends=ends, slot_minutes=30, kind="general", room=f"{segment} 诊室",
            fee=fee, days="always", valid_from=DAY.isoformat(), valid_until=DAY.isoformat(),
            gives_back_hours=0, **places,
        )  # fmt: skip
        shown = self.city.client.get(f"{BASE}/sessions?hospital_id={self.id}").get_json()["items"]
        return str(next(one["id"] for one in shown if one["fee"] == fee))

    def at(self, moment: str) -> None:
        """What the clock in the hall says, `05-13 08:00`."""
        self.clock.move_to(datetime.fromisoformat(f"2026-{moment}:00+08:00"))

    def comes(self, name: str, money: int = 0) -> TestCitizen:
        """Somebody with so much in their purse, which a provider has taken in."""
        self.people[name] = who = self.city.citizen(name)
        if money:
            body = {"amount": money, "top_up_id": new_id()}
            order = sent(who, "POST", "/api/v1/me/purse/top-ups", 202, **body)
            self.city.provider_says(order["id"])
        return who

    def slot(self, session_id: str, number: int) -> str:
        """The first or second slot of a session, while there are numbers left or not."""
        shown = self.city.client.get(f"{BASE}/sessions/{session_id}/slots").get_json()["items"]
        return str(shown[number]["id"])

    def hold(self, name: str, slot_id: str, status: int = 201) -> Any:
        """A number is held for somebody."""
        made = sent(self.people[name], "POST", f"{BASE}/bookings", status, slot_id=slot_id)
        if status == 201:
            self.bookings[name] = made["id"]
        return made

    def books(self, name: str, slot_id: str, *, provider: bool = False) -> None:
        """Hold a number and pay for it."""
        self.hold(name, slot_id)
        self.pays(name, provider=provider)

    def pays(self, name: str, *, provider: bool = False) -> None:
        """Pay for what is held: from the purse, or through the provider, who says so twice."""
        path = f"/bookings/{self.bookings[name]}/confirm"
        asked = self.mine(name, "POST", path, **({"pay_with": "provider"} if provider else {}))
        if provider:
            for _ in range(2):
                self.city.provider_says(asked["order_id"])
        assert self.state(name) == "booked"

    def mine(self, name: str, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """A call of somebody."""
        return sent(self.people[name], method, f"{BASE}{path}", status, **body)

    def state(self, name: str) -> str:
        """How their booking stands."""
        return str(self.mine(name, "GET", f"/bookings/{self.bookings[name]}")["state"])

    def desk(self, path: str, status: int = 200, **body: Any) -> Any:
        """Something that is done at the window."""
        return sent(self.office, "POST", f"{BASE}/desk/{self.id}{path}", status, **body)

    def purse(self, name: str) -> tuple[int, int, int]:
        """What is in a purse, set aside in it, owed."""
        found = self.people[name].get("/api/v1/me/purse").get_json()
        return found["balance"], found["held"], found["owed"]

    def notices(self, name: str) -> list[str]:
        """What somebody was told by the hospital, the first first."""
        found = self.people[name].get("/api/v1/me/notices?service=hospital").get_json()["items"]
        return [one["title"] for one in reversed(found)]


@dataclass
class Nurse:
    """Somebody at the call screen of a session, who has just signed in."""

    operator: TestOperator
    session_id: str

    def press(self, address: str, **fields: str) -> str:
        """Press a button; what is said to have been done."""
        answer = self.operator.browser().post(
            f"{CALLS}/{self.session_id}{address}",
            data={"csrf_token": self.operator.form_token(), **fields},
            headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].rpartition("done=")[2]

    def next(self) -> str:
        """Finish with whoever is in the room and call the next."""
        return self.press("/next", room="1 诊室", finish="true")

    def inside(self) -> str:
        """The ticket of whoever is in the room."""
        shown = self.operator.browser().get(f"{CALLS}/{self.session_id}").text
        return re.findall(rf'action="[^"]*{self.session_id}/([0-9a-f-]{{36}})"', shown)[0]
