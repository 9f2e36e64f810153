"""Requests of a clerk: what is done at a desk, about whom it has found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from citizen_app.demo.people import CITIZENS, invented_number
from citizen_app.ids import new_id
from tests.contract.api_city import Callers
from tests.contract.api_tasks import CLAIMS_TASK, RESEAL_TASK, sent_claims, sent_feed
from tests.integration.staff.people import hire

CLAIMS: Final = "/api/v1/admin/claims"


@dataclass(frozen=True)
class Sent:
    """A request that works, as somebody."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    file: str | None = None
    """The content of a list, where one is handed in."""


def search(callers: Callers) -> Sent:
    body = {"phone": callers.citizen.phone, "reason": "Call 2026-118"}
    return Sent("/api/v1/admin/citizens/search", callers.headers("desk_clerk"), body)


def at_finding(callers: Callers, **key: str) -> tuple[str, dict[str, str]]:
    """The address of somebody whom a clerk has found (the citizen without a key), and the headers."""
    sent = search(callers)
    body = {"reason": "Call 2026-118", **key} if key else sent.json
    found = callers.app.test_client().post(sent.path, json=body, headers=sent.headers)
    (one,) = found.get_json()["items"]
    return f"/api/v1/admin/citizens/{one['id']}", sent.headers


def at_desk(rest: str, json: Any = None, *, present: bool = True) -> Callable[[Callers], Sent]:
    """A request about the citizen, who stands before the clerk."""

    def make(callers: Callers) -> Sent:
        path, headers = at_finding(callers)
        if present:
            post_as(callers, f"{path}/presence", headers, {"method": "code", "code": callers.citizen.code()})
        return Sent(f"{path}{rest}", headers, json)

    return make


def post_as(callers: Callers, path: str, headers: dict[str, str], json: Any) -> Any:
    answer = callers.app.test_client().post(path, json=json, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer.get_json()


def new_account(callers: Callers) -> Sent:
    body = {
        "name": "钱一",
        "id_number": invented_number(date(1950, 1, 1), 77),
        "document_seen": True,
        "reason": "Call 2026-118",
    }
    return Sent("/api/v1/admin/citizens", callers.headers("desk_clerk"), body)


def another(callers: Callers) -> tuple[str, dict[str, str]]:
    """Somebody else, found by the clerk."""
    return at_finding(callers, phone=callers.city.citizen().phone)


def freeze(callers: Callers) -> Sent:
    path, headers = another(callers)
    return Sent(f"{path}/freeze", headers)


def death(callers: Callers) -> Sent:
    path, headers = another(callers)
    return Sent(f"{path}/death", headers, {"proof": "court_declaration", "reference": "2026-7"})


def correction(callers: Callers) -> Sent:
    """By a clerk, of what another has entered."""
    citizen = callers.city.citizen()
    mine, headers = at_finding(callers, phone=citizen.phone)
    other = hire(callers.app, f"other.{new_id()[-8:]}", "desk_clerk").sign_in()
    body = {"phone": citizen.phone, "reason": "Call 2026-118"}
    theirs = post_as(callers, "/api/v1/admin/citizens/search", other, body)["items"][0]["id"]
    told = {"proof": "court_declaration", "reference": "2026-7"}
    post_as(callers, f"/api/v1/admin/citizens/{theirs}/death", other, told)
    return Sent(f"{mine}/death/correction", headers)


def presence_confirmed(callers: Callers) -> Sent:
    path, headers = at_finding(callers)
    post_as(callers, f"{path}/presence", headers, {"method": "phone"})
    return Sent(f"{path}/presence/confirmation", headers, {"otp": "000000"})


def phone_confirmed(callers: Callers) -> Sent:
    sent = at_desk("/phone", {"phone": callers.citizen.phone})(callers)
    post_as(callers, sent.path, sent.headers, sent.json)
    return Sent(f"{sent.path}/confirmation", sent.headers, {"otp": "000000"})


def search_in_service(callers: Callers) -> Sent:
    body = {"phone": callers.citizen.phone, "reason": "Call 2026-118"}
    path = "/api/v1/admin/services/probe/citizens/search"
    return Sent(path, callers.headers("service_operator:probe"), body)


def claim(callers: Callers) -> Sent:
    path, headers = at_finding(callers)
    body = {
        "finding_id": path.rpartition("/")[2],
        "type": "veteran",
        "evidence": "优待证",
        "reason": "Call 2026-118",
    }
    return Sent(CLAIMS, headers, body)


def claims_of(callers: Callers) -> Sent:
    path, headers = at_finding(callers)
    body = {"finding_id": path.rpartition("/")[2], "reason": "Call 2026-118"}
    return Sent(f"{CLAIMS}/search", headers, body)


def end_of_claim(callers: Callers) -> Sent:
    asked = claims_of(callers)
    found = callers.app.test_client().post(asked.path, json=asked.json, headers=asked.headers).get_json()
    claim_id = next(item["id"] for item in found["items"] if item["state"] == "current")
    body = {"reason": "Call 2026-118", "at": "2026-01-01T00:00:00Z"}
    return Sent(f"{CLAIMS}/{claim_id}/end", callers.headers("desk_clerk"), body)


def list_of_claims(callers: Callers) -> Sent:
    number = CITIZENS[0].document.number
    content = f"姓名,证件号码,身份属性,有效期起\n{CITIZENS[0].name},{number},本市居民,2026-01-01\n"
    return Sent(f"{CLAIMS}/import", callers.headers("desk_clerk"), file=content)


def waiting_approval(answer: str) -> Callable[[Callers], Sent]:
    """Another security administrator decides about a key."""

    def make(callers: Callers) -> Sent:
        asked = callers.app.test_client().post(
            "/api/v1/admin/issuer-keys/rotate", json={}, headers=callers.headers("security_admin")
        )
        approval = asked.get_json()["approval"]["id"]
        other = hire(callers.app, f"second.{approval[-8:]}", "security_admin").sign_in()
        return Sent(f"/api/v1/admin/approvals/{approval}/{answer}", other)

    return make


def waiting_task(callers: Callers) -> Sent:
    """Who looks after the background work cancels an import."""
    run = sent_feed(callers.app, callers.headers("service_operator:bus"))
    return Sent(f"/api/v1/admin/tasks/{run['id']}/cancel", callers.headers("system_admin"))


def claims_task(callers: Callers) -> Sent:
    """A list of claims for the background, under an id of the clerk's own."""
    return Sent(f"{CLAIMS_TASK}?run_id={new_id()}", callers.headers("desk_clerk"), file="姓名,证件号码\n")


def claims_task_over(callers: Callers) -> Sent:
    """A clerk cancels a list."""
    run = sent_claims(callers.app, callers.headers("desk_clerk"))
    return Sent(f"{CLAIMS_TASK}/{run['id']}/cancel", callers.headers("desk_clerk"))


def reseal_task(callers: Callers) -> Sent:
    """Sealing anew, under an id of the administrator's own."""
    return Sent(f"{RESEAL_TASK}?run_id={new_id()}", callers.headers("security_admin"))


def reseal_task_over(callers: Callers) -> Sent:
    """An administrator cancels the sealing."""
    headers = callers.headers("security_admin")
    run = callers.app.test_client().post(RESEAL_TASK, headers=headers).get_json()
    return Sent(f"{RESEAL_TASK}/{run['id']}/cancel", headers)
