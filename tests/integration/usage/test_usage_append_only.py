"""The database refuses to change or delete an event, or a mark."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.usage.models import UsageEvent, UsageMark
from citizen_app.usage.recording import mark
from tests.integration.usage.filling import event, write

CHANGES = {
    "update": update(UsageEvent).values(decision="deny"),
    "delete": delete(UsageEvent),
    "update a mark": update(UsageMark).values(kind="corrected"),
    "delete a mark": delete(UsageMark),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_event_stays_as_it_was_written(app: Flask, change: str) -> None:
    written = event(new_id())
    write(app, written)
    with app.app_context(), transaction():
        mark(written.id, "double_use")
    with app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(CHANGES[change].execution_options(synchronize_session=False))
    with app.app_context(), transaction(reading=True):
        assert db.session.scalars(select(UsageEvent.decision)).all() == ["allow"]
        assert db.session.scalars(select(UsageMark.kind)).all() == ["double_use"]


def test_no_partition_can_be_emptied(app: Flask) -> None:
    write(app, event(new_id()))
    with app.app_context(), transaction(reading=True):
        if db.engine.dialect.name == "sqlite":
            tables = []
        else:
            listing = (
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'usage_events'::regclass"
            )
            tables = ["usage_events", *db.session.scalars(text(listing))]
    for table in tables:
        with app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
            db.session.execute(text(f"TRUNCATE {table}"))
    with app.app_context(), transaction(reading=True):
        assert db.session.scalar(select(func.count()).select_from(UsageEvent)) == 1


def test_an_event_that_is_not_late_has_just_occurred() -> None:
    with pytest.raises(ValueError, match="not called late"):
        event(new_id(), late_by=timedelta(days=2), late=False)
