"""Plain entities over the API: lists, rules, units, concurrent changes."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.office_services.archive.tests.archive import API, ROOM, Archive


def names(archive: Archive, caller: Any, query: str = "", of: str = "rooms") -> list[str]:
    answer = caller.get(f"{API}/{of}{query}")
    assert answer.status_code == 200, answer.text
    return [row["name_en"] for row in answer.get_json()["items"]]


def test_what_is_created_is_shown_and_told(archive: Archive) -> None:
    room = archive.room(archive.east, "A1", quiet_seats=4, opened_on="2026-03-01")
    assert room["closed"] is False
    assert (room["version"], room["quiet_seats"], room["opened_on"]) == (1, 4, "2026-03-01")
    assert archive.head.get(f"{API}/rooms/{room['id']}").get_json() == room
    assert archive.city.count("audit_events", "action = 'archive.rooms.create'") == 1
    assert sys.modules["archive.routes.office"].CHANGED[-1] == "A1"


def test_a_list_is_searched_narrowed_and_paged(archive: Archive) -> None:
    near = archive.room(archive.west, "W1", name_en="Map room")["id"]
    archive.room(archive.east, "E1", name_en="100% quiet", near_ids=[near])
    archive.room(archive.east, "E2", name_en="Maps and plans")
    archive.head.call("POST", f"{API}/rooms/{near}/close")
    head = archive.head
    assert names(archive, head) == ["Maps and plans", "100% quiet"]
    assert names(archive, head, "?state=all&q=MAP") == ["Maps and plans", "Map room"]
    assert names(archive, head, "?state=closed") == ["Map room"]
    assert names(archive, head, "?q=0%25%20q") == ["100% quiet"]
    assert names(archive, head, "?q=%25%25") == []
    assert names(archive, head, f"?state=all&branch_id={archive.west}") == ["Map room"]
    assert names(archive, head, "?branch_id=of-nobody") == []
    first = head.get(f"{API}/rooms?limit=1").get_json()
    assert names(archive, head, f"?limit=1&cursor={first['next_cursor']}") == ["100% quiet"]
    assert head.get(f"{API}/branches?cursor={first['next_cursor']}").status_code == 422


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"seats": 501}, "/seats"),
        ({"kind": "store"}, "/seats"),
        ({"quiet_seats": 13}, "/quiet_seats"),
        ({"branch_id": "01932c07-0000-7000-8000-000000000000"}, "/branch_id"),
        ({"branch_id": "east"}, "/branch_id"),
        ({"near_ids": ["01932c07-0000-7000-8000-000000000000"]}, "/near_ids"),
        ({"version": 1}, "/version"),
    ],
)
def test_rules_of_the_schema_and_of_the_service(
    archive: Archive, wrong: dict[str, Any], pointer: str
) -> None:
    body = {**ROOM, "branch_id": archive.east, **wrong}
    answer = archive.head.call("POST", f"{API}/rooms", json=body)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.get_json()["errors"]] == [pointer]


def test_a_change_keeps_the_rest_and_the_rules(archive: Archive) -> None:
    room = archive.room(archive.east, "A1", quiet_seats=4)
    path = f"{API}/rooms/{room['id']}"
    changed = archive.head.call("PATCH", path, json={"version": 1, "seats": 6}).get_json()
    assert changed == {**room, "seats": 6, "version": 2}
    for wrong in ({"seats": 3}, {"kind": "store"}, {"near_ids": ["nowhere"]}):
        answer = archive.head.call("PATCH", path, json={"version": 2, **wrong})
        assert answer.status_code == 422, (wrong, answer.text)
    for kept in ({"code": "B1"}, {"branch_id": archive.west}):
        assert archive.head.call("PATCH", path, json={"version": 2, **kept}).status_code == 422
    cleared = archive.head.call("PATCH", path, json={"version": 2, "quiet_seats": None}).get_json()
    assert cleared["quiet_seats"] is None
    same = archive.head.call("PATCH", path, json={"version": 3, "seats": 6}).get_json()
    assert same["version"] == 3, "nothing was changed"
    assert archive.city.count("audit_events", "action = 'archive.rooms.change'") == 2


def test_nobody_overwrites_what_they_have_not_seen(archive: Archive) -> None:
    path = f"{API}/rooms/{archive.room(archive.east, 'A1')['id']}"
    assert archive.head.call("PATCH", path, json={"version": 1, "seats": 6}).status_code == 200
    late = archive.head.call("PATCH", path, json={"version": 1, "seats": 7})
    assert late.status_code == 409
    assert archive.head.get(path).get_json()["seats"] == 6
    assert archive.head.call("PATCH", path, json={"seats": 7}).status_code == 422


def test_what_is_there_already_is_refused(archive: Archive) -> None:
    archive.room(archive.east, "A1")
    again = archive.head.call("POST", f"{API}/rooms", json={**ROOM, "branch_id": archive.east})
    assert again.status_code == 409
    archive.room(archive.west, "A1")


def test_what_is_closed_is_not_chosen_and_comes_back(archive: Archive) -> None:
    room = archive.room(archive.east, "A1")
    path = f"{API}/branches/{archive.east}"
    assert archive.head.call("POST", f"{path}/close").status_code == 409, "it has rooms"
    archive.head.call("POST", f"{API}/rooms/{room['id']}/close")
    for _ in range(2):
        closed = archive.head.call("POST", f"{path}/close").get_json()
        assert (closed["closed"], closed["version"]) == (True, 2)
    refused = archive.head.call(
        "POST", f"{API}/rooms", json={**ROOM, "branch_id": archive.east, "code": "A2"}
    )
    assert refused.status_code == 422
    kept = archive.head.call("PATCH", f"{API}/rooms/{room['id']}", json={"version": 2, "seats": 3})
    assert kept.status_code == 200, "what refers to it keeps it"
    for _ in range(2):
        assert archive.head.call("POST", f"{path}/reopen").get_json()["closed"] is False
    archive.room(archive.east, "A2")


def test_an_officer_of_a_unit_has_that_unit_only(archive: Archive) -> None:
    clerk, here = archive.clerk, archive.room(archive.east, "E1", name_en="Here")
    there = archive.room(archive.west, "W1", name_en="There")
    assert names(archive, clerk) == ["Here"]
    assert names(archive, clerk, of="branches") == ["East"]
    own = {**ROOM, "branch_id": archive.east, "code": "E2"}
    assert clerk.call("POST", f"{API}/rooms", json=own).status_code == 201
    elsewhere = {**ROOM, "branch_id": archive.west, "code": "W2"}
    assert clerk.call("POST", f"{API}/rooms", json=elsewhere).status_code == 404
    for method, path, body in (
        ("GET", f"rooms/{there['id']}", None),
        ("PATCH", f"rooms/{there['id']}", {"version": 1, "seats": 1}),
        ("POST", f"rooms/{there['id']}/close", None),
        ("POST", f"rooms/{there['id']}/reopen", None),
        ("PATCH", f"branches/{archive.west}", {"version": 1, "name_en": "Mine"}),
        ("POST", f"branches/{archive.west}/close", None),
    ):
        assert clerk.call(method, f"{API}/{path}", json=body).status_code == 404, (method, path)
    renamed = {"version": 1, "name_en": "Far east"}
    assert clerk.call("PATCH", f"{API}/branches/{archive.east}", json=renamed).status_code == 200
    assert clerk.call("POST", f"{API}/branches/{archive.east}/close").status_code == 403
    third = {"name_zh": "南馆", "name_en": "South"}
    assert clerk.call("POST", f"{API}/branches", json=third).status_code == 403
    assert clerk.call("POST", f"{API}/rooms/{here['id']}/close").status_code == 200
    stranger = archive.city.operator("archive", unit="another-branch")
    assert names(archive, stranger) == []


def test_a_new_one_is_made_once(archive: Archive) -> None:
    body, key = {"name_zh": "南馆", "name_en": "South"}, {"Idempotency-Key": "south-branch-1"}
    first, again = (
        archive.head.call("POST", f"{API}/branches", json=body, headers=key).get_json() for _ in range(2)
    )
    assert first == again
    assert names(archive, archive.head, of="branches") == ["South", "West", "East"]
