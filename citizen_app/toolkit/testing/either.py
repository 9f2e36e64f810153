"""`pytest --databases either`: each test that could run on both databases runs on one of them, for a quick
look while working.

Which one is told by the test's name, so it stays the same, and each database gets about half. Tests of a file
that speaks of one of the databases, or of races, are about what differs between them: they run on both. The
default is `both`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final
from zlib import crc32

import pytest

from citizen_app.toolkit.testing.databases import is_required, postgresql_address

KINDS: Final = ("sqlite", "postgresql")
ABOUT_DATABASES: Final = re.compile(r"sqlite|postgresql|\brace", re.IGNORECASE)


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
    return KINDS[crc32(f"{name}[{parameters.replace(kind, '', 1)}".encode()) % 2]


def _is_for_the_other(item: pytest.Item, is_there: bool) -> bool:
    called = getattr(item, "callspec", None)
    kind = str(called.params.get("database_url")) if called is not None else ""
    if kind not in KINDS or _is_about_databases(item.path):
        return False
    return kind != (chosen(item.nodeid, kind) if is_there else "sqlite")


@cache
def _is_about_databases(file: Path) -> bool:
    return ABOUT_DATABASES.search(f"{file.name} {file.read_text(encoding='utf-8')}") is not None
