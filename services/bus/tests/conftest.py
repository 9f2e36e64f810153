"""The bus in a running city: timetables, and what staff decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from citizen_app.toolkit.commands import transaction
from services.bus.operations.importing import Imported, import_feed
from services.bus.tests.feeds import Content, write_zip

Import = Callable[..., Imported]


@pytest.fixture
def import_path(app: Any) -> Import:
    """Import a feed file, each step in a transaction of its own, as the command does."""

    def run(path: Path, **options: Any) -> Imported:
        with app.app_context():
            return import_feed(path, transaction, **{"today": date(2026, 6, 1), **options})

    return run


@pytest.fixture
def import_small(import_path: Import, tmp_path: Path) -> Import:
    """Import the small feed, with changes."""

    def run(changes: Content | None = None, **options: Any) -> Imported:
        return import_path(write_zip(tmp_path, changes), **options)

    return run
