"""Lists of uses: newest first, stable while scans arrive, one index walk, the citizen's own only."""

from __future__ import annotations

import random
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select, text
from sqlalchemy.dialects import postgresql, sqlite

from citizen_app import clock
from citizen_app.ids import new_id
from citizen_app.storage.keyset import Page
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.usage import operations, queries
from citizen_app.usage.lines import Disclosed, UsageLine
from citizen_app.usage.models import UsageEvent, UsageMark
from citizen_app.usage.partitions import Month
from citizen_app.usage.recording import NewEvent, mark
from citizen_app.wire.problems import Problem
from tests.integration.usage.filling import Person, citizen, event, stand, write

MERGED = "Merge Append\nSort Key: usage_events.id DESC"
"""How PostgreSQL puts months together that are each in order already."""


def page_of(app: Flask, person: Person, **wanted: Any) -> Page[UsageLine]:
    with app.app_context(), transaction(reading=True):
        return queries.usage_of_citizen(person.id, **{"limit": 50, **wanted})


def walk(app: Flask, person: Person, limit: int, between: Any = lambda: None, **wanted: Any) -> list[str]:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        found = page_of(app, person, limit=limit, cursor=cursor, **wanted)
        assert len(found.items) == limit or found.next_cursor is None
        seen += [line.id for line in found.items]
        cursor = found.next_cursor
        if cursor is None:
            return seen
        between()


def test_a_line_says_where_and_carries_its_marks(app: Flask) -> None:
    person, kiosk = citizen(app), stand(app)
    written = event(
        person.log_key,
        kiosk_id=kiosk.kiosk_id,
        placement_id=kiosk.placement_id,
        disclosed=["masked_name", "senior:no"],
    )
    write(app, written)
    with app.app_context(), transaction():
        mark(written.id, "double_use", other="x")
    (line,) = page_of(app, person).items
    assert (line.id, line.kiosk, line.disclosed) == (
        written.id,
        "12 路 3 号车",
        (Disclosed("masked_name"), Disclosed("senior", False)),
    )
    assert line.place == Text("人民广场", "People's Square")
    assert [found.kind for found in line.marks] == ["double_use"]
    assert abs(line.occurred_at - written.occurred_at) < timedelta(milliseconds=1)
    assert not hasattr(line, "subject_key")


def test_pages_stay_steady_while_scans_arrive(app: Flask) -> None:
    person, other = citizen(app), citizen(app)
    before = [event(person.log_key) for _ in range(23)]
    write(app, *before, *[event(other.log_key) for _ in range(5)])
    walked = walk(app, person, 5, between=lambda: write(app, event(person.log_key), event(other.log_key)))
    assert walked == [written.id for written in reversed(before)]


def test_only_one_service_when_asked(app: Flask) -> None:
    person = citizen(app)
    events = [event(person.log_key, service=random.choice(["bus", "library"])) for _ in range(40)]
    write(app, *events)
    wanted = [e.id for e in reversed(events) if e.service == "library"]
    assert walk(app, person, 7, service="library") == wanted


def answered(person: Person) -> tuple[NewEvent, NewEvent]:
    asked = event(person.log_key, decision="needs_input", reason="second_look_needed")
    return asked, event(person.log_key, continues=asked.id)


def test_an_answered_question_shows_once_with_its_end(app: Flask) -> None:
    person = citizen(app)
    asked, end = answered(person)
    left_open = event(person.log_key, decision="needs_input", reason="second_look_needed")
    write(app, asked)
    assert [line.id for line in page_of(app, person).items] == [asked.id]
    write(app, end, left_open)
    assert [line.id for line in page_of(app, person).items] == [left_open.id, end.id]
    write(app, *[e for _ in range(10) for e in answered(person)])
    assert len(walk(app, person, 3)) == 12


def test_the_event_of_somebody_else_is_not_found(app: Flask) -> None:
    person, other = citizen(app), citizen(app)
    theirs = event(other.log_key)
    write(app, theirs)
    for attempt in (queries.event_of_citizen, operations.dispute):
        for event_id in (theirs.id, new_id()):
            with app.app_context(), pytest.raises(Problem) as refused, transaction():
                attempt(person.id, event_id)
            assert refused.value.kind.slug == "not-found"
    with app.app_context(), transaction(reading=True):
        assert queries.event_of_citizen(other.id, theirs.id).id == theirs.id
        assert db.session.scalars(select(UsageMark.id)).all() == []


def test_a_dispute_is_marked_once(app: Flask) -> None:
    person = citizen(app)
    written = event(person.log_key)
    write(app, written)
    for _ in range(3):
        with app.app_context(), transaction():
            marks = operations.dispute(person.id, written.id).marks
            assert [found.kind for found in marks] == ["disputed"]
    with app.app_context(), transaction(reading=True):
        assert len(db.session.scalars(select(UsageMark.id)).all()) == 1


def test_a_service_sees_its_own_events_of_a_citizen_it_knows(app: Flask) -> None:
    person = citizen(app, "bus")
    ours, theirs = event(person.log_key), event(person.log_key, service="library")
    write(app, ours, theirs)
    with app.app_context(), transaction(reading=True):
        found = queries.usage_of_ref("bus", person.ref("bus"), limit=50)
        assert [line.id for line in found.items] == [ours.id]
        for service, ref in (
            ("library", person.ref("library")),
            ("library", person.ref("bus")),
            ("bus", "nobody"),
        ):
            with pytest.raises(Problem) as refused:
                queries.usage_of_ref(service, ref, limit=50)
            assert refused.value.kind.slug == "not-found"


def explain(query: Select[Any]) -> str:
    dialect = sqlite.dialect() if db.engine.dialect.name == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    lead = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    rows = db.session.connection().exec_driver_sql(lead + sql.replace("%%", "%")).all()
    return "\n".join(re.sub(r"  \(cost.*\)$", "", str(row[-1])).strip(" ->") for row in rows)


def test_the_last_twenty_are_one_walk_down_an_index(app: Flask) -> None:
    """Neither database sorts or scans the log, nor walks through what other citizens did."""
    person, others = citizen(app), [str(uuid.uuid4()) for _ in range(99)]
    moment = clock.now() - timedelta(minutes=30)
    keys = [*others, person.log_key]
    write(app, *[event(keys[n % 100], moment + timedelta(seconds=n / 20)) for n in range(100 * 200)])
    with app.app_context(), db.engine.connect() as connection, connection.begin():
        connection.execute(text("ANALYZE"))
    with app.app_context(), transaction(reading=True):
        plan = explain(queries.lines_of_subject(person.log_key).order_by(UsageEvent.id.desc()).limit(21))
        if db.engine.dialect.name == "sqlite":
            assert "SEARCH usage_events USING INDEX ix_usage_events_subject_key_id (subject_key=?)" in plan
            assert "SCAN" not in plan, plan
            assert "TEMP B-TREE" not in plan, plan
        else:
            month = Month.of(moment).name
            assert f"using {month}_subject_key_id_idx on {month} usage_events" in plan, plan
            assert f"Seq Scan on {month}" not in plan, plan
            assert f"{month}_pkey" not in plan, plan
            assert "Sort Key: usage_events.id" not in plan.replace(MERGED, ""), plan
