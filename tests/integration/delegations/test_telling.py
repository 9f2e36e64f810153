"""Who is told, in which words: one's own phone, or the phones of those who look after somebody."""

from __future__ import annotations

import json

from sqlalchemy import select

from citizen_app.delegations.telling import tell
from citizen_app.jobs.models import OutboxMessage
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit.testing import City
from tests.integration.delegations.conftest import delegate, person

WORDS = Text("您的市民码已停用。", "Your citizen code has stopped.")


def told(city: City, citizen_id: str) -> list[tuple[str, str]]:
    """Phone and text of each message that telling somebody sends."""
    with city.app.app_context(), transaction():
        before = set(db.session.scalars(select(OutboxMessage.id)))
        tell(citizen_id, WORDS)
        db.session.flush()
        sent = [one for one in db.session.scalars(select(OutboxMessage)) if one.id not in before]
        opened = [
            current_vault().unseal(one.payload_sealed or b"", f"outbox_messages.payload_sealed.{one.id}")
            for one in sent
        ]
    return [(payload["phone"], payload["text"]) for payload in map(json.loads, opened)]


def test_who_has_a_phone_is_told_there(city: City) -> None:
    elder, daughter = person(city, 75), person(city)
    delegate(city, daughter, elder)
    [(phone, text)] = told(city, elder.id)
    assert phone == elder.phone
    assert "】您的市民码已停用。 [" in text


def test_who_has_none_is_told_through_those_in_whose_care_they_are(city: City) -> None:
    elder, daughter = person(city, 75, phone=False), person(city)
    delegate(city, daughter, elder)
    [(phone, text)] = told(city, elder.id)
    assert phone == daughter.phone
    assert "致您照看的人：您的市民码已停用。" in text
    assert "To the person in your care: Your citizen code has stopped." in text


def test_nobody_is_told_of_somebody_alone(city: City) -> None:
    assert told(city, person(city, 75, phone=False).id) == []
