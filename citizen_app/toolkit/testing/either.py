"""`pytest --databases either`: each test that could run on both databases runs on one of them, for a quick
look while working.

Which one is told by the test's name, so it stays the same; PostgreSQL, which takes half as long again, gets a
quarter. A test that speaks of one of the databases, or of races, or whose file's name does, is about what
differs between them: it runs on both. The default is `both`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final
from zlib import crc32

import pytest

from citizen_app.toolkit.testing.databases import is_required, postgresql_address

KINDS: Final = ("sqlite", "postgresql")
ABOUT_DATABASES: Final = re.compile(r"sqlite|postgresql|(?:\b|_)race|concurrent", re.IGNORECASE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--databases`."""
    parser.addoption(
        "--databases",
        choices=("both", "either"),
        default="both",
        help="run each test of the city on both databases, or on either of them, as its name has it",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the other database; where PostgreSQL is absent, everything is on SQLite."""
    if config.getoption("--databases") == "both":
        return
    is_there = postgresql_address() is not None or is_required("postgresql")
    left_out = [item for item in items if _is_for_the_other(item, is_there)]
    config.hook.pytest_deselected(items=left_out)
    dropped = set(left_out)
    items[:] = [item for item in items if item not in dropped]


def chosen(nodeid: str, kind: str) -> str:
    """The database on which a test runs, by its name without that of a database."""
    name, _, parameters = nodeid.partition("[")
    told = crc32(f"{name}[{parameters.replace(kind, '', 1)}".encode())
    return KINDS[told % 4 == 0]


def _is_for_the_other(item: pytest.Item, is_there: bool) -> bool:
    called = getattr(item, "callspec", None)
    kind = str(called.params.get("database_url")) if called is not None else ""
    if kind not in KINDS or _is_about_databases(item):
        return False
    return kind != (chosen(item.nodeid, kind) if is_there else "sqlite")


def _is_about_databases(item: pytest.Item) -> bool:
    if ABOUT_DATABASES.search(item.path.name):
        return True
    return _has_one_that_is(item.path) and _speaks_of_them(getattr(item, "function"))  # noqa: B009


@cache
def _has_one_that_is(file: Path) -> bool:
    return ABOUT_DATABASES.search(file.read_text(encoding="utf-8")) is not None


@cache
def _speaks_of_them(test: Callable[..., object]) -> bool:
    return ABOUT_DATABASES.search(inspect.getsource(test)) is not None
