"""Rows go a slice at a time, and whoever waits comes in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final

import pytest
from sqlalchemy import func, insert, select, text

from citizen_app.storage import slices
from citizen_app.storage.cached_values import CacheVersion
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.slices import Paced, delete_in_slices
from citizen_app.storage.transactions import transaction

VERSIONS: Final = table_of(CacheVersion)
COUNT: Final = select(func.count()).select_from(VERSIONS).where(VERSIONS.c.topic.like("slice:%"))


def test_so_many_rows_go_in_a_unit_and_nothing_else_goes(app: Any) -> None:
    sizes = []

    @contextmanager
    def counted() -> Iterator[None]:
        with transaction():
            before = db.session.scalar(COUNT) or 0
            yield
            sizes.append(before - (db.session.scalar(COUNT) or 0))

    with app.app_context():
        with transaction():
            rows = [{"topic": f"slice:{number:02}", "version": number % 13} for number in range(28)]
            db.session.execute(insert(VERSIONS), rows)
        past = VERSIONS.c.topic.like("slice:%") & (VERSIONS.c.version != 0)
        assert delete_in_slices(VERSIONS, past, counted, rows=10) == 25
        with transaction(reading=True):
            assert db.session.scalar(COUNT) == 3
    assert sizes == [10, 10, 5]


def test_a_pause_lets_others_write_on_sqlite(
    app: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than a waiting process sleeps; none on PostgreSQL, where nobody waits."""
    unit, pauses = Paced(), list[float]()
    monkeypatch.setattr(slices, "time", SimpleNamespace(monotonic=lambda: 1000.0, sleep=pauses.append))
    with app.app_context():
        for _ in range(4):
            with unit():
                db.session.execute(text("SELECT 1"))
    pause = slices.PAUSE if database_url.startswith("sqlite") else 0
    assert pauses == pytest.approx([0, pause, pause, pause])
