"""What is kept and for how long: feeds for late taps, boardings for riders, and nothing beyond."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import first_id_at, invalidate, session, table_of
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.time import now
from services.bus import jobs
from services.bus.models import BusBoarding, BusFeedActivation, BusFeedVersion, BusRider
from services.bus.operations import versions
from services.bus.tests.feeds import edit
from services.bus.tests.integration.test_boarding import HERE, board, trips, upload

LINE_2 = edit("routes.txt", ("1路", "2路"))
LINE_3 = edit("routes.txt", ("1路", "3路"))
Ages = Callable[..., None]


@pytest.fixture
def came_into_force(app: Any) -> Ages:
    """Move the moments at which the last feeds came into force: days ago, in the order of their
    activation."""

    def move(*days_ago: float) -> None:
        table = table_of(BusFeedActivation)
        with app.app_context(), transaction():
            ids = session().scalars(select(table.c.id).order_by(table.c.id)).all()
            for number, days in zip(ids[-len(days_ago) :], days_ago, strict=True):
                moment = now() - timedelta(days=days)
                session().execute(update(table).where(table.c.id == number).values(since=moment))
            invalidate(versions.TOPIC)

    return move


def numbers(app: Any) -> list[int]:
    """The versions there are."""
    with app.app_context(), transaction(reading=True):
        return list(session().scalars(select(BusFeedVersion.id).order_by(BusFeedVersion.id)))


def clear(app: Any) -> None:
    """The job that clears timetables."""
    with app.app_context():
        jobs.clear_timetables()


def test_a_late_tap_is_rated_by_the_feed_of_its_time_in_whatever_order(
    app: Any, city: City, import_small: Any, came_into_force: Ages
) -> None:
    """Line 1 was called 2路 for a day and is called 3路 now; the stop's name and the line's id are known
    under each name then only."""
    for changes in (None, LINE_2, LINE_3):
        import_small(changes)
    came_into_force(3, 2, 1)
    kiosk, citizen = city.kiosk("bus"), city.citizen()
    said = [("3路", 0.5), ("2路", 0.5), ("2路", 1.5), ("1路", 1.5), ("1路", 2.5), ("3路", 2.5), ("1路", 3.5)]
    for line, days in reversed(said):
        upload(
            kiosk, (citizen, now() - timedelta(days=days), {**HERE, "line": line, "vehicle": f"{line}{days}"})
        )
    known = {(t["vehicle"], t["line_id"], t["stop"]) for t in trips(citizen)["items"]}
    assert known == {
        ("3路0.5", "r1", "宿迁站"),
        ("2路0.5", None, "s1"),
        ("2路1.5", "r1", "宿迁站"),
        ("1路1.5", None, "s1"),
        ("1路2.5", "r1", "宿迁站"),
        ("3路2.5", None, "s1"),
        ("1路3.5", None, "s1"),
    }


def test_a_feed_that_comes_back_has_two_times(
    app: Any, city: City, import_small: Any, came_into_force: Ages
) -> None:
    first, second = import_small(), import_small(LINE_2)
    with app.app_context(), transaction():
        versions.activate(first.version_id)
    came_into_force(3, 2, 1)
    kiosk, citizen = city.kiosk("bus"), city.citizen()
    for days in (2.5, 1.5, 0.5):
        upload(kiosk, (citizen, now() - timedelta(days=days), HERE))
    rated = "version_id = {} AND line_zh = '1路'"
    assert city.count("bus_boardings", rated.format(first.version_id)) == 2
    assert city.count("bus_boardings", "version_id IS NULL") == 1
    assert board(kiosk, city.citizen(), HERE)["decision"] == "allow"
    assert second.version_id in numbers(app)


def test_feeds_go_when_no_late_tap_can_need_them_and_one_to_go_back_to_stays(
    app: Any, city: City, import_small: Any, came_into_force: Ages
) -> None:
    made = [import_small(changes).version_id for changes in (None, LINE_2, LINE_3, None)]
    came_into_force(100, 31, 29, 10)  # the first was in force until 31 days ago, the second until 29
    clear(app)
    assert numbers(app) == made[1:]
    assert city.count("bus_stop_times", f"version_id = {made[0]}") == 0
    city.choose("bus", keep_feeds_days=8)
    clear(app)
    assert numbers(app) == made[2:]
    came_into_force(200, 100)
    clear(app)
    assert numbers(app) == made[2:]


def test_a_moment_under_a_removed_feed_does_not_fall_to_the_one_before(
    app: Any, city: City, import_small: Any, came_into_force: Ages
) -> None:
    _, second, _ = (import_small(changes).version_id for changes in (None, LINE_2, LINE_3))
    with app.app_context(), transaction():
        versions.discard(second)
    came_into_force(3, 2, 1)
    clear(app)
    citizen = city.citizen()
    upload(city.kiosk("bus"), (citizen, now() - timedelta(days=1.5), HERE))
    assert trips(citizen)["items"][0]["line_id"] is None


def test_what_broken_imports_and_refusals_left_goes_without_another_import(
    app: Any, city: City, import_small: Any
) -> None:
    active = import_small().version_id
    refused = import_small({"trips.txt": None}).version_id
    with app.app_context(), transaction():
        staged = versions.stage("killed.zip", "0" * 64, language="", timezone="", report={})
    clear(app)
    assert numbers(app) == [active, refused, staged]  # the import may still be running
    table = table_of(BusFeedVersion)
    with app.app_context(), transaction():
        session().execute(update(table).values(created_at=now() - timedelta(days=31)))
    clear(app)
    assert numbers(app) == [active]


def test_boardings_are_kept_as_long_as_staff_decided_and_no_longer(
    app: Any, city: City, import_small: Any
) -> None:
    import_small()
    kiosk, citizen = city.kiosk("bus"), city.citizen()
    board(kiosk, citizen, HERE)
    for days in (29, 31, 364, 366):
        _move_a_copy(app, days)
    forget(app)
    assert _ages(app) == [0, 29, 31, 364]
    city.choose("bus", keep_boardings_days=30)
    forget(app)
    assert _ages(app) == [0, 29]
    assert len(trips(citizen)["items"]) == 2
    assert board(kiosk, citizen, HERE)["detail_code"] == "second_tap"


def test_last_taps_that_no_second_tap_can_follow_are_forgotten(
    app: Any, city: City, import_small: Any
) -> None:
    import_small()
    kiosk, old, new = city.kiosk("bus"), city.citizen(), city.citizen()
    board(kiosk, old, HERE)
    table = table_of(BusRider)
    with app.app_context(), transaction():
        session().execute(update(table).values(tapped_at=now() - timedelta(days=2)))
    board(kiosk, new, HERE)
    forget(app)
    assert city.count("bus_riders") == 1
    assert board(kiosk, old, {**HERE, "vehicle": "B7"})["decision"] == "allow"


def forget(app: Any) -> None:
    """The job that forgets boardings."""
    with app.app_context():
        jobs.forget_boardings()


def _move_a_copy(app: Any, days: int) -> None:
    """A boarding like the first, recorded so many days ago."""
    moment, table = now() - timedelta(days=days), table_of(BusBoarding)
    with app.app_context(), transaction():
        row = session().execute(select(table).limit(1)).one()._asdict()
        own = f"{first_id_at(moment)[:14]}7{_copies(table):03x}-8000-000000000001"
        session().execute(insert(table).values(**{**row, "id": own, "occurred_at": moment}))


def _copies(table: Any) -> int:
    return session().scalar(select(func.count()).select_from(table)) or 0


def _ages(app: Any) -> list[int]:
    with app.app_context(), transaction(reading=True):
        found: list[datetime] = list(session().scalars(select(BusBoarding.occurred_at)))
        return sorted((now() - moment).days for moment in found)
