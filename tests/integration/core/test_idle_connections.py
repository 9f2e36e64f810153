"""Idle connections are pinged before use, so a restart of the database server fails no request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.storage import dialects
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing import Databases, dispose

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
END_THE_OTHERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def app(app_environment: dict[str, str], databases: Databases) -> Iterator[CitizenFlask]:
    """An application whose database nobody else is connected to."""
    url = databases.own_postgresql()
    made = create_app({**app_environment, "CITIZEN_DATABASE_URL": url})
    yield made
    dispose(made)
    databases.drop_postgresql(url)


def use_what_rests(app: Flask) -> None:
    """One of two connections ends the other; then both are taken from the pool again."""
    with app.app_context():
        with db.engine.connect() as first:
            with db.engine.connect() as second:
                second.execute(text("SELECT 1"))
            assert first.execute(text(END_THE_OTHERS)).scalar() == 1
        with db.engine.connect() as first, db.engine.connect() as second:
            assert {one.execute(text("SELECT 1")).scalar() for one in (first, second)} == {1}


def test_one_that_the_server_has_ended_is_replaced(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialects, "IDLE_SECONDS", -1.0)
    use_what_rests(app)


def test_control_one_that_is_not_asked_fails(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialects, "IDLE_SECONDS", 3600.0)
    with pytest.raises(OperationalError):
        use_what_rests(app)
