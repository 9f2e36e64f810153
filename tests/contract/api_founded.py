"""A city with everything, founded once in a process: each file of tests begins where it had just been
founded, by a copy of its files, which is much quicker than founding another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp
from typing import Final
from zoneinfo import ZoneInfo

from citizen_app import clock
from citizen_app.toolkit.testing import dispose, environment
from citizen_app.toolkit.testing.applications import Lent
from tests.contract.api_app import WithEid, everything_without_limits
from tests.contract.api_city import Callers
from tests.contract.api_databases import kept_folder, migrated

CITY: Final = ZoneInfo("Asia/Shanghai")


class Founded:
    """One application, its callers, and its files as they were when the city stood."""

    def __init__(self) -> None:
        place = Path(mkdtemp(dir=kept_folder()))
        self.folder, self.copy = place / "city", place / "copy"
        url = migrated().fresh_sqlite(self.folder)
        self.lent = Lent(environment(self.folder / "data", url, CITIZEN_LOG_LEVEL="ERROR"))
        self._providers()
        self.callers = Callers(self.lent.app)
        self.come_back()
        copytree(self.folder, self.copy)

    def begin(self) -> Callers:
        """The callers, signed out, in a city in which nothing has happened yet."""
        rmtree(self.folder)
        copytree(self.copy, self.folder)
        self._providers()
        self.callers.begin()
        return self.callers

    def come_back(self) -> None:
        """Let go of the files."""
        if not self.lent.come_back():  # a test has left something in it: the next file founds another
            dispose(self.lent.app)
            founded.cache_clear()

    def _providers(self) -> None:
        self.lent.app.extensions["identity_providers"] = WithEid()


@lru_cache(maxsize=1)
def founded(day: date) -> Founded:
    """The city of a day; timetables in it begin with the day."""
    del day
    return Founded()


@contextmanager
def callers_of_a_city() -> Iterator[Callers]:
    """Everyone who may call, and the city of their own that they find."""
    with everything_without_limits():
        made = founded(clock.now().astimezone(CITY).date())
        try:
            yield made.begin()
        finally:
            made.come_back()
