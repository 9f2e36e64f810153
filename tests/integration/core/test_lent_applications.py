"""Between two tests an application forgets, a database is emptied: no test sees what another has left."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import event, inspect, select, text

from citizen_app.factory import CitizenFlask
from citizen_app.storage.orm import Model, db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import Applications, City, Databases, founding

OF_LIBRARIES = frozenset({"sqlalchemy", "flask-smorest", "api"})
"""What these keep is about the program, not about rows."""
OTHERS_END = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


def held(app: CitizenFlask) -> dict[str, Any]:
    """Everything that an application holds in memory, down to the last value."""
    kept = {name: value for name, value in app.extensions.items() if name not in OF_LIBRARIES}
    return {"config": dict(app.config), **{name: plain(value) for name, value in kept.items()}}


def plain(value: Any, above: tuple[int, ...] = ()) -> Any:
    """A value as something that can be compared: objects by what is in them."""
    if value is None or isinstance(value, (str, bytes, int, float)):
        return value
    if isinstance(value, threading.Thread):
        return value.is_alive()
    if id(value) in above or callable(value) or isinstance(value, (CitizenFlask, ModuleType)):
        return type(value).__name__
    above = (*above, id(value))
    if isinstance(value, Mapping):
        return {repr(plain(name, above)): plain(found, above) for name, found in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(repr(plain(found, above)) for found in value)
    if isinstance(value, (list, tuple)) or hasattr(value, "popleft"):
        return [plain(found, above) for found in value]
    names = {
        *getattr(value, "__dict__", ()),
        *(name for kind in type(value).__mro__ for name in slots_of(kind)),
    }
    return type(value).__name__, {name: plain(getattr(value, name, None), above) for name in sorted(names)}


def slots_of(kind: type) -> Iterator[str]:
    """The names of a class's slots."""
    slots = getattr(kind, "__slots__", ())
    yield from (slots,) if isinstance(slots, str) else slots


def used(app: CitizenFlask) -> None:
    """A test that leaves a trace wherever one can be left."""
    city = City(app)
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    app.extensions["watch"].interval = 60.0  # what is counted stays where it can be seen
    assert kiosk.scan(citizen.code(), "enter").get_json()["decision"] == "allow"
    assert kiosk.scan("CC1:RUBBISH", "enter").status_code == 200
    assert citizen.usage()
    module = next(iter(app.extensions["registry"]))
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), module.breaker.guard(1.0):
            1 / 0  # noqa: B018
    assert module.breaker.is_open
    app.test_client().post("/api/v1/auth/challenges", json={"phone": "13911112222"})
    app.extensions["jobs"] = ()
    app.config["MAX_CONTENT_LENGTH"] = 1
    object.__setattr__(app.extensions["settings"], "hook_budget_ms", 1)
    (app.extensions["settings"].data_dir / "left.backup").write_text("something")


def seen_from_outside(app: CitizenFlask) -> list[Any]:
    """What a test finds that comes after."""
    city, client = City(app), app.test_client()
    asked = client.post("/api/v1/auth/challenges", json={"phone": "13911112222"})
    scanned = city.kiosk("probe").scan(city.citizen().code(), "enter").get_json()
    listed = [item["id"] for item in client.get("/api/v1/services").get_json()["items"]]
    tables = {table.name: city.count(table.name) for table in present(app)}
    return [asked.status_code, asked.headers["RateLimit-Remaining"], scanned["decision"], listed, tables]


def present(app: CitizenFlask) -> list[Any]:
    """The tables of the models, as far as the database has them."""
    with app.app_context():
        names = set(inspect(db.engine).get_table_names())
    return [t for t in Model.metadata.sorted_tables if t.name in names]


@pytest.fixture
def again(database_url: str, databases: Databases, services_dir: Path | None) -> Any:
    """Empties the database and the data folder, as happens between two tests."""

    def empty() -> None:
        renew = databases.empty_sqlite if database_url.startswith("sqlite") else databases.fresh_postgresql
        assert renew(services_dir) == database_url
        databases.empty_data_dir()

    return empty


def test_an_application_comes_back_as_it_was(
    applications: Applications, app_environment: dict[str, str]
) -> None:
    with applications.lend(app_environment) as app:
        fresh = held(app)
        used(app)
        left = held(app)
        assert {name for name in fresh if left[name] != fresh[name]} >= {
            *("config", "jobs", "registry", "settings", "unreadable_tally", "watch")
        }, "the comparison sees what a test leaves"
    with applications.lend(app_environment) as lent:
        assert lent is app
        assert held(lent) == fresh


def test_a_test_sees_the_same_whoever_was_there_before(
    applications: Applications, app_environment: dict[str, str], again: Any
) -> None:
    found = []
    for before in (None, used, seen_from_outside, used):
        if before is not None:
            again()
            with applications.lend(app_environment) as app:
                before(app)
        again()
        with applications.lend(app_environment) as app:
            found.append(seen_from_outside(app))
    assert found == [found[0]] * 4


def test_a_database_is_emptied_to_the_last_row(app: CitizenFlask, again: Any, data_dir: Path) -> None:
    city = City(app)
    used(app)
    city.seed("probe")
    filled = {table.name for table in present(app) if city.count(table.name)}
    assert len(filled) > 12
    with app.app_context():
        db.engine.dispose()
    again()
    assert {table.name: city.count(table.name) for table in present(app)} == {t.name: 0 for t in present(app)}
    assert [path.name for path in data_dir.iterdir()] == ["demo-secrets.json"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_whose_connections_a_test_has_ended_is_emptied(app: CitizenFlask, again: Any) -> None:
    city = City(app)
    with app.app_context(), transaction():
        db.session.execute(text(OTHERS_END))
    again()
    assert city.count("watch_versions") == 0


def test_an_application_in_which_something_was_left_is_not_lent_again(
    applications: Applications, app_environment: dict[str, str]
) -> None:
    with applications.lend(app_environment) as app, app.app_context():
        event.listen(db.engine, "begin", lambda connection: None)
    with applications.lend(app_environment) as other:
        assert other is not app
        with other.app_context():
            held_open = db.engine.connect()
    with applications.lend(app_environment) as third:
        assert third is not other
    held_open.close()


def test_no_two_have_the_same_at_one_time(app: CitizenFlask, other_worker: CitizenFlask) -> None:
    assert app is not other_worker
    assert app.extensions["watch"] is not other_worker.extensions["watch"]


def test_routes_are_refused_that_would_stay(app: CitizenFlask) -> None:
    with pytest.raises(AssertionError, match="can no longer be called"):
        app.add_url_rule("/left", view_func=lambda: "")


def test_a_city_from_memory_is_as_one_founded_by_the_operations(
    app: CitizenFlask, again: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows() -> dict[str, list[Any]]:
        City(app)
        with app.app_context(), transaction(reading=True):
            return {t.name: sorted(map(timeless, db.session.execute(select(t)))) for t in present(app)}

    def timeless(row: Any) -> str:
        return repr({name: value for name, value in row._mapping.items() if not name.endswith("_at")})

    monkeypatch.setattr(founding, "_remembered", {})
    founded = rows()
    assert len(founding._remembered) == 1
    app.reset()
    with app.app_context():
        db.engine.dispose()
    again()
    assert rows() == founded
    assert founded["signing_keys"]
