"""A city with the hall of tests/booking_services."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
Unit = Callable[[], AbstractContextManager[None]]
MakePool = Callable[..., str]


@pytest.fixture
def services_dir() -> Path | None:
    """The hall instead of the product's services."""
    return Path(__file__).parents[2] / "booking_services"


@pytest.fixture
def unit(city: City) -> Unit:
    """One unit of work of the application."""

    @contextmanager
    def opened() -> Iterator[None]:
        with city.app.app_context(), transaction():
            yield

    return opened


@pytest.fixture
def hall(city: City) -> Any:
    """The models and rules of the hall, as the application has loaded them."""
    return sys.modules["booking_services.hall.models"]


@pytest.fixture
def pool(unit: Unit, hall: Any) -> MakePool:
    """`pool(capacity, **columns)`: the id of a new pool."""

    def made(capacity: int, **columns: Any) -> str:
        pool_id = new_id()
        with unit():
            db.session.add(hall.HallPool(id=pool_id, capacity=capacity, **columns))
        return pool_id

    return made
