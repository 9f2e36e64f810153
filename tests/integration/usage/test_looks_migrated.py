"""Looks and audit entries of the version before outlive the change of their tables, and its workers go on
writing meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import DBAPIError

from citizen_app import clock
from citizen_app.audit.operations import record
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.registry import lineages
from citizen_app.registry.modules import current_registry
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.dialects import standalone_engine
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.usage.looks import looks_at_citizen
from citizen_app.usage.models import UsageLook
from tests.integration.usage.filling import citizen


def test_what_was_written_before_is_there_after(app: CitizenFlask) -> None:
    person = citizen(app, "bus")

    def look_as_before(reason: str) -> None:
        look_id = new_id()
        with transaction():
            row = {
                "id": look_id,
                "subject_key": person.log_key,
                "service": "bus",
                "staff_id": new_id(),
                "reason_sealed": current_vault().seal(reason, f"usage_looks.reason_sealed.{look_id}"),
                "events": 2,
                "at": clock.now(),
            }
            db.session.execute(insert(UsageLook).values(row))

    with app.app_context():
        engine = standalone_engine(app.extensions["settings"])
        try:
            lineages.downgrade(engine, current_registry(), "core", "core_0004")
            look_as_before("before")
            with transaction():
                record("test.deed", "thing", "1")
            lineages.upgrade(engine, current_registry())
            look_as_before("meanwhile")
            with transaction(reading=True):
                told = [look.reason.zh for look in looks_at_citizen(person.id, limit=10).items]
                deeds = db.session.scalar(
                    text("SELECT count(*) FROM audit_events WHERE action = 'test.deed'")
                )
            assert told == ["meanwhile", "before"]
            assert deeds == 1
            indexes = {index["name"] for index in inspect(engine).get_indexes("audit_events")}
            assert indexes == {"ix_audit_events_actor_id", "ix_audit_events_target_kind_target_id"}
            assert _guarded("usage_looks")
            assert _guarded("audit_events")
            lineages.downgrade(engine, current_registry(), "core", "core_0004")
            assert _guarded("usage_looks")
            assert _guarded("audit_events")
            lineages.upgrade(engine, current_registry())
        finally:
            engine.dispose()


def _guarded(table: str) -> bool:
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text(f"DELETE FROM {table}"))
    return True
