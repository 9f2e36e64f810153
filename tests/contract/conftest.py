"""Fixtures of the contract tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.api_city import Callers
from tests.contract.api_founded import callers_of_a_city
from tests.contract.api_town import Town
from tests.contract.copies import Copies, forgetting


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Copies]:
    """A folder of services whose modules are forgotten afterwards."""
    with forgetting():
        yield Copies(tmp_path)


@pytest.fixture(scope="module")
def callers() -> Iterator[Callers]:
    """Everyone who may call, in a city in which nothing has happened before the file's first test."""
    with callers_of_a_city() as made:
        yield made


@pytest.fixture(scope="module")
def town(callers: Callers) -> Town:
    """The same city, in which anything can be made for somebody."""
    return Town(callers.app)
