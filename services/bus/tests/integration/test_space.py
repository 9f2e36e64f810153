"""What a killed or replaced import stored is removed, and its space is used again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session, table_of
from citizen_app.toolkit.jobs import delete_in_slices
from citizen_app.toolkit.testing import City
from services.bus import jobs
from services.bus.models import BusStopTime
from services.bus.operations import versions
from services.bus.tests.test_large_feed import write_large


class Killed(BaseException):
    """Nothing that an import could tidy up after."""


def test_imports_that_break_off_again_and_again_do_not_fill_the_disk(
    app: Any, city: City, import_path: Any, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's vacuum decides when space is used again")
    path = write_large(tmp_path, 150, 40)
    import_path(path)
    sizes = []
    for _ in range(3):
        with monkeypatch.context() as broken:
            broken.setattr(versions, "complete", _killed)
            broken.setattr(versions, "discard", _killed)
            with pytest.raises(Killed):
                import_path(path, force=True)
        assert city.count("bus_feed_versions", "status = 'staged'") == 1
        sizes.append(_pages(app))
    assert sizes[-1] <= sizes[0] * 1.05


def test_ctrl_c_discards_at_once_and_the_job_gives_the_space_back(
    app: Any, city: City, import_small: Any, import_path: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_small()
    before = _rows(city)
    with monkeypatch.context() as pressed:
        pressed.setattr(versions, "complete", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            import_path(write_large(tmp_path, 100, 40))
    assert city.count("bus_feed_versions", "status = 'discarded'") == 1
    assert _rows(city) > before
    with app.app_context():
        jobs.clear_timetables()
    assert _rows(city) == before
    assert city.count("bus_feed_versions") == 1
    assert city.client.get("/api/v1/services/bus/lines").get_json()["items"][0]["name"] == "1路"


def test_each_slice_is_found_by_the_index(
    app: Any, import_path: Any, database_url: str, tmp_path: Path
) -> None:
    """Reading a version's rows from the beginning for each slice took half a second, with the database held,
    at 1.5 million rows."""
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL uses the index either way")
    first = import_path(write_large(tmp_path, 20, 10))
    import_path(write_large(tmp_path, 3, 10))
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith("DELETE FROM bus_stop_times"):
            seen.append((statement, parameters))

    with app.app_context():
        with transaction():
            versions.discard(first.version_id)
            engine = session().get_bind().engine
        event.listen(engine, "before_cursor_execute", note)
        table = table_of(BusStopTime)
        pinned = table.c.version_id
        delete_in_slices(table, pinned == first.version_id, transaction, 30, (pinned,))
        event.remove(engine, "before_cursor_execute", note)
        assert len(seen) == 7
        with transaction(reading=True):
            connection = session().connection()
            for statement, parameters in seen[1:]:
                plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters).all()
                assert "(trip_id,run,stop_sequence)>" in str(plan), plan


def _killed(*_: object) -> None:
    raise Killed


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _rows(city: City) -> int:
    return sum(city.count(table) for table in ("bus_stop_times", "bus_trips", "bus_stops", "bus_line_stops"))


def _pages(app: Any) -> int:
    with app.app_context(), transaction(reading=True):
        return session().scalar(text("PRAGMA page_count")) or 0
