"""Retention of looks, as long as the usage log: deleted oldest first, in bounded slices, with the rows of the
people in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import delete, select, text

from citizen_app.audit.operations import record
from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements
from citizen_app.storage.orm import db, on_sqlite
from citizen_app.storage.transactions import transaction
from citizen_app.usage.models import UsageLook, UsageLookSeen, UsageLookWaiting

LOOKS_PER_STEP: Final = 20
"""In one transaction; each may show thousands of people."""
GUARDED: Final[dict[str, tuple[str, ...]]] = {
    "usage_looks": ("id",),
    "usage_looks_seen": ("look_id", "subject_key"),
}


def purge_looks(bound: str) -> int:
    """Remove looks with ids below `bound`, in transactions of its own; returns how many."""
    removed = 0
    while True:
        with transaction(reading=True):
            last = _last_of_step(bound)
        if last is None:
            return removed
        with transaction():
            removed += _delete_to(last)


def _last_of_step(bound: str) -> str | None:
    step = select(UsageLook.id).where(UsageLook.id < bound).order_by(UsageLook.id).limit(LOOKS_PER_STEP)
    return max(db.session.scalars(step), default=None)


def _delete_to(last: str) -> int:
    with _without_triggers():
        for people in (UsageLookSeen, UsageLookWaiting):
            db.session.execute(delete(people).where(people.look_id <= last))
        removed = len(
            db.session.scalars(delete(UsageLook).where(UsageLook.id <= last).returning(UsageLook.id)).all()
        )
    record("usage.purge", "looks", None, looks=removed)
    return removed


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Drop the append-only triggers for this transaction; no other transaction sees the tables without them
    (docs/adr/0010)."""
    away, back = [], []
    for table, key in GUARDED.items():
        if on_sqlite():
            away += drop_append_only_statements(table, "sqlite")
            back += append_only_statements(table, "sqlite", key)
        else:
            away.append(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            back.append(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for statement in away:
        db.session.execute(text(statement))
    yield
    for statement in back:
        db.session.execute(text(statement))
