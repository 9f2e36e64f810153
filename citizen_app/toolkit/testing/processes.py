"""The mark `processes`: on every test that starts a process, so that these can be left out where minutes
count.

    @pytest.mark.processes
    def test_a_killed_import_shows_nothing(): ...

Whether the mark is true is heard from the interpreter itself (audit events, PEP 578): a test that starts a
process without it fails.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Final

import pytest

MARK: Final = "processes"
STARTS: Final = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"})
"""What the interpreter says when a process is about to start (library reference, "Audit events table")."""


class Listener:
    """Hears of every process that this one starts, and knows during which test."""

    def __init__(self) -> None:
        self._started: list[str] | None = None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._started is not None and event in STARTS:
            self._started.append(f"{event} {' '.join(map(str, arguments[:2]))}"[:200])

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Begin to listen, before fixtures that several tests share are made."""
        self._started = None if item.get_closest_marker(MARK) else []
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """Stop listening; an unmarked test that has started a process is an error."""
        del item
        yield
        started, self._started = self._started, None
        if started:
            pytest.fail(f"this test starts processes and lacks the mark `{MARK}`:\n" + "\n".join(started))


def pytest_configure(config: pytest.Config) -> None:
    """Know the marks, and listen."""
    config.addinivalue_line(
        "markers", f"{MARK}: starts or kills processes; `make test` leaves it out, `.ci/run` does not"
    )
    config.addinivalue_line(
        "markers",
        "journey: starts processes, and is so much of the whole that `make test` runs it all the same",
    )
    config.pluginmanager.register(Listener(), "citizen-app-processes")
