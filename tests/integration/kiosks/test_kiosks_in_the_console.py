"""Kiosks in the console: who sees which, and each change is in the audit log."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from citizen_app.audit.models import AuditEvent
from citizen_app.kiosks import operations
from citizen_app.storage.orm import db
from tests.integration.kiosks.devices import create
from tests.integration.staff.people import hire

KIOSKS = "/api/v1/admin/kiosks"
NEW = {
    "name": "二号机",
    "service": "ferry",
    "purposes": ["board", "alight"],
    "place": {"zh": "西码头", "en": "West pier"},
    "context": {"pier": "west"},
}


@pytest.fixture
def admin(app: Flask) -> dict[str, str]:
    return hire(app, "wang.fang", "system_admin").sign_in()


@pytest.fixture
def operator(app: Flask) -> dict[str, str]:
    """An operator of `ferry`."""
    return hire(app, "li.lei", "service_operator:ferry").sign_in()


def test_a_kiosk_from_the_console_to_its_first_heartbeat(client: FlaskClient, admin: dict[str, str]) -> None:
    made = client.post(KIOSKS, json=NEW, headers=admin)
    assert made.status_code == 201
    kiosk = made.json["kiosk"]
    assert (kiosk["state"], kiosk["number"], kiosk["place"]) == ("pending", 1, NEW["place"])
    assert kiosk["created_by"] == "wang.fang"
    activated = client.post("/api/v1/kiosks/activate", json={"activation_code": made.json["activation_code"]})
    assert activated.status_code == 200
    shown = client.get(f"{KIOSKS}/{kiosk['id']}", headers=admin)
    assert shown.json["kiosk"]["state"] == "active"
    assert shown.json["unreadable"] == []
    assert activated.json["token"] not in shown.text
    assert "hash" not in shown.text


def test_changes_and_revocation(client: FlaskClient, admin: dict[str, str]) -> None:
    kiosk = client.post(KIOSKS, json=NEW, headers=admin).json["kiosk"]
    address = f"{KIOSKS}/{kiosk['id']}"
    moved = client.patch(
        address, json={"place": {"zh": "东码头", "en": "East pier"}, "name": "三号机"}, headers=admin
    )
    assert (moved.json["place"]["en"], moved.json["name"]) == ("East pier", "三号机")
    assert moved.json["placement_id"] != kiosk["placement_id"]
    narrowed = client.patch(address, json={"purposes": ["alight"], "context": {}}, headers=admin)
    assert (narrowed.json["purposes"], narrowed.json["context"]) == (["alight"], {})
    assert client.patch(address, json={"purposes": ["enter"]}, headers=admin).status_code == 422
    assert client.patch(address, json={}, headers=admin).status_code == 422
    assert client.patch(address, json={"state": "active"}, headers=admin).status_code == 422
    assert client.post(f"{address}/activation-code", headers=admin).status_code == 200
    assert client.post(f"{address}/revoke", headers=admin).json["state"] == "revoked"
    assert client.post(f"{address}/revoke", headers=admin).status_code == 200
    assert client.post(f"{address}/activation-code", headers=admin).status_code == 409
    assert client.patch(address, json={"name": "x"}, headers=admin).status_code == 409


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"place": {"zh": "码头"}}, "/place/en"),
        ({"purposes": ["fly"]}, "/purposes/0"),
        ({"service": "tram"}, "/service"),
        ({"context": {"pier": 3}}, "/context/pier"),
        ({"token": "mine"}, "/token"),
        ({"number": 7}, "/number"),
    ],
)
def test_a_bad_kiosk_is_refused_by_field(
    client: FlaskClient, admin: dict[str, str], change: dict, pointer: str
) -> None:
    refused = client.post(KIOSKS, json={**NEW, **change}, headers=admin)
    assert refused.status_code == 422
    assert pointer in [error["pointer"] for error in refused.json["errors"]]


def test_an_operator_sees_and_changes_the_kiosks_of_one_service(
    app: Flask, client: FlaskClient, operator: dict[str, str]
) -> None:
    own, _ = create(app)
    other, _ = create(app, service="pool", purposes=["enter"], context={})
    assert [kiosk["id"] for kiosk in client.get(KIOSKS, headers=operator).json["items"]] == [own]
    assert client.get(f"{KIOSKS}?service=pool", headers=operator).json["items"] == []
    assert client.patch(f"{KIOSKS}/{own}", json={"name": "新"}, headers=operator).status_code == 200
    assert client.post(KIOSKS, json=NEW, headers=operator).status_code == 201
    foreign = {**NEW, "service": "pool", "purposes": ["enter"], "context": {}}
    assert client.post(KIOSKS, json=foreign, headers=operator).status_code == 403
    attempts = [
        client.get(f"{KIOSKS}/{other}", headers=operator),
        client.patch(f"{KIOSKS}/{other}", json={"name": "新"}, headers=operator),
        client.post(f"{KIOSKS}/{other}/activation-code", headers=operator),
        client.post(f"{KIOSKS}/{other}/revoke", headers=operator),
    ]
    assert [attempt.status_code for attempt in attempts] == [404] * 4


def test_pages_walk_every_kiosk_once(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    made = [create(app, purposes=["alight"], context={})[0] for _ in range(7)]
    seen, cursor = [], ""
    while True:
        body = client.get(f"{KIOSKS}?limit=3&state=pending{cursor}", headers=admin).json
        seen.append([kiosk["id"] for kiosk in body["items"]])
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"
    assert [len(part) for part in seen] == [3, 3, 1]
    assert [kiosk for part in seen for kiosk in part] == sorted(made, reverse=True)


def test_each_change_leaves_an_audit_event(app: Flask, client: FlaskClient, admin: dict[str, str]) -> None:
    def events() -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0

    before = events()
    kiosk = client.post(KIOSKS, json=NEW, headers=admin).json["kiosk"]
    address = f"{KIOSKS}/{kiosk['id']}"
    for change in (
        lambda: client.patch(address, json={"name": "新"}, headers=admin),
        lambda: client.post(f"{address}/activation-code", headers=admin),
        lambda: client.post(f"{address}/revoke", headers=admin),
    ):
        assert events() > before
        before = events()
        assert change().status_code == 200
    assert events() > before
    with app.app_context():
        made = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "kiosk.create")).one()
    assert (made.actor_kind, made.actor_name, made.target_id, made.result) == (
        "staff",
        "wang.fang",
        kiosk["id"],
        "ok",
    )
    assert made.request_id
    assert made.address == "127.0.0.1"


def test_a_change_whose_audit_event_cannot_be_written_does_not_happen(
    app: Flask, client: FlaskClient, admin: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the audit log is away")

    kiosk_id, _ = create(app)
    monkeypatch.setattr(operations, "record", broken)
    assert client.post(f"{KIOSKS}/{kiosk_id}/revoke", headers=admin).status_code == 500
    assert client.get(f"{KIOSKS}/{kiosk_id}", headers=admin).json["kiosk"]["state"] == "pending"
