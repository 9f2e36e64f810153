"""The audit log: append-only, stable pages, signed cursors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from citizen_app import clock
from citizen_app.audit.models import AuditEvent
from citizen_app.audit.operations import record
from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements
from citizen_app.storage.keyset import Cursor
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from tests.integration.staff.people import hire

AUDIT = "/api/v1/admin/audit"


@pytest.fixture
def auditor(app: Flask) -> dict[str, str]:
    return hire(app, "wang.fang", "auditor").sign_in()


def write(app: Flask, count: int = 1, **details: object) -> list[str]:
    with app.app_context(), transaction():
        return [record("test.deed", "thing", f"thing-{n}", **details).id for n in range(count)]


def stored(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(text("SELECT * FROM audit_events ORDER BY id"))]


EDITS = [
    "UPDATE audit_events SET result = 'refused'",
    "UPDATE audit_events SET actor_name = 'nobody' WHERE action = 'test.deed'",
    "DELETE FROM audit_events",
    "DELETE FROM audit_events WHERE action = 'test.deed'",
    "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events",
    "REPLACE INTO audit_events SELECT * FROM audit_events",
    "INSERT INTO audit_events SELECT * FROM audit_events WHERE true ON CONFLICT (id) DO UPDATE SET action = 'x'",
    "TRUNCATE audit_events",
    "TRUNCATE audit_events CASCADE",
]


def speaks(app: Flask, edit: str) -> bool:
    """Whether the database has such a statement at all."""
    with app.app_context():
        sqlite = db.engine.dialect.name == "sqlite"
    return ("TRUNCATE" not in edit) if sqlite else ("REPLACE" not in edit)


@pytest.mark.parametrize("edit", EDITS)
def test_the_database_refuses_every_edit(app: Flask, edit: str) -> None:
    if not speaks(app, edit):
        pytest.skip("this database has no such statement")
    write(app, 2)
    before = stored(app)
    with pytest.raises(DBAPIError, match="append-only"):
        execute(app, edit)
    assert stored(app) == before


class Undone(Exception):
    """Ends a unit of work so that nothing of it stays, not even the schema."""


@pytest.mark.parametrize("edit", EDITS)
def test_negative_control_without_the_triggers_the_edit_goes_through(app: Flask, edit: str) -> None:
    if not speaks(app, edit):
        pytest.skip("this database has no such statement")
    write(app, 2)

    def edit_without_triggers() -> None:
        with app.app_context(), transaction():
            lift_triggers()
            db.session.execute(text(edit))
            raise Undone

    with pytest.raises(Undone):
        edit_without_triggers()


def test_triggers_that_were_put_back_refuse_again(app: Flask) -> None:
    write(app)
    with app.app_context(), transaction():
        lift_triggers()
        db.session.execute(text("DELETE FROM audit_events"))
        for statement in append_only_statements("audit_events", db.engine.dialect.name):
            db.session.execute(text(statement))
    write(app)
    with pytest.raises(DBAPIError, match="append-only"):
        execute(app, "DELETE FROM audit_events")
    assert len(stored(app)) == 1


def lift_triggers() -> None:
    """What retention does before it works."""
    for statement in drop_append_only_statements("audit_events", db.engine.dialect.name):
        db.session.execute(text(statement))


def execute(app: Flask, statement: str) -> None:
    """One statement in a unit of work of its own."""
    with app.app_context(), transaction():
        db.session.execute(text(statement))


def test_the_orm_cannot_edit_either(app: Flask) -> None:
    (event_id,) = write(app)
    with pytest.raises(DBAPIError, match="append-only"), app.app_context(), transaction():
        db.session.get_one(AuditEvent, event_id).action = "test.other"
    with pytest.raises(DBAPIError, match="append-only"), app.app_context(), transaction():
        db.session.delete(db.session.get_one(AuditEvent, event_id))


def test_a_deed_that_is_rolled_back_leaves_no_event(app: Flask) -> None:
    def fail() -> None:
        with app.app_context(), transaction():
            record("test.deed", "thing", None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert stored(app) == []


def test_lines_in_a_field_stay_one_event(app: Flask, client: FlaskClient, auditor: dict[str, str]) -> None:
    write(app, name="a\r\nb\x1b[31m")
    items = client.get(f"{AUDIT}?action=test.deed", headers=auditor).json["items"]
    assert [item["details"] for item in items] == [{"name": "a\r\nb\x1b[31m"}]


def test_pages_are_newest_first_and_complete_while_events_arrive(
    app: Flask, client: FlaskClient, auditor: dict[str, str]
) -> None:
    made = write(app, 25)
    seen: list[str] = []
    cursor = ""
    while True:
        body = client.get(f"{AUDIT}?action=test.deed&limit=10{cursor}", headers=auditor).json
        assert body.keys() == {"items", "next_cursor"}
        seen += [item["id"] for item in body["items"]]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"
        write(app)
    assert seen == made[::-1]


def test_filters(app: Flask, client: FlaskClient, auditor: dict[str, str]) -> None:
    write(app, 3)
    middle = clock.rfc3339(clock.now() + timedelta(milliseconds=2))  # rfc3339 cuts to milliseconds

    def count(query: str) -> int:
        return len(client.get(f"{AUDIT}?{query}", headers=auditor).json["items"])

    assert count("target_kind=thing&target_id=thing-1") == 1
    assert count(f"action=test.deed&since={middle}") == 0
    assert count(f"action=test.deed&until={middle}") == 3
    assert count("action=test") == 0


def test_a_page_has_a_hundred_items_at_most(app: Flask, client: FlaskClient, auditor: dict[str, str]) -> None:
    write(app, 105)
    body = client.get(f"{AUDIT}?limit=1000000&action=test.deed", headers=auditor).json
    assert len(body["items"]) == 100
    assert body["next_cursor"] is not None
    for limit in ("0", "-1", "x", ""):
        assert client.get(f"{AUDIT}?limit={limit}", headers=auditor).status_code == 422


def test_a_cursor_cannot_be_made_up_or_carried_elsewhere(
    app: Flask, client: FlaskClient, auditor: dict[str, str]
) -> None:
    write(app, 3)
    cursor = client.get(f"{AUDIT}?limit=1", headers=auditor).json["next_cursor"]
    assert client.get(f"{AUDIT}?cursor={cursor}", headers=auditor).status_code == 200
    tampered = [
        cursor[:i] + ("A" if cursor[i] != "A" else "B") + cursor[i + 1 :] for i in range(len(cursor) - 1)
    ]
    with app.app_context():
        elsewhere = Cursor("Kiosk.id", "x").sign()
    for wrong in (*tampered, "", "x", "WyJBdWRpdEV2ZW50LmlkIiwieCJd", elsewhere, cursor[:-4], "x" * 400):
        answer = client.get(AUDIT, query_string={"cursor": wrong}, headers=auditor)
        assert answer.status_code == 422, wrong
        assert answer.json["errors"][0]["pointer"] == "?cursor"


def test_nobody_but_the_auditor_reads_and_nobody_writes(
    app: Flask, client: FlaskClient, auditor: dict[str, str]
) -> None:
    admin = hire(app, "li.lei", "system_admin").sign_in()
    assert client.get(AUDIT, headers=admin).status_code == 403
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.open(AUDIT, method=method, headers=auditor, json={}).status_code == 405


def test_a_command_is_named_by_the_operating_systems_user(app: Flask) -> None:
    result = app.test_cli_runner().invoke(
        args=["staff", "create", "zhao.min", "--role", "auditor", "--password-stdin"],
        input="quiet-lantern-river\n",
    )
    assert result.exit_code == 0, result.output
    with app.app_context():
        events = list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)))
    assert [event.action for event in events] == ["staff.create", "staff.grant_role"]
    assert {event.actor_kind for event in events} == {"command"}
    assert all(event.actor_name and event.address is None for event in events)
