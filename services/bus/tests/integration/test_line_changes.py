"""A new timetable is told to whoever keeps a stop at which other lines call: once, and without a storm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from time_machine import Traveller

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from services.bus.jobs import tell_riders
from services.bus.operations import changes, removal, versions
from services.bus.tests.conftest import Import
from services.bus.tests.feeds import edit, more

NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
SECOND_LINE = {
    **more("routes.txt", "r2,A,2路,,3"),
    **more("trips.txt", "r2,WD,t2,宿迁站,0"),
    **more("stop_times.txt", "t2,09:00:00,09:00:00,s2,1", "t2,09:10:00,09:10:00,s1,2"),
}
LATER = edit("stop_times.txt", ("t1,08:00:00,08:00:00,s1,1", "t1,08:01:00,08:01:00,s1,1"))
WITHOUT_THE_HUB = edit("stop_times.txt", ("t1,08:20:00,08:20:00,s3,3\n", ""))


@pytest.fixture(autouse=True)
def noon(time_travel: Traveller) -> None:
    """Before there is a city it is noon in China."""
    time_travel.move_to(NOON)


@pytest.fixture
def tell(city: City) -> Callable[[], None]:
    """The jobs process runs the job once."""

    def run() -> None:
        with city.app.app_context():
            tell_riders()

    return run


def rider(city: City, *stops: str) -> TestCitizen:
    """Somebody who keeps these stops."""
    citizen = city.citizen()
    for stop in stops:
        assert citizen.call("PUT", f"/api/v1/services/bus/saved-stops/{stop}").status_code == 204
    return citizen


def told(citizen: TestCitizen) -> list[str]:
    """What a rider was told, newest first."""
    return [one["body"] for one in citizen.get("/api/v1/me/notices").get_json()["items"]]


def test_another_line_is_told_once_to_those_who_keep_the_stop(
    city: City, import_small: Import, tell: Callable[[], None]
) -> None:
    import_small()
    tell()
    both, hub, nobody = rider(city, "s1", "s2"), rider(city, "s3"), city.citizen()
    import_small(SECOND_LINE)
    for _ in range(2):
        tell()
    (words,) = told(both)
    assert words.startswith("5月4日起的新时刻表：")
    assert "停靠的线路有变动（您收藏的站点中共 2 个）" in words
    assert told(hub) == told(nobody) == []


def test_a_station_hears_of_its_stops_and_other_times_are_no_news(
    city: City, import_small: Import, tell: Callable[[], None], time_travel: Traveller
) -> None:
    import_small()
    tell()
    station = rider(city, "P")
    import_small(LATER)
    tell()
    assert told(station) == []
    import_small(WITHOUT_THE_HUB)
    tell()
    assert len(told(station)) == 1
    time_travel.shift(86_400)
    import_small()
    tell()
    assert len(told(station)) == 2, "and that it is served again"


def test_an_office_that_imports_often_tells_each_rider_once_a_day(
    city: City, import_small: Import, tell: Callable[[], None]
) -> None:
    import_small()
    tell()
    citizen = rider(city, "s2")
    for feed in (SECOND_LINE, {}, {**SECOND_LINE, **more("stops.txt", "x,新站,33.9,118.2,0,")}):
        import_small(feed)
        tell()
    assert len(told(citizen)) == 1


def test_many_riders_are_told_some_at_a_time(
    city: City, import_small: Import, tell: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "TOLD_AT_ONCE", 2)
    import_small()
    tell()
    riders = [rider(city, "s2") for _ in range(5)]
    import_small(SECOND_LINE)
    counts = []
    for _ in range(4):
        tell()
        counts.append(sum(len(told(citizen)) for citizen in riders))
    assert counts == [2, 4, 5, 5]
    with city.app.app_context(), transaction(reading=True):
        assert not changes.untold()


def test_without_the_timetable_before_nothing_is_made_up(
    city: City, import_small: Import, tell: Callable[[], None]
) -> None:
    import_small()
    tell()
    citizen = rider(city, "s2")
    with city.app.app_context(), transaction(reading=True):
        known = versions.version_in_force()
        assert known is not None
        first = known.id
    import_small(SECOND_LINE)
    with city.app.app_context():
        with transaction():
            versions.discard(first)
        removal.sweep(transaction)
    tell()
    assert told(citizen) == []
