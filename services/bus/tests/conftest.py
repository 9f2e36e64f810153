"""The bus in a running city: timetables, and what staff decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, event, text

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import Json, invalidate, session
from services.bus.operations.importing import Imported, import_feed
from services.bus.tests.feeds import Content, write_zip

Import = Callable[..., Imported]


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
            invalidate("services")

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
