"""Prepared statements: the same rows, the same types and the same errors as through the session, in the same
unit of work."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from citizen_app import clock
from citizen_app.ids import new_id
from citizen_app.storage.cached_values import CacheVersion
from citizen_app.storage.orm import db
from citizen_app.storage.statements import Prepared, upsert
from citizen_app.storage.transactions import transaction
from citizen_app.storage.unit_of_work import current_unit
from citizen_app.usage.models import UsageMark

MARKS = UsageMark.__table__
INSERT = Prepared(insert(MARKS))
OF_EVENT = Prepared(select(MARKS).where(MARKS.c.event_id == bindparam("event"), MARKS.c.kind != "disputed"))


class Stop(Exception):
    """Something goes wrong."""


def row(event_id: str, **more: object) -> dict[str, object]:
    return {
        "id": new_id(), "event_id": event_id, "kind": "corrected", "at": clock.now(), "details": {"字": "😀"}, **more
    }  # fmt: skip


def write_and_stop(event_id: str) -> None:
    before = stored(event_id)
    INSERT.run(row(event_id))
    assert stored(event_id) == before + 1
    raise Stop


def stored(event_id: str) -> int:
    return len(db.session.scalars(select(UsageMark).where(UsageMark.event_id == event_id)).all())


def test_values_pass_the_column_types_both_ways(app: Flask) -> None:
    event_id = new_id()
    rows = [row(event_id), row(event_id)]
    with app.app_context(), transaction():
        assert INSERT.run_many(rows) == 2
        read = OF_EVENT.rows({"event": event_id})
        assert sorted(read) == sorted(tuple(made.values()) for made in rows)
        assert read == [
            tuple(one) for one in db.session.execute(select(MARKS).where(MARKS.c.event_id == event_id))
        ]


def test_the_session_and_what_is_prepared_share_one_unit_of_work(app: Flask) -> None:
    event_id = new_id()
    with app.app_context():
        with pytest.raises(Stop), transaction():
            write_and_stop(event_id)
        with transaction(reading=True):
            assert OF_EVENT.rows({"event": event_id}) == []
        with transaction():
            db.session.add(UsageMark(**row(event_id)))
            db.session.flush()
            assert len(OF_EVENT.rows({"event": event_id})) == 1


def test_errors_are_those_of_the_session(app: Flask) -> None:
    made = row(new_id())
    with app.app_context():
        with transaction():
            INSERT.run(made)
        with pytest.raises(IntegrityError), transaction():
            INSERT.run(made)
        with pytest.raises(KeyError), transaction():
            INSERT.run({"id": new_id()})


def test_a_conflict_shows_in_the_count(app: Flask) -> None:
    quiet = Prepared(lambda: upsert(CacheVersion).on_conflict_do_nothing())
    rows: list[dict[str, object]] = [{"topic": new_id(), "version": 1} for _ in range(3)]
    with app.app_context(), transaction():
        assert quiet.run_many(rows) == 3
        assert quiet.run_many([*rows, {"topic": new_id(), "version": 1}]) == 1
        assert quiet.run(rows[0]) == 0


def test_what_is_decided_at_each_execution_cannot_be_prepared(app: Flask) -> None:
    many = Prepared(select(MARKS).where(MARKS.c.id.in_(bindparam("ids", expanding=True))))
    with app.app_context(), transaction(), pytest.raises(TypeError, match="cannot be prepared"):
        many.rows({"ids": []})


def test_listeners_hear_of_it(app: Flask) -> None:
    """The budget of a module and every count of statements hang on this."""
    heard: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        heard.append(statement.split()[0])

    touch = Prepared(update(MARKS).where(MARKS.c.id == bindparam("mark")).values(kind="disputed"))
    with app.app_context(), transaction():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            touch.run({"mark": new_id()})
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    assert heard[-1] == "UPDATE"


def test_of_many_rows_all_or_none_go_in(app: Flask) -> None:
    event_id = new_id()
    rows = [row(event_id) for _ in range(3)]
    with app.app_context():
        with pytest.raises(IntegrityError), transaction():
            INSERT.run_many([*rows, rows[0]])
        with transaction(reading=True):
            assert stored(event_id) == 0


def test_nothing_to_write_takes_no_connection(app: Flask) -> None:
    with app.app_context(), transaction():
        assert INSERT.run_many([]) == 0
        unit = current_unit.get()
        assert unit is not None and unit._connection is None
