"""Tokens of kiosks: read from memory, revoked everywhere within a second, rotated without stranding
anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from citizen_app import clock
from citizen_app.audit.models import AuditEvent
from citizen_app.kiosks import operations, queries
from citizen_app.kiosks.queries import kiosk_of_token
from citizen_app.secrecy import bearers
from citizen_app.secrecy.bearers import mint
from citizen_app.secrecy.vault import token_hash
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit.testing.races import before_commit, concurrently
from citizen_app.wire.problems import Problem
from tests.integration.kiosks.devices import accepted, create, look_only_when_asked, within

ROTATE = "/api/v1/kiosks/me/token"
HEARTBEAT = "/api/v1/kiosks/me/heartbeat"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def statements(app: Flask):
    """Every statement that the process sends to its database."""
    seen: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_known_token_reads_no_table(app: Flask, enrolled, statements) -> None:
    _, token = enrolled(purposes=["board", "alight"])
    assert accepted(app, token)
    statements.clear()
    with app.app_context(), transaction(reading=True):
        view = kiosk_of_token(token)
    assert statements == []
    assert (view.number, view.service, view.purposes) == (1, "ferry", ("board", "alight"))
    assert (view.place.en, dict(view.context)) == ("East pier", {"pier": "east"})


def test_garbage_reads_no_table_either(app: Flask, enrolled, statements) -> None:
    assert accepted(app, enrolled()[1])
    with app.app_context():
        foreign = [mint("staff-session"), mint("staff-token")]
    statements.clear()
    for token in ("", "x", "A" * 55, "A" * 43 + "é" * 12, "A" * 100_000, *foreign):
        assert not accepted(app, token)
    assert statements == []


def test_a_flood_of_genuine_looking_tokens_stays_a_trickle(
    app: Flask, enrolled, statements, monkeypatch
) -> None:
    assert accepted(app, enrolled()[1])
    monkeypatch.setattr(bearers.time, "monotonic", lambda: 5.0)
    monkeypatch.setattr(queries, "_allowance", bearers.LookUpRateLimit(queries.LOOK_UPS_PER_SECOND))
    statements.clear()
    refusals = []
    with app.app_context(), transaction(reading=True):
        for _ in range(200):
            try:
                refusals.append(kiosk_of_token(mint("kiosk")))
            except Problem as problem:
                refusals.append(problem.kind.slug)
    assert refusals == [None] * 20 + ["unavailable"] * 180
    assert sum("FROM kiosks" in statement for statement in statements) == 20


def test_a_revoked_kiosk_is_refused_here_at_once_and_elsewhere_soon(
    app: Flask, second_app: Flask, enrolled
) -> None:
    kiosk_id, token = enrolled()
    _, bystander = enrolled()
    for process in (app, second_app):
        assert process.test_client().post(HEARTBEAT, headers=bearer(token), json=now()).status_code == 200
    with app.app_context(), transaction():
        operations.revoke(kiosk_id)
    assert app.test_client().post(HEARTBEAT, headers=bearer(token), json=now()).status_code == 401
    assert within(20, lambda: not accepted(second_app, token))
    assert second_app.test_client().post(HEARTBEAT, headers=bearer(token), json=now()).status_code == 401
    assert accepted(second_app, bystander)


def test_negative_control_a_process_that_does_not_look_goes_on_believing(
    app: Flask, second_app: Flask, enrolled
) -> None:
    kiosk_id, token = enrolled()
    watch = look_only_when_asked(second_app)
    assert accepted(second_app, token)
    with app.app_context(), transaction():
        operations.revoke(kiosk_id)
    assert not within(1.5, lambda: not accepted(second_app, token))
    with second_app.app_context():
        watch.check_versions()
    assert not accepted(second_app, token)


def test_a_token_made_elsewhere_a_moment_ago_is_accepted(app: Flask, second_app: Flask, enrolled) -> None:
    kiosk_id, token = enrolled()
    look_only_when_asked(second_app)
    assert accepted(second_app, token)
    with app.app_context(), transaction():
        fresh = operations.rotate_token(kiosk_id, token)
    assert accepted(second_app, fresh)
    assert accepted(second_app, token)


def test_a_token_that_was_rotated_away_lives_until_the_new_one_has_been_heard_of(
    app: Flask, client: FlaskClient, enrolled
) -> None:
    _, token = enrolled()
    with time_machine.travel(clock.now(), tick=False) as moving:
        fresh = client.post(ROTATE, headers=bearer(token)).json["token"]
        assert fresh != token
        for said_by in (token, fresh, fresh):
            assert client.post(HEARTBEAT, headers=bearer(said_by), json=now()).status_code == 200
            moving.shift(29)
        assert accepted(app, token)
        assert accepted(app, fresh)
        moving.shift(2)
        assert not accepted(app, token), "a minute after the first heartbeat with the new one"
        assert accepted(app, fresh)


def test_a_kiosk_that_never_gets_the_answer_is_not_stranded(
    app: Flask, client: FlaskClient, enrolled
) -> None:
    _, token = enrolled()
    with time_machine.travel(clock.now(), tick=False) as moving:
        lost = client.post(ROTATE, headers=bearer(token)).json["token"]
        moving.shift(operations.LOST_ANSWER - timedelta(seconds=1))
        assert client.post(HEARTBEAT, headers=bearer(token), json=now()).status_code == 200
        assert client.post(ROTATE, headers=bearer(token)).json["token"] == lost
        moving.shift(1)
        assert not accepted(app, token)
        assert client.post(ROTATE, headers=bearer(token)).status_code == 401
        assert accepted(app, lost)


def test_a_token_that_was_replaced_cannot_rotate(app: Flask, enrolled) -> None:
    kiosk_id, token = enrolled()
    with app.app_context(), transaction():
        _, code = operations.new_activation_code(kiosk_id)
    with app.app_context(), transaction():
        operations.activate(code)
    with pytest.raises(Problem) as refused, app.app_context(), transaction():
        operations.rotate_token(kiosk_id, token)
    assert refused.value.kind.slug == "sign-in-required"


def rotated_concurrently(app: Flask, token: str) -> set[str]:
    """The tokens that six concurrent rotations of one token return."""
    answers = concurrently(lambda: app.test_client().post(ROTATE, headers=bearer(token)), 6)
    assert {answer.status_code for answer in answers} == {200}
    return {answer.json["token"] for answer in answers}


def test_six_concurrent_rotations_get_one_working_token(app: Flask, enrolled) -> None:
    _, token = enrolled()
    (fresh,) = rotated_concurrently(app, token)
    assert accepted(app, fresh)
    assert accepted(app, token)
    with app.app_context(), transaction(reading=True):
        rotations = select(func.count()).where(AuditEvent.action == "kiosk.rotate_token")
        assert db.session.scalar(rotations) == 1


def test_control_a_token_of_chance_leaves_five_dead_ones(app: Flask, enrolled, monkeypatch) -> None:
    _, token = enrolled()
    monkeypatch.setattr(operations, "successor", lambda kind, token: mint(kind))
    monkeypatch.setattr(operations, "_locked", _taken_for_the_first(operations._locked, token))
    assert sorted(accepted(app, fresh) for fresh in rotated_concurrently(app, token)) == [False] * 5 + [True]


def _taken_for_the_first(locked, token: str):
    """The row, as if nobody had rotated before."""

    def look(kiosk_id: str):
        kiosk = locked(kiosk_id)
        kiosk.token_hash = token_hash(token)
        return kiosk

    return look


def test_a_pending_kiosk_has_no_token_and_a_revoked_one_takes_no_code(app: Flask) -> None:
    kiosk_id, code = create(app)
    with app.app_context(), transaction():
        operations.revoke(kiosk_id)
    with pytest.raises(Problem) as refused, app.app_context(), transaction():
        operations.activate(code)
    assert refused.value.kind.slug == "sign-in-refused"
    with pytest.raises(Problem) as refused, app.app_context(), transaction():
        operations.new_activation_code(kiosk_id)
    assert refused.value.kind.slug == "conflict"


def test_of_two_concurrent_moves_of_a_kiosk_the_second_counts(app: Flask, enrolled) -> None:
    """To lock the row joined with its place would lose it: the place is another when the turn comes."""
    kiosk_id, _ = enrolled()
    west, north = Text("西码头", "West pier"), Text("北码头", "North pier")
    moved = before_commit(
        app,
        lambda: operations.move(kiosk_id, west),
        lambda: operations.move(kiosk_id, north).placement.place_en,
    )
    assert moved == "North pier"


def now() -> dict[str, str]:
    return {"clock": clock.rfc3339(clock.now())}
