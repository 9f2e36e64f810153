"""Fixtures shared by all tests: an application on a fresh, migrated database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from citizen_app.extensions import db
from citizen_app.factory import CitizenFlask, create_app
from tests.databases import Databases, is_required, postgresql_address


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


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Templates of migrated databases, made once per test process."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.drop_all()


@pytest.fixture
def services_dir() -> Path | None:
    """Where the application finds its services; None for the product's own. A folder of tests may override it."""
    return None


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path, services_dir: Path | None
) -> Iterator[str]:
    """A fresh, migrated database; the test runs once for each kind."""
    if request.param == "sqlite":
        yield databases.fresh_sqlite(tmp_path, services_dir)
        return
    if postgresql_address() is None:
        if is_required("postgresql"):
            pytest.fail(
                "PostgreSQL is required (CITIZEN_REQUIRE) but does not answer; see CITIZEN_TEST_POSTGRESQL"
            )
        pytest.skip("no PostgreSQL here; set CITIZEN_TEST_POSTGRESQL to test on one")
    yield databases.fresh_postgresql(services_dir)


@pytest.fixture
def app_environment(database_url: str, tmp_path: Path, services_dir: Path | None) -> dict[str, str]:
    """The environment of `app`; a second application on the same database takes it too."""
    more = {} if services_dir is None else {"CITIZEN_SERVICES_DIR": str(services_dir)}
    return environment(tmp_path / "data", database_url, **more)


@pytest.fixture
def app(app_environment: dict[str, str]) -> Iterator[CitizenFlask]:
    """An application on its own empty database."""
    made = create_app(app_environment)
    yield made
    dispose(made)


@pytest.fixture
def client(app: CitizenFlask) -> FlaskClient:
    """A client of `app`."""
    return app.test_client()


def dispose(app: CitizenFlask) -> None:
    """Let go of an application's connections, so that its database can be dropped."""
    with app.app_context():
        app.extensions["watch"].stop()
        db.engine.dispose()
