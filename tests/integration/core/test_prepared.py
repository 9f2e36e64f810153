"""Prepared statements: the same rows, the same types and the same errors as through the session, in the same unit of work."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from citizen_app import clock
from citizen_app.extensions import db
from citizen_app.ids import new_id
from citizen_app.statements import Prepared, upsert
from citizen_app.transactions import after_commit, hook_savepoint, start_over, transaction
from citizen_app.usage.models import UsageMark
from citizen_app.watch import WatchVersion

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


def hold_back(*rows: tuple[Prepared, dict[str, object]]) -> None:
    for statement, values in rows:
        statement.run_later(values)


def hold_back_and_stop(event_id: str) -> None:
    INSERT.run_later(row(event_id))
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


def test_a_savepoint_undoes_what_was_prepared(app: Flask) -> None:
    event_id = new_id()
    with app.app_context(), transaction():
        INSERT.run(row(event_id))
        with pytest.raises(Stop), hook_savepoint():
            write_and_stop(event_id)
        assert len(OF_EVENT.rows({"event": event_id})) == 1


def test_starting_over_drops_rows_and_what_waited_for_them(app: Flask) -> None:
    event_id, done = new_id(), []
    with app.app_context():
        with transaction():
            INSERT.run(row(event_id))
            after_commit(lambda: done.append("first"))
            start_over()
            INSERT.run(row(event_id))
            after_commit(lambda: done.append("second"))
        with transaction(reading=True):
            assert (stored(event_id), done) == (1, ["second"])


def test_errors_are_those_of_the_session(app: Flask) -> None:
    made = row(new_id())
    with app.app_context(), transaction():
        INSERT.run(made)
        with pytest.raises(IntegrityError), hook_savepoint():
            INSERT.run(made)
        with pytest.raises(KeyError):
            INSERT.run({"id": new_id()})


def test_a_conflict_shows_in_the_count(app: Flask) -> None:
    quiet = Prepared(lambda: upsert(WatchVersion).on_conflict_do_nothing())
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


def test_rows_that_can_wait_are_written_before_anybody_looks(app: Flask) -> None:
    event_id, topic = new_id(), new_id()
    note_topic = Prepared(insert(WatchVersion))
    made = [row(event_id), row(event_id)]
    with app.app_context():
        with transaction():
            INSERT.run_later(made[0])
            note_topic.run_later({"topic": topic, "version": 7})
            assert [tuple(made[0].values())] == OF_EVENT.rows({"event": event_id})
            INSERT.run_later(made[1])
            assert stored(event_id) == 2, "the session looks at the same rows"
            INSERT.run_later(row(event_id))
        with transaction(reading=True):
            assert stored(event_id) == 3, "the commit writes what is left"
            assert db.session.get_one(WatchVersion, topic).version == 7


def test_a_statement_that_goes_ahead_lets_rows_wait(app: Flask) -> None:
    event_id = new_id()
    ahead = Prepared(select(MARKS).where(MARKS.c.event_id == bindparam("event")), ahead=True)
    with app.app_context():
        with transaction():
            INSERT.run_later(row(event_id))
            assert ahead.rows({"event": event_id}) == []
            assert len(OF_EVENT.rows({"event": event_id})) == 1
            assert len(ahead.rows({"event": event_id})) == 1
            INSERT.run_later(row(event_id))
            assert len(ahead.rows({"event": event_id})) == 1
        with transaction(reading=True):
            assert stored(event_id) == 2


def test_what_waits_is_dropped_with_its_unit_of_work(app: Flask) -> None:
    event_id = new_id()
    with app.app_context():
        with pytest.raises(Stop), transaction():
            hold_back_and_stop(event_id)
        with transaction():
            INSERT.run_later(row(event_id))
            start_over()
        with transaction(reading=True):
            assert stored(event_id) == 0


def test_of_rows_written_together_all_or_none_go_in(app: Flask) -> None:
    event_id, taken = new_id(), new_id()
    note_topic = Prepared(insert(WatchVersion))
    with app.app_context():
        with transaction():
            note_topic.run({"topic": taken, "version": 1})
        with pytest.raises(IntegrityError), transaction():
            hold_back((INSERT, row(event_id)), (note_topic, {"topic": taken, "version": 2}))
        with transaction(reading=True):
            assert stored(event_id) == 0
