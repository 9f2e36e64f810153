"""The bus in a running city: the fixtures of the house's own tests, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, event, text

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import Json, bump, session
from services.bus.operations.importing import Imported, import_feed
from services.bus.tests.feeds import Content, write_zip
from tests.scanning import City

# By name, so that type checks of a service do not spread over the house's tests.
house = import_module("tests.conftest")
app, client = house.app, house.client
databases, database_url, services_dir = house.databases, house.database_url, house.services_dir

Import = Callable[..., Imported]


@pytest.fixture
def app_environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """As in the house's tests, with time enough for a hook on a busy machine."""
    environ: dict[str, str] = house.environment(
        tmp_path / "data", database_url, CITIZEN_HOOK_BUDGET_MS="5000"
    )
    return environ


@pytest.fixture
def city(app: Any) -> City:
    """Citizens and kiosks; the bus is switched on."""
    return City(app)


@pytest.fixture
def import_path(app: Any) -> Import:
    """Import a feed file, each step in a transaction of its own, as the command does."""

    def run(path: Path, **options: Any) -> Imported:
        with app.app_context():
            return import_feed(path, transaction, **{"today": date(2026, 6, 1), **options})

    return run


@pytest.fixture
def import_small(import_path: Import, tmp_path: Path) -> Import:
    """Import the small feed, with changes."""

    def run(changes: Content | None = None, **options: Any) -> Imported:
        return import_path(write_zip(tmp_path, changes), **options)

    return run


@pytest.fixture
def staff_decide(app: Any) -> Callable[..., None]:
    """Change what staff decide about the bus: its `settings`, or its `granted_scopes`."""

    def change(**decided: Any) -> None:
        with app.app_context(), transaction():
            for column, value in decided.items():
                words = text(f"UPDATE service_states SET {column} = :value WHERE service = 'bus'")
                session().execute(words.bindparams(bindparam("value", value, type_=Json)))
            bump("services")

    return change


@pytest.fixture
def statements(app: Any) -> Callable[[], Any]:
    """A context that collects the statements about the bus's tables meanwhile."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if "bus_" in statement:
                seen.append(statement)

        with app.app_context():
            engine = session().get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect
