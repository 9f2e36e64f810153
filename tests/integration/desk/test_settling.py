"""Services hear of a death and settle what they hold open, each by itself and until it is done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from citizen_app.desk.settling import DECEASED
from citizen_app.jobs.models import OutboxMessage
from citizen_app.jobs.outbox import send_due
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.contract.api_things import Town, compound, signed_in
from tests.integration.desk.conftest import CITIZENS, Clerk

DEATH = {"proof": "death_certificate", "reference": "2026-00417"}


def messages(city: City) -> list[dict[str, Any]]:
    with city.app.app_context(), transaction(reading=True):
        rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == DECEASED)).all()
        return [json.loads(row.payload or "{}") for row in rows]


def dies(city: City, clerk: Clerk, phone: str) -> None:
    found = clerk.find(phone=phone)
    assert clerk.post(f"{CITIZENS}/{found}/death", DEATH).status_code == 200


def send(city: City) -> None:
    with city.app.app_context():
        with transaction():
            db.session.execute(
                update(OutboxMessage).where(OutboxMessage.kind != DECEASED).values(state="sent")
            )
            db.session.execute(update(OutboxMessage).values(next_attempt_at=OutboxMessage.created_at))
        send_due()


def test_a_member_of_a_compound_belongs_there_no_more(city: City, clerk: Clerk) -> None:
    town = Town(city.app)
    manager, _ = compound(town)
    assert town.ask(signed_in(manager), "GET", "/api/v1/services/pass/my/places")["items"]
    belonged = city.count("pass_members", "status = 'active'")
    dies(city, clerk, manager.phone)
    (told,) = messages(city)
    assert told == {"service": "pass", "citizen_ref": manager.ref("pass")}, "who has met them"
    send(city)
    ref = manager.ref("pass")
    assert city.count("pass_members", f"citizen_ref = '{ref}' AND status = 'active'") == 0
    assert city.count("pass_members", f"citizen_ref = '{ref}' AND status = 'suspended'") == 1
    assert city.count("pass_invitations", f"citizen_ref = '{ref}' AND revoked_at IS NULL") == 0
    assert city.count("pass_claims", f"citizen_ref = '{ref}' AND status = 'waiting'") == 0
    assert city.count("pass_members", "status = 'active'") == belonged - 1, "others belong there still"


def test_a_service_that_fails_is_told_again(
    city: City, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = city.citizen()
    city.kiosk("pass").scan(citizen.code(), "enter")
    heard: list[str] = []

    def on_death(ref: str) -> None:
        heard.append(ref)
        if len(heard) == 1:
            raise RuntimeError("a bug")

    (module,) = [one for one in city.app.extensions["registry"] if one.id == "pass"]
    monkeypatch.setattr(module.hooks, "on_death", on_death)
    dies(city, clerk, citizen.phone)
    send(city)
    assert city.count("outbox_messages", f"kind = '{DECEASED}' AND state = 'waiting'") == 1
    send(city)
    assert heard == [citizen.ref("pass")] * 2
    assert city.count("outbox_messages", f"kind = '{DECEASED}' AND state = 'sent'") == 1


def test_a_service_without_the_hook_holds_nothing_open(
    city: City, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = city.citizen()
    city.kiosk("pass").scan(citizen.code(), "enter")
    (module,) = [one for one in city.app.extensions["registry"] if one.id == "pass"]
    monkeypatch.delattr(module.hooks, "on_death")
    dies(city, clerk, citizen.phone)
    send(city)
    assert city.count("outbox_messages", f"kind = '{DECEASED}' AND state = 'sent'") == 1
