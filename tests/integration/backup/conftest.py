"""A city to back up, and places to restore it to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.toolkit.testing import City, Databases, dispose

SERVICES = Path(__file__).parents[2] / "sample_services"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pg_dump is a process."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and "[postgresql]" in item.name:
            item.add_marker(pytest.mark.processes)


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return SERVICES


@pytest.fixture
def city(app: CitizenFlask) -> City:
    """A city with a citizen who has been scanned."""
    made = City(app)
    kiosk, citizen = made.kiosk("probe"), made.citizen()
    assert kiosk.scan(citizen.code(), "enter").json["decision"] == "allow"
    return made


@pytest.fixture
def city_alone(
    app_environment: dict[str, str], databases: Databases, services_dir: Path | None
) -> Iterator[City]:
    """A city with one citizen in a database to which nobody else is connected."""
    url, on_server = (
        app_environment["CITIZEN_DATABASE_URL"],
        "postgresql" in app_environment["CITIZEN_DATABASE_URL"],
    )
    if on_server:
        url = databases.own_postgresql(services_dir)
    made = create_app({**app_environment, "CITIZEN_DATABASE_URL": url})
    city = City(made)
    city.citizen()
    yield city
    dispose(made)
    if on_server:
        databases.drop_postgresql(url)


@pytest.fixture
def elsewhere(
    app_environment: dict[str, str],
    databases: Databases,
    data_dir: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[CitizenFlask]:
    """An application with the same keys, on an empty database of its own."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copy(data_dir / "demo-secrets.json", folder)
    on_sqlite = app_environment["CITIZEN_DATABASE_URL"].startswith("sqlite")
    url = f"sqlite:///{folder / 'city.db'}" if on_sqlite else databases.own_postgresql(migrated=False)
    made = create_app({**app_environment, "CITIZEN_DATABASE_URL": url, "CITIZEN_DATA_DIR": str(folder)})
    yield made
    dispose(made)
    if not on_sqlite:
        databases.drop_postgresql(url)
