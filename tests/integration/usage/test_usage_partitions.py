"""Months of the log on PostgreSQL: rows go to theirs, months not asked for are not read, nothing is ever
refused."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from citizen_app import clock
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import Databases, is_required, postgresql_address
from citizen_app.usage.models import UsageEvent
from citizen_app.usage.partitions import DEFAULT, Month, ensure_partitions, months_kept
from citizen_app.usage.recording import NewEvent
from tests.integration.usage.filling import event, write

RECORDED = [field.name for field in fields(NewEvent)]
FAR = datetime(2031, 5, 14, 12, tzinfo=UTC)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A database of our own: these tests change its tables."""
    if postgresql_address() is None:
        if is_required("postgresql"):
            pytest.fail("PostgreSQL is required (CITIZEN_REQUIRE) but does not answer")
        pytest.skip("no PostgreSQL here, and SQLite has no partitions")
    url = databases.own_postgresql()
    yield url
    databases.drop_postgresql(url)


def test_sqlite_has_no_months() -> None:
    with create_engine("sqlite://").connect() as connection:
        assert ensure_partitions(connection, FAR) == []
        assert months_kept(connection) == []


def rows_by_partition() -> dict[str, int]:
    rows = db.session.execute(
        text("SELECT tableoid::regclass::text AS partition, count(*) AS events FROM usage_events GROUP BY 1")
    )
    return {row.partition: row.events for row in rows}


def ensure(app: Flask, moment: datetime, ahead: int = 3) -> list[str]:
    with app.app_context(), transaction():
        return ensure_partitions(db.session.connection(), moment, ahead)


def test_months_are_made_ahead_and_once(app: Flask) -> None:
    months = [Month.of(FAR).after(count) for count in range(4)]
    assert ensure(app, FAR) == [month.name for month in months]
    assert ensure(app, FAR) == []
    assert ensure(app, FAR + timedelta(days=31)) == [Month(2031, 9).name]
    with app.app_context(), transaction(reading=True):
        assert set(months) <= set(months_kept(db.session.connection()))


def test_rows_go_to_the_month_of_their_arrival(app: Flask) -> None:
    ensure(app, FAR)
    first = datetime(2031, 6, 1, tzinfo=UTC)
    write(
        app,
        event(new_id(), first - timedelta(milliseconds=1)),
        event(new_id(), first),
        event(new_id(), first, late_by=timedelta(days=3)),
        event(new_id(), datetime(2040, 1, 1, tzinfo=UTC)),
    )
    with app.app_context(), transaction(reading=True):
        assert rows_by_partition() == {"usage_events_2031_05": 1, "usage_events_2031_06": 2, DEFAULT: 1}


def test_rows_of_a_missing_month_wait_in_the_default_partition_and_move(app: Flask) -> None:
    """As after months without the jobs: nothing was refused, and the months come into being around the
    rows."""
    events = [
        event(new_id(), FAR + timedelta(days=20 * count), late_by=timedelta(days=9)) for count in range(6)
    ]
    write(app, *events, event(new_id()))
    with app.app_context(), transaction(reading=True):
        assert rows_by_partition().get(DEFAULT) == 6, rows_by_partition()
    assert len(ensure(app, FAR)) == 4
    with app.app_context(), transaction(reading=True):
        expected = Counter(Month.of(e.received_at).name for e in events)
        assert rows_by_partition() == {Month.of(clock.now()).name: 1, **expected}
        stored = db.session.execute(
            select(UsageEvent.id, UsageEvent.subject_key, UsageEvent.occurred_at).where(
                UsageEvent.late, UsageEvent.id.in_([e.id for e in events])
            )
        ).all()
        assert {tuple(row)[:2] for row in stored} == {(e.id, e.subject_key) for e in events}
    assert ensure(app, FAR) == []
    with app.app_context(), pytest.raises(Exception, match="append-only"), transaction():
        db.session.execute(text(f"TRUNCATE {DEFAULT}"))


def test_only_the_months_asked_for_are_read(app: Flask) -> None:
    ensure(app, FAR)
    month = Month(2031, 6)
    low, high = month.bounds
    with app.app_context(), transaction(reading=True):
        one = f"EXPLAIN SELECT * FROM usage_events WHERE id = '{low}'"
        span = f"EXPLAIN SELECT * FROM usage_events WHERE id >= '{low}' AND id < '{high}'"
        for query in (one, span):
            plan = "\n".join(db.session.scalars(text(query)))
            assert month.name in plan
            assert "usage_events_2031_05" not in plan, plan
            assert "usage_events_2031_07" not in plan, plan
            assert query is span or DEFAULT not in plan


def test_concurrent_callers_make_each_month_once(app: Flask) -> None:
    made: list[list[str]] = []
    runners = [threading.Thread(target=lambda: made.append(ensure(app, FAR, 12))) for _ in range(3)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(len(names) for names in made) == [0, 0, 13]


def test_scans_go_on_while_months_are_made(app: Flask) -> None:
    """A transaction that has written to this month does not block the creation of the next ones."""
    write_done, month_made = threading.Event(), threading.Event()

    def scan() -> None:
        with app.app_context(), transaction():
            db.session.execute(UsageEvent.__table__.insert(), [row])  # type: ignore[attr-defined]
            write_done.set()
            assert month_made.wait(10)

    present = event(new_id())
    row = {name: getattr(present, name) for name in RECORDED}
    scanning = threading.Thread(target=scan)
    scanning.start()
    assert write_done.wait(10)
    assert ensure(app, FAR, 0) == ["usage_events_2031_05"]
    month_made.set()
    scanning.join()
    with app.app_context(), transaction(reading=True):
        assert db.session.scalar(select(func.count()).select_from(UsageEvent)) == 1
