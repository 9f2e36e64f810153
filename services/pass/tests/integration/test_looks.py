"""Whoever is shown to somebody at a place finds that they were, by whom in which role, and what for."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from citizen_app.toolkit.data import new_id, session
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.time import now, rfc3339

from ...models import PassPresence
from ..conftest import BASE, Site

PERSONAL = frozenset({"masked_name", "masked_phone", "masked_guest", "as_guest"})
"""Fields by which an answer tells of people."""
DESK: dict[str, tuple[str, dict[str, Any], tuple[str, ...], str]] = {
    "GET /members": ("", {}, ("manager", "resident"), "Member list of Lake Gardens"),
    "POST /members/{member_id}/suspend": ("resident", {}, ("resident",), "Your membership of Lake Gardens was dealt with"),
    "POST /members/{member_id}/restore": ("resident", {}, ("resident",), "Your membership of Lake Gardens was dealt with"),
    "POST /members/{member_id}/revoke": ("resident", {}, ("resident",), "Your membership of Lake Gardens was dealt with"),
    "GET /claims": ("", {}, ("applicant", "refused"), "Applications to Lake Gardens"),
    "POST /claims/{claim_id}/approve": ("applicant", {}, ("applicant",), "Your application to Lake Gardens was dealt with"),
    "POST /claims/{claim_id}/refuse": ("refused", {"reason": "查无此人"}, ("refused",), "Your application to Lake Gardens was dealt with"),
    "GET /invitations": ("", {}, ("guest", "resident"), "Invitations to Lake Gardens"),
    "POST /invitations/{invitation_id}/revoke": ("guest", {}, ("guest", "resident"), "An invitation to Lake Gardens was dealt with"),
    "GET /presence": ("", {}, ("resident", "guest"), "Who is inside Lake Gardens now"),
    "GET /muster": ("", {}, ("resident", "guest"), "Muster list of an emergency at Lake Gardens"),
    "GET /muster/sheet": ("", {}, ("resident", "guest"), "Muster sheet of an emergency at Lake Gardens"),
    "GET /muster/sheet.pdf": ("", {}, ("resident", "guest"), "Muster sheet of an emergency at Lake Gardens"),
}  # fmt: skip
"""Below a place, for its managers and for operators: whose id stands in the address, the body, who is shown,
and the reason told."""
OFFICE = {
    "PATCH /members/{member_id}": ("resident", {"unit": "3-2-1202"}, ("resident",), "Your membership of Lake Gardens was dealt with"),
    "POST /trail": ("", {"reason": "配合警方查询"}, ("resident", "guest"), "配合警方查询"),
}  # fmt: skip
WRITTEN_BY_THE_READER = frozenset({"POST /members"})
"""What is answered is what has just been sent."""


class Town:
    """A place where people belong, apply, visit and are inside, in an emergency."""

    def __init__(self, site: Site) -> None:
        self.site = site
        names = ("manager", "resident", "applicant", "refused", "guest", "stranger")
        self.people: dict[str, TestCitizen] = {name: site.city.citizen() for name in names}
        self.ids = {name: site.list_citizen(self.people[name], name) for name in ("manager", "resident")}
        for name in ("applicant", "refused"):
            claim = {"place_id": site.id, "role": "resident", "unit": "5-1-302", "name": "赵六六"}
            self.ids[name] = site.mine(self.people[name], "POST", "/claims", 201, **claim)["id"]
        self.ids["guest"] = site.invite(self.people["resident"], self.people["guest"].phone)["id"]
        for name in ("resident", "guest"):
            assert site.scan(self.people[name])["decision"] == "allow"
        until = rfc3339(now() + timedelta(hours=1))
        site.office("POST", "/emergency", 201, reason="演练", until=until)

    def looks(self, name: str, language: str = "en") -> list[dict[str, Any]]:
        """What somebody finds."""
        answer = self.people[name].get("/api/v1/me/looks?limit=100", **{"Accept-Language": language})
        items: list[dict[str, Any]] = answer.get_json()["items"]
        return items

    def path(self, operation: str, whose: str) -> str:
        """The address of an operation on what is somebody's."""
        return re.sub(r"\{\w+\}", lambda _: self.ids[whose], operation.partition(" ")[2])


@pytest.fixture
def town(site: Site) -> Town:
    """The place."""
    return Town(site)


def personal_operations(city: City) -> Iterator[tuple[str, str]]:
    """(prefix, operation) of everything for managers and operators that answers with people."""
    document = city.client.get("/api/openapi.json").get_json()
    for path, entry in document["paths"].items():
        found = re.match(rf"{BASE}/(managed/{{place_id}}|operator/places/{{place_id}}|operator)(.*)", path)
        for method, operation in entry.items() if found else ():
            if method in ("get", "post", "put", "patch", "delete") and _tells(
                document, operation["responses"]
            ):
                assert found
                yield found[1].partition("/")[0], f"{method.upper()} {found[2]}"


def _tells(document: dict[str, Any], part: Any) -> bool:
    if isinstance(part, list):
        return any(_tells(document, one) for one in part)
    if not isinstance(part, dict):
        return "before each name" in str(part)
    reference = str(part.get("$ref", ""))
    if reference.startswith("#/components/schemas/"):
        part = document["components"]["schemas"][reference.rpartition("/")[2]]
    return bool(PERSONAL & part.keys()) or any(_tells(document, one) for one in part.values())


def test_everything_that_tells_of_people_is_looked_for(city: City) -> None:
    found = list(personal_operations(city))
    assert {o for prefix, o in found if prefix == "managed"} == set(DESK)
    assert {o for prefix, o in found if prefix == "operator"} - WRITTEN_BY_THE_READER == {*DESK, *OFFICE}


@pytest.mark.parametrize("reader", ["manager", "operator"])
def test_each_person_shown_finds_one_look_and_nobody_else_any(town: Town, reader: str) -> None:
    call = (
        town.site.office
        if reader == "operator"
        else lambda *a, **b: town.site.manage(town.people["manager"], *a, **b)
    )
    role = "Staff of the service" if reader == "operator" else "A manager of Lake Gardens"
    for operation, (whose, body, shown, reason) in {
        **DESK,
        **(OFFICE if reader == "operator" else {}),
    }.items():
        before = {name: town.looks(name) for name in town.people}
        call(operation.partition(" ")[0], town.path(operation, whose), **body)
        for name in town.people:
            fresh = town.looks(name)[: len(town.looks(name)) - len(before[name])]
            told = [(look["service"], look["by"], look["reason"], look["events"]) for look in fresh]
            assert told == ([("pass", role, reason, 0)] if name in shown else []), (operation, name)
    assert town.looks("stranger") == []
    acts = "action LIKE 'pass.read_%' OR action = 'pass.print_muster'"
    assert town.site.city.count("audit_events", acts) == len(DESK) + (
        len(OFFICE) if reader == "operator" else 0
    )
    kind = "staff" if reader == "operator" else "citizen"
    assert town.site.city.count("audit_events", f"({acts}) AND actor_kind <> '{kind}'") == 0
    assert (town.looks("resident", "zh-CN")[-1]["reason"]) == "查看“骆马湖花园”的成员名单"


def test_whoever_is_on_a_list_before_they_have_an_account_finds_it_when_they_have(site: Site) -> None:
    phone = "13800009999"
    site.office("POST", "/members", 201, phone=phone, name="张小三", unit="1-1-1", role="resident")
    site.office("GET", "/members")
    later = site.city.citizen()
    site.city.change_phone(later, "+8613800009999")
    assert site.scan(later)["decision"] == "allow"
    (look,) = later.get("/api/v1/me/looks").get_json()["items"]
    assert look["reason"] == "查看“骆马湖花园”的成员名单"


def test_a_list_is_read_before_the_write_lock_of_sqlite_is_taken(town: Town) -> None:
    with town.site.city.app.app_context():
        engine = session().get_bind()
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no such lock")
    seen: list[str] = []
    mine = threading.get_ident()  # the watch of the application asks meanwhile

    def note(*told: Any) -> None:
        if threading.get_ident() == mine:
            seen.append(told[2])

    for read in (town.site.office, partial(town.site.manage, town.people["manager"])):
        seen.clear()
        event.listen(engine, "before_cursor_execute", note)
        read("GET", "/presence")
        event.remove(engine, "before_cursor_execute", note)
        locked = seen.index("BEGIN IMMEDIATE")
        assert [one for one in seen[locked:] if "pass_" in one or one.startswith("SELECT")] == []
        assert [one for one in seen[locked:] if "INSERT INTO usage_looks" in one]


@pytest.mark.parametrize("reader", ["manager", "operator"])
def test_no_list_is_shown_whose_look_cannot_be_written(
    town: Town, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any) -> None:
        raise OSError("no space")

    monkeypatch.setattr("citizen_app.usage.looks._write", full)
    who = town.people["manager"] if reader == "manager" else town.site.operator
    path = "managed" if reader == "manager" else "operator/places"
    answer = who.get(f"{BASE}/{path}/{town.site.id}/presence")
    assert answer.status_code == 500
    assert "张小三" not in answer.text


def test_a_muster_sheet_of_thousands_is_one_look(town: Town) -> None:
    """And somebody who is on it twice, or whom nobody here has met, does not stop it."""
    many, moment = 5_000, now()
    city = town.site.city
    with city.app.app_context(), session() as work, work.begin():
        gate_id = work.scalars(select(PassPresence.gate_id).limit(1)).one()
        rows = [
            {
                "id": new_id(),
                "place_id": town.site.id,
                "citizen_ref": f"{n:022d}",
                "inside": True,
                "since": moment,
                "gate_id": gate_id,
            }
            for n in range(many)
        ]
        work.execute(insert(PassPresence), rows)
    before = city.count("usage_looks")
    sheet = town.site.office("GET", "/muster/sheet")
    assert len(sheet.splitlines()) == many + 2 + 3
    assert city.count("usage_looks") == before + 1
    assert city.count("usage_looks_waiting") == many
    assert [look["reason"] for look in town.looks("guest")] == [
        "Muster sheet of an emergency at Lake Gardens"
    ]
