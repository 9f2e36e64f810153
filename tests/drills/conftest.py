"""What drills share: the sample services, a real server, and kiosks that scan without pause."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing import City
from tests.server import Server


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[1] / "sample_services"


@pytest.fixture
def city(app: CitizenFlask) -> City:
    """A city with the probe enabled."""
    return City(app)


@pytest.fixture
def server(app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A real server, not started yet, on the database of `app`."""
    del app
    made = Server(app_environment, tmp_path / "server.log")
    yield made
    made.kill()
