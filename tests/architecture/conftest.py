"""One application for all questions about its shape."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.toolkit.testing import Databases, dispose, environment


@pytest.fixture(scope="session")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CitizenFlask]:
    """The product as it is installed, on a migrated SQLite file that no test writes to."""
    folder = tmp_path_factory.mktemp("house")
    made = create_app(environment(folder / "data", databases.fresh_sqlite(folder)))
    yield made
    dispose(made)
