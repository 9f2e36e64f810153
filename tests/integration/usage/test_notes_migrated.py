"""The log outlives the change of its tables with everything in it, and workers of the version before go on
writing meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from citizen_app.factory import CitizenFlask
from citizen_app.registry import lineages
from citizen_app.registry.modules import current_registry
from citizen_app.storage.dialects import standalone_engine
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit import usage
from citizen_app.usage.queries import usage_of_citizen
from tests.integration.usage.filling import citizen, event, write

THIS = "core_0011"
LINE = Text("12 路", "Line 12")
OF_A_SCAN = "purpose = 'exit'"


def test_scans_and_acts_are_there_after_down_and_up(app: CitizenFlask) -> None:
    person = citizen(app, "bus")
    scan = event(person.log_key, purpose="exit")
    write(app, scan)
    with app.app_context():
        with transaction():
            act = usage.note("bus", person.ref("bus"), "board", "desk", [LINE])
        engine = standalone_engine(app.extensions["settings"])
        try:
            lineages.downgrade(engine, current_registry(), "core", f"{THIS}-1")
            _write_as_before(scan)
            _guarded()
            lineages.upgrade(engine, current_registry())
            _guarded()
            indexes = {index["name"] for index in inspect(engine).get_indexes("usage_events")}
            assert len(indexes) == 4, "none is lost"
        finally:
            engine.dispose()
        with transaction(reading=True):
            lines = usage_of_citizen(person.id, limit=10).items
            assert [line.channel for line in lines] == ["scan", "scan", "scan"]
            noted = next(line for line in lines if line.id == act)
            assert (noted.place, noted.kiosk, noted.lines, noted.code_kind) == (None, None, (), "none")


def _write_as_before(scan: Any) -> None:
    """A scan by the version before, whose statement names its columns."""
    columns = [name for name in vars(scan) if name not in ("id", "channel")]
    names = ", ".join(columns)
    with transaction():
        db.session.execute(
            text(
                f"INSERT INTO usage_events (id, {names})"
                f" SELECT '{scan.id[:-1]}{'0' if scan.id[-1] != '0' else '1'}', {names} FROM usage_events WHERE {OF_A_SCAN}"
            )
        )


def _guarded() -> None:
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text("DELETE FROM usage_events"))
