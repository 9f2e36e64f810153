"""The fixtures: an application on a fresh, migrated database, on SQLite and on PostgreSQL, and a city in
it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import time_machine
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import event

from citizen_app import clock, factory
from citizen_app.factory import CitizenFlask
from citizen_app.registry.modules import InstalledModule, Registry
from citizen_app.staff import passwords
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing.applications import Applications
from citizen_app.toolkit.testing.city import City
from citizen_app.toolkit.testing.databases import (
    Databases,
    RevisionForgotten,
    is_required,
    postgresql_address,
    roomy_memory,
)


def environment(data_dir: Path, database_url: str, **more: str) -> dict[str, str]:
    """Settings of a test application: demo mode, a quick watch, and patience with a busy machine."""
    return {
        "CITIZEN_DEMO": "1",
        "CITIZEN_DATA_DIR": str(data_dir),
        "CITIZEN_DATABASE_URL": database_url,
        "CITIZEN_WATCH_INTERVAL": "0.2",
        "CITIZEN_HOOK_BUDGET_MS": "1500",
        "CITIZEN_LOG_LEVEL": "WARNING",
        **more,
    }


@pytest.fixture(scope="session", autouse=True)
def production_hasher() -> Iterator[PasswordHasher]:
    """What hashes passwords in production. In tests they protect nothing, so hashing them costs nothing."""
    production = passwords._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield production


@pytest.fixture(scope="session", autouse=True)
def kept_sources() -> Iterator[None]:
    """The rules read the sources of the services once for all applications of this process: a server, which
    makes one, forgets them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory, "forget_sources", lambda: None)
        yield


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Templates of migrated databases, made once per test process; in memory where there is room, since no
    test cuts the power."""
    with TemporaryDirectory(prefix="citizen-test-", dir=roomy_memory()) as folder:
        made = Databases(Path(folder))
        yield made
        made.drop_all()


@pytest.fixture(scope="session")
def applications(databases: Databases) -> Iterator[Applications]:
    """`applications.lend(environ)`: applications that wait in this test process to be used once more."""
    del databases  # outlives them
    made = Applications()
    yield made
    made.dispose()


@pytest.fixture
def module_folder(request: pytest.FixtureRequest) -> Path | None:
    """The folder of the service module to which the test belongs; None outside a module."""
    return next((folder for folder in request.path.parents if (folder / "manifest.py").exists()), None)


@pytest.fixture
def services_dir(module_folder: Path | None) -> Path | None:
    """Where the application finds its services: a module's tests see that module alone; None for the
    product's own."""
    return module_folder


@pytest.fixture
def app_settings(module_folder: Path | None) -> dict[str, str]:
    """Settings of `app` that differ from `environment`; a module's hooks have time enough on a busy
    machine."""
    return {} if module_folder is None else {"CITIZEN_HOOK_BUDGET_MS": "5000"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, databases: Databases, services_dir: Path | None) -> str:
    """A fresh, migrated database; the test runs once for each kind. Where a migration was forgotten one test
    fails, for all."""
    try:
        return _fresh(str(request.param), databases, services_dir)
    except RevisionForgotten as forgotten:
        words = str(forgotten)
        if words in databases.told:
            pytest.skip("a migration is missing: see the test that failed first")
        databases.told.add(words)
        pytest.fail(words, pytrace=False)


def _fresh(kind: str, databases: Databases, services_dir: Path | None) -> str:
    if kind == "sqlite":
        return databases.empty_sqlite(services_dir)
    if postgresql_address() is None:
        if is_required("postgresql"):
            pytest.fail(
                "PostgreSQL is required (CITIZEN_REQUIRE) but does not answer; see CITIZEN_TEST_POSTGRESQL"
            )
        pytest.skip("no PostgreSQL here; set CITIZEN_TEST_POSTGRESQL to test on one")
    return databases.fresh_postgresql(services_dir)


@pytest.fixture
def data_dir(databases: Databases) -> Path:
    """The data folder of `app`, with nothing in it but the secrets of a demo city."""
    return databases.empty_data_dir()


@pytest.fixture
def app_environment(
    database_url: str, data_dir: Path, services_dir: Path | None, app_settings: dict[str, str]
) -> dict[str, str]:
    """The environment of `app`; a second application on the same database takes it too."""
    found = {} if services_dir is None else {"CITIZEN_SERVICES_DIR": str(services_dir)}
    return environment(data_dir, database_url, **found, **app_settings)


@pytest.fixture
def app(applications: Applications, app_environment: dict[str, str]) -> Iterator[CitizenFlask]:
    """An application on an empty database, as it is after its start; one that takes new routes is made with
    `create_app`."""
    with applications.lend(app_environment) as lent:
        yield lent


@pytest.fixture
def other_worker(
    app: CitizenFlask, applications: Applications, app_environment: dict[str, str]
) -> Iterator[CitizenFlask]:
    """Another process on the database of `app`, as far as one interpreter can be two: nothing in memory is
    shared."""
    del app
    with applications.lend(app_environment) as lent:
        yield lent


@pytest.fixture
def client(app: CitizenFlask) -> FlaskClient:
    """A client of `app`."""
    return app.test_client()


@pytest.fixture
def city(app: CitizenFlask) -> City:
    """A city whose services are all switched on: it makes citizens, kiosks and operators."""
    return City(app)


@pytest.fixture
def module(app: CitizenFlask, module_folder: Path | None) -> InstalledModule:
    """The module under test, as the application has installed it."""
    registry: Registry = app.extensions["registry"]
    return next(found for found in registry if found.folder == module_folder)


@pytest.fixture
def time_travel() -> Iterator[time_machine.Traveller]:
    """The clock, which stands still from now on: `time_travel.shift(60)` moves it by seconds or by a
    timedelta."""
    with time_machine.travel(clock.now(), tick=False) as coordinates:
        yield coordinates


Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def statements(app: CitizenFlask, module: InstalledModule) -> Statements:
    """`with statements() as seen:` collects the statements about the module's own tables meanwhile, without
    their values."""
    prefix = f"{module.id}_"

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if prefix in statement:
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect
