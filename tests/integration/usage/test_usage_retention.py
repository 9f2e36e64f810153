"""The log's oldest part leaves it: no sooner than allowed, counted before, and nothing else notices.
Recounting finds what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from citizen_app import clock
from citizen_app.audit.models import AuditEvent
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import Databases, is_required, postgresql_address
from citizen_app.toolkit.testing.databases import Emptied
from citizen_app.usage import retention
from citizen_app.usage.actors import NewActor, record_actors
from citizen_app.usage.models import UsageActor, UsageDay, UsageEvent, UsageMark
from citizen_app.usage.partitions import Month, ensure_partitions, months_kept
from citizen_app.usage.queries import usage_of_citizen
from citizen_app.usage.recording import mark
from citizen_app.usage.recounting import recount
from citizen_app.usage.statistics import Count, roll_up, statistics, today
from tests.integration.usage.filling import Person, citizen, event, write

OLD, KEPT, NEW = (timedelta(days=days) for days in (400, 190, 10))


@pytest.fixture(scope="module")
def own_database(databases: Databases) -> Iterator[Emptied]:
    """A database of this file's own: its tests change tables."""
    own = Emptied(databases.own_postgresql())
    yield own
    own.close()
    databases.drop_postgresql(own.url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """Empty for each test."""
    if request.param == "sqlite":
        return databases.empty_sqlite()
    if postgresql_address() is None:
        (pytest.fail if is_required("postgresql") else pytest.skip)("no PostgreSQL here")
    own: Emptied = request.getfixturevalue("own_database")
    own.empty()
    return own.url


@pytest.fixture
def person(app: Flask) -> Person:
    """Somebody with 30 old events, 5 that are kept and 5 new ones; one old and one new event are marked,
    and in both another acted."""
    made = citizen(app)
    with app.app_context(), transaction():
        ensure_partitions(db.session.connection(), clock.now() - OLD, ahead=14)
    groups = [
        [event(made.log_key, clock.now() - age + timedelta(seconds=n)) for n in range(many)]
        for age, many in ((OLD, 30), (KEPT, 5), (NEW, 5))
    ]
    write(app, *(one for group in groups for one in group))
    with app.app_context(), transaction():
        mark(groups[0][0].id, "disputed")
        mark(groups[2][0].id, "corrected")
        record_actors([NewActor(groups[at][0].id, "carer", made.log_key) for at in (0, 2)])
    return made


def since() -> date:
    """Before the new events."""
    return today() - NEW - timedelta(days=2)


def many(app: Flask, what: Any) -> int:
    with app.app_context(), transaction(reading=True):
        return db.session.scalar(select(func.count()).select_from(what)) or 0


def counts(app: Flask) -> list[Count]:
    with app.app_context(), transaction(reading=True):
        return statistics(first_day=today() - timedelta(days=500), last_day=today(), group=("day", "service"))


def test_an_old_part_leaves_and_nothing_else_notices(app: Flask, person: Person) -> None:
    with app.app_context():
        roll_up()
        before = counts(app)
        with transaction(reading=True):
            page = usage_of_citizen(person.id, limit=4)
        assert retention.purge(200) == 30
        assert retention.purge(200) == 0
    assert (many(app, UsageEvent), many(app, UsageMark), many(app, UsageActor)) == (10, 1, 1)
    assert counts(app) == before, "daily counts stay"
    seen = len(page.items)
    with app.app_context():
        while page.next_cursor is not None:
            with transaction(reading=True):
                page = usage_of_citizen(person.id, limit=4, cursor=page.next_cursor)
            seen += len(page.items)
        assert seen == 10, "a page asked for before goes on"
        assert list(recount(since())) == [], "days of which something is gone are not judged"
        with transaction(reading=True):
            purges = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "usage.purge")).all()
            assert sum(purge.details["events"] for purge in purges) == 30
            if not app.extensions["settings"].on_sqlite:
                assert Month.of(clock.now() - OLD) not in months_kept(db.session.connection())


@pytest.mark.parametrize("table", ["usage_events", "usage_marks", "usage_actors"])
def test_the_guards_stand_afterwards(app: Flask, person: Person, table: str) -> None:
    key = "event_id" if table == "usage_actors" else "id"
    with app.app_context():
        roll_up()
        retention.purge(200)
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {key} = {key}"):
            with pytest.raises(DBAPIError, match="append-only"), transaction():
                db.session.execute(text(statement))


def test_never_sooner_than_the_law_asks(app: Flask, person: Person) -> None:
    with app.app_context():
        roll_up()
        with pytest.raises(retention.TooSoon):
            retention.purge(183)
        result = app.test_cli_runner().invoke(args=["usage", "purge", "--days", "180"])
    assert result.exit_code == 2
    assert "184" in result.output
    assert many(app, UsageEvent) == 40


def test_what_is_not_counted_yet_stays(app: Flask, person: Person) -> None:
    with app.app_context():
        assert retention.purge(200) == 0
        roll_up()
        assert retention.purge(200) == 30


def test_the_job_looks_first(app: Flask, person: Person) -> None:
    with app.app_context():
        with transaction(reading=True):
            assert not retention.anything_past(), "three years are kept by default"
        with transaction(reading=True):
            assert retention.retention_days() == 1096
        retention.purge_with_lock_timeout()
    assert many(app, UsageEvent) == 40


def test_a_failure_on_the_way_leaves_log_and_guards_as_they_were(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SLICE", 10)
    calls = iter(range(100))

    def fails_second(*args: Any, **details: Any) -> None:
        if next(calls):
            raise RuntimeError("killed here")

    monkeypatch.setattr(retention, "record", fails_second)
    with app.app_context():
        roll_up()
        on_file = app.extensions["settings"].on_sqlite
        if on_file:
            with pytest.raises(RuntimeError):
                retention.purge(200)
        else:
            next(calls)
            with pytest.raises(RuntimeError):
                retention.purge(200)
        assert many(app, UsageEvent) == (30 if on_file else 40), (
            "slices done stay done, the one at work is undone"
        )
        with pytest.raises(DBAPIError, match="append-only"), transaction():
            db.session.execute(text("DELETE FROM usage_events"))


def test_recounting_finds_and_mends(app: Flask, person: Person) -> None:
    with app.app_context():
        roll_up()
        right = counts(app)
        assert list(recount(since())) == []
        with transaction():
            day = db.session.scalars(select(UsageDay.day).order_by(UsageDay.day.desc())).first()
            db.session.execute(update(UsageDay).where(UsageDay.day == day).values(events=UsageDay.events + 7))
        assert [(d.day, d.counted, d.in_log) for d in recount(since())] == [(day, 12, 5)]
        run = app.test_cli_runner()
        assert run.invoke(args=["usage", "recount", "--from", str(since())]).exit_code == 1
        assert run.invoke(args=["usage", "recount", "--from", str(since()), "--repair"]).exit_code == 0
        assert run.invoke(args=["usage", "recount", "--from", str(since())]).exit_code == 0
    assert counts(app) == right


def test_events_below_the_watermark_are_found(app: Flask, person: Person) -> None:
    """A clock set back by an hour gives ids below what was counted already: the rollup passes them over,
    recounting does not."""
    with app.app_context():
        roll_up()
        before = sum(count.events for count in counts(app))
    stepped_back = [event(person.log_key, clock.now() - NEW - timedelta(hours=1)) for _ in range(3)]
    write(app, *stepped_back)
    with app.app_context():
        roll_up()
        assert sum(count.events for count in counts(app)) == before, (
            "the control: the rollup alone misses them"
        )
        assert sum(d.in_log - d.counted for d in recount(since(), repair=True)) == 3
        assert sum(count.events for count in counts(app)) == before + 3
        assert list(recount(since())) == []
