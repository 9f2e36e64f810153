"""Keys of partners: changed, replaced, revoked, used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from time_machine import Traveller

from citizen_app import clock
from citizen_app.factory import CitizenFlask
from citizen_app.partners import operations, queries
from citizen_app.secrecy.bearers import LookUpRateLimit, mint
from citizen_app.storage.cached_values import CacheWatch
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing.people import TestOperator
from citizen_app.toolkit.testing.races import before_commit
from tests.office_services.archive.tests.archive import Archive
from tests.office_services.archive.tests.partners import (
    PARTNERS,
    call,
    handed_out,
    within,
)


def test_two_keys_are_valid_while_one_is_replaced(
    app: CitizenFlask, archive: Archive, admin: TestOperator, time_travel: Traveller
) -> None:
    partner_id, first = handed_out(archive, admin)
    rotated = admin.call("POST", f"{PARTNERS}/{partner_id}/rotate", json={"keep_hours": 2}).get_json()
    second = rotated["key"]
    assert rotated["partner"]["previous_until"] == clock.rfc3339(clock.now() + timedelta(hours=2))
    assert [call(app, key).status_code for key in (first, second)] == [200, 200]
    time_travel.shift(timedelta(hours=2))
    refused = call(app, first)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert call(app, second).status_code == 200
    third = admin.call("POST", f"{PARTNERS}/{partner_id}/rotate").get_json()["key"]
    fourth = admin.call("POST", f"{PARTNERS}/{partner_id}/rotate").get_json()["key"]
    assert [call(app, key).status_code for key in (second, third, fourth)] == [401, 200, 200]
    fifth = admin.call("POST", f"{PARTNERS}/{partner_id}/rotate", json={"keep_hours": 0}).get_json()["key"]
    assert [call(app, key).status_code for key in (third, fourth, fifth)] == [401, 401, 200]
    told = admin.call("POST", f"{PARTNERS}/{partner_id}/rotate", headers={"Idempotency-Key": "rotate-01"})
    again = admin.call("POST", f"{PARTNERS}/{partner_id}/rotate", headers={"Idempotency-Key": "rotate-01"})
    assert told.get_json() == again.get_json(), "a lost answer is given again"


def test_rotations_at_the_same_time_take_turns(
    app: CitizenFlask, archive: Archive, admin: TestOperator
) -> None:
    partner_id, first = handed_out(archive, admin)
    keys: list[str] = []
    made = before_commit(
        app, lambda: keys.append(operations.rotate(partner_id).key), lambda: operations.rotate(partner_id).key
    )
    assert isinstance(made, str)
    assert [call(app, key).status_code for key in (first, keys[0], made)] == [401, 200, 200]


def test_a_change_holds_at_the_next_call(
    app: CitizenFlask, archive: Archive, admin: TestOperator, time_travel: Traveller
) -> None:
    partner_id, key = handed_out(archive, admin)
    path = f"{PARTNERS}/{partner_id}"
    assert admin.call("PATCH", path, json={"scopes": ["notes"], "name": "新名"}).get_json()["name"] == "新名"
    lacking = call(app, key)
    assert lacking.status_code == 403
    assert admin.call("PATCH", path, json={"scopes": ["rooms"], "per_minute": 1}).status_code == 200
    assert [call(app, key).status_code for _ in range(2)] == [200, 429]
    soon = clock.rfc3339(clock.now() + timedelta(minutes=5))
    assert admin.call("PATCH", path, json={"expires_at": soon, "per_minute": 9}).status_code == 200
    assert call(app, key).status_code == 200
    time_travel.shift(timedelta(minutes=5))
    assert call(app, key).status_code == 401
    assert admin.get(path).get_json()["state"] == "expired"
    assert admin.call("PATCH", path, json={"name": "还是过期"}).status_code == 200
    assert admin.call("PATCH", path, json={"expires_at": None}).get_json()["state"] == "active"
    assert call(app, key).status_code == 200
    for wrong in ({}, {"unit": archive.west}, {"service": "bus"}, {"scopes": ["all"]}, {"expires_at": soon}):
        assert admin.call("PATCH", path, json=wrong).status_code == 422, wrong
    changes = archive.city.count("audit_events", "action = 'partner.change'")
    assert admin.call("PATCH", path, json={"name": "还是过期"}).status_code == 200
    assert archive.city.count("audit_events", "action = 'partner.change'") == changes


def test_a_revoked_partner_is_refused_here_at_once_and_elsewhere_within_a_second(
    app: CitizenFlask, other_worker: CitizenFlask, archive: Archive, admin: TestOperator
) -> None:
    partner_id, old = handed_out(archive, admin)
    key = admin.call("POST", f"{PARTNERS}/{partner_id}/rotate").get_json()["key"]
    other_worker.extensions["watch"].start()
    _, bystander = handed_out(archive, admin)
    for process in (app, other_worker):
        assert [call(process, one).status_code for one in (old, key)] == [200, 200]
    assert admin.call("POST", f"{PARTNERS}/{partner_id}/revoke").get_json()["state"] == "revoked"
    assert [call(app, one).status_code for one in (old, key)] == [401, 401]
    assert within(20, lambda: call(other_worker, key).status_code == 401)
    assert call(other_worker, old).status_code == 401
    assert [call(process, bystander).status_code for process in (app, other_worker)] == [200, 200]
    assert admin.call("POST", f"{PARTNERS}/{partner_id}/revoke").status_code == 200
    assert archive.city.count("audit_events", "action = 'partner.revoke'") == 1
    for method, path, body in (("PATCH", "", {"name": "x"}), ("POST", "/rotate", {})):
        assert admin.call(method, f"{PARTNERS}/{partner_id}{path}", json=body).status_code == 409


def test_control_without_the_watch_the_other_process_goes_on(
    app: CitizenFlask, other_worker: CitizenFlask, archive: Archive, admin: TestOperator
) -> None:
    """Revoking is heard of by the watch and by nothing else."""
    partner_id, key = handed_out(archive, admin)
    other_worker.extensions["watch"] = CacheWatch(other_worker, 3600.0)
    assert call(other_worker, key).status_code == 200
    admin.call("POST", f"{PARTNERS}/{partner_id}/revoke")
    assert call(other_worker, key).status_code == 200
    _look(other_worker)
    assert call(other_worker, key).status_code == 401


def _look(app: CitizenFlask) -> None:
    with app.app_context():
        app.extensions["watch"].check_versions()


def test_calls_read_no_table_and_garbage_neither(
    app: CitizenFlask, archive: Archive, admin: TestOperator, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = handed_out(archive, admin)
    call(app, key, "about")
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(*told: Any) -> None:
        if "FROM" in told[2] and "watch_versions" not in told[2]:  # a thread looks there by itself
            seen.append(told[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert call(app, key, "about").status_code == 200
        assert not [one for one in seen if "partners" in one]
        seen.clear()
        with app.app_context():
            foreign = [mint("kiosk"), mint("staff-token")]
        for token in ("", "x", "A" * 55, "A" * 43 + "é" * 12, "A" * 100_000, *foreign):
            assert call(app, token, "about").status_code in (401, 431)
        assert seen == []
        monkeypatch.setattr(queries, "_allowance", LookUpRateLimit(5))
        with app.app_context():
            minted = [mint("partner") for _ in range(30)]
        heard = [call(app, token, "about").status_code for token in minted]
        assert {*heard} == {401, 503}
        assert sum("FROM partners" in one for one in seen) == heard.count(401) <= 10
        seen.clear()
        monkeypatch.setattr(queries, "_allowance", LookUpRateLimit(5))
        assert {call(app, minted[0], "about").status_code for _ in range(20)} == {401}
        assert sum("FROM partners" in one for one in seen) == 1, "whoever was revoked goes on calling"
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_day_of_the_last_call_is_noted_once(
    app: CitizenFlask, archive: Archive, admin: TestOperator, time_travel: Traveller
) -> None:
    partner_id, old = handed_out(archive, admin)
    path = f"{PARTNERS}/{partner_id}"
    assert admin.get(path).get_json()["last_used_on"] is None
    with app.app_context():
        versions = archive.city.count("watch_versions", "topic = 'partners'")
    assert call(app, old).status_code == 200
    today = clock.now().date().isoformat()
    assert admin.get(path).get_json()["last_used_on"] == today
    new = admin.call("POST", f"{path}/rotate").get_json()["key"]
    time_travel.shift(timedelta(days=1))
    assert call(app, new).status_code == 200
    shown = admin.get(path).get_json()
    assert (shown["previous_used_on"], shown["last_used_on"]) == (None, clock.now().date().isoformat())
    assert call(app, old).status_code == 200
    assert admin.get(path).get_json()["previous_used_on"] == clock.now().date().isoformat()
    assert archive.city.count("watch_versions", "topic = 'partners'") == versions
