"""Whom the server runs as on PostgreSQL may add to the logs and change nothing in them: the rights of
`docs/examples/postgresql-grants.sql`, the second lock beside the triggers (ASVS V13.2.2, V16.4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from citizen_app.storage.append_only import append_only_tables
from citizen_app.storage.orm import db
from tests.architecture.sources import ROOT

GRANTS = (ROOT / "docs/examples/postgresql-grants.sql").read_text(encoding="utf-8")
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    """Of the owner; whatever is done is undone, roles too."""
    with app.app_context(), db.engine.connect() as opened:
        yield opened
        opened.rollback()


def become_web(connection: Connection, grants: str) -> None:
    """From now on as the role of the server, with these rights."""
    role = f"web_{token_hex(6)}"
    driver: Any = connection.connection.driver_connection
    for statement in (f"CREATE ROLE {role}", grants.replace("citizen_web", role), f"SET LOCAL ROLE {role}"):
        driver.execute(statement)  # as psql sends it: a percent sign is itself


def refusal(connection: Connection, statement: str) -> str:
    """Why the database refuses a statement; empty when it does not."""
    try:
        with connection.begin_nested():
            connection.execute(text(statement))
    except DBAPIError as error:
        return str(error.orig)
    return ""


def edits(connection: Connection, table: str) -> list[str]:
    columns: list[Any] = inspect(connection).get_columns(table)
    change = f"UPDATE {table} SET {columns[0]['name']} = {columns[0]['name']}"
    return [change, f"DELETE FROM {table}", f"TRUNCATE {table}"]


def test_the_role_of_the_server_cannot_change_any_log(connection: Connection) -> None:
    logs = append_only_tables(connection)
    assert {"audit_events", "usage_events", "consent_events", "payment_postings"} <= logs
    statements = [statement for table in sorted(logs) for statement in edits(connection, table)]
    become_web(connection, GRANTS)
    assert [one for one in statements if "permission denied" not in refusal(connection, one)] == []
    assert refusal(connection, "SELECT count(*) FROM audit_events") == ""
    assert refusal(connection, "DELETE FROM watch_versions") == ""


def test_negative_control_without_the_second_lock_the_role_has_the_rights(connection: Connection) -> None:
    change, delete, _ = edits(connection, "audit_events")
    become_web(connection, re.sub(r"REVOKE UPDATE[^;]*;", "", GRANTS))
    assert [refusal(connection, one) for one in (change, delete)] == ["", ""], "it has no row to refuse"
