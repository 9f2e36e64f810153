"""Fixtures of the contract tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.copies import Copies, forgetting


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Copies]:
    """A folder of services whose modules are forgotten afterwards."""
    with forgetting():
        yield Copies(tmp_path)
