"""Heartbeats, counters, moves: what a kiosk tells, and what it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from citizen_app import clock
from citizen_app.kiosks import operations, queries
from citizen_app.kiosks.models import Kiosk, KioskCounter, Placement
from citizen_app.kiosks.queries import kiosk_of_token
from citizen_app.kiosks.tally import current_tally
from citizen_app.storage.cached_values import CacheVersion
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.wire.problems import Problem
from tests.integration.kiosks.devices import accepted, create, purposes_of

HEARTBEAT = "/api/v1/kiosks/me/heartbeat"


def test_a_heartbeat_tells_the_kiosk_what_it_may_do(app: Flask, client: FlaskClient, enrolled) -> None:
    kiosk_id, token = enrolled()
    body = {
        "clock": clock.rfc3339(clock.now() + timedelta(seconds=40)),
        "bundle_version": "b7",
        "journal_seq": 12,
        "app_version": "page-1",
    }
    answer = client.post(
        HEARTBEAT, json=body, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    )
    assert answer.status_code == 200
    told = answer.json
    assert told.keys() == {"server_time", "clock_offset_ms", "kiosk", "purposes", "context", "search"}
    assert 38_000 < told["clock_offset_ms"] <= 40_000
    assert told["kiosk"] == {
        "id": kiosk_id,
        "name": "一号机",
        "number": 1,
        "service": "ferry",
        "place": "East pier",
    }
    assert told["context"] == {"defaults": {"pier": "east"}}
    east, west = {"value": "east", "title": "East pier"}, {"value": "west", "title": "West pier"}
    fields = [
        {"name": "pier", "type": "string", "title": "Pier", "required": True, "choices": [east, west]},
        {"name": "seats", "type": "integer", "title": "Seats", "required": False, "choices": None},
    ]
    for field in fields:
        field |= {"listed": False, "depends_on": [], "each_scan": False}
    assert told["purposes"] == [
        {"id": "board", "title": "Board", "context_fields": fields, "session_purposes": []}
    ]
    with app.app_context():
        kiosk = db.session.get_one(Kiosk, kiosk_id)
        assert (kiosk.bundle_version, kiosk.journal_seq, kiosk.app_version) == ("b7", 12, "page-1")
        assert kiosk.last_seen_at is not None


def test_a_heartbeat_speaks_the_kiosks_language(client: FlaskClient, enrolled) -> None:
    _, token = enrolled()
    body = {"clock": "1970-01-01T00:00:00Z"}  # a kiosk whose clock was never set
    told = client.post(HEARTBEAT, json=body, headers={"Authorization": f"Bearer {token}"}).json
    assert told["kiosk"]["place"] == "东码头"
    assert told["purposes"][0]["context_fields"][0]["choices"][0]["title"] == "东码头"
    assert told["clock_offset_ms"] < -(2**31)


@pytest.mark.parametrize(
    "body",
    [{}, {"clock": "2026-11-21T08:31:00"}, {"clock": "now"}, {"clock": "2026-11-21T08:31:00Z", "x": 1}],
)
def test_a_malformed_heartbeat_is_refused(client: FlaskClient, enrolled, body: dict[str, object]) -> None:
    _, token = enrolled()
    assert client.post(HEARTBEAT, json=body, headers={"Authorization": f"Bearer {token}"}).status_code == 422


def version(app: Flask) -> int | None:
    with app.app_context():
        return db.session.scalar(select(CacheVersion.version).where(CacheVersion.topic == "kiosks"))


def test_heartbeats_and_counters_make_no_process_reload(app: Flask, enrolled) -> None:
    kiosk_id, _ = enrolled()
    before = version(app)
    with app.app_context(), transaction():
        operations.record_heartbeat(kiosk_id, kiosk_clock=clock.now())
    with app.app_context():
        current_tally().add(kiosk_id, "malformed")
        current_tally().write()
    assert version(app) == before
    with app.app_context(), transaction():
        operations.change(kiosk_id, name="二号机", purposes_of=purposes_of)
    assert version(app) == before + 1


def test_what_names_no_citizen_is_only_counted(app: Flask, enrolled) -> None:
    kiosk_id, _ = enrolled()
    with app.app_context():
        for reason in ("malformed", "bad_signature", "malformed"):
            current_tally().add(kiosk_id, reason)
        current_tally().write()
        current_tally().write()
        found = [(c.reason, c.count) for c in queries.unreadable_counts(kiosk_id)]
        assert found == [("bad_signature", 1), ("malformed", 2)]
        assert {c.day for c in db.session.scalars(select(KioskCounter))} == {clock.now().date()}


def test_a_move_leaves_the_history_where_it_was(app: Flask, enrolled) -> None:
    kiosk_id, token = enrolled()
    assert accepted(app, token)
    with app.app_context(), transaction(reading=True):
        before = kiosk_of_token(token)
    with app.app_context(), transaction():
        operations.move(kiosk_id, Text("西码头", "West pier"))
    with app.app_context(), transaction(reading=True):
        after = kiosk_of_token(token)
        old = db.session.get_one(Placement, before.placement_id)
    assert old.place == before.place == Text("东码头", "East pier")
    assert after.placement_id != before.placement_id
    assert after.place == Text("西码头", "West pier")


@pytest.mark.parametrize(
    ("chosen", "pointer"),
    [
        ({"service": "tram"}, "/service"),
        ({"purposes": ["board", "enter"]}, "/purposes/1"),
        ({"purposes": []}, "/purposes"),
        ({"context": {"colour": "red"}}, "/context/colour"),
        ({"context": {"pier": "north"}}, "/context/pier"),
        ({"context": {"seats": "many"}}, "/context/seats"),
        ({"purposes": ["alight"], "context": {"pier": "east"}}, "/context/pier"),
    ],
)
def test_a_kiosk_does_only_what_its_service_declares(
    app: Flask, chosen: dict[str, object], pointer: str
) -> None:
    with pytest.raises(Problem) as refused:
        create(app, **chosen)
    assert refused.value.kind.slug == "invalid-input"
    assert refused.value.errors[0].pointer == pointer
