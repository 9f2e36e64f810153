"""How far a task is, between the thread that works and the one that watches.

The working thread counts in memory and hears here that it is to stop; the watcher (`watching`) writes what
was counted into the row at most each second, renews the lease, and hears of a cancellation.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from citizen_app.storage.slices import Paced
from citizen_app.text import Text

Why = Literal["cancelled", "stopped", "lost"]


class TaskStopped(Exception):
    """The task is to end here: it was cancelled, its process is to stop, or another process has taken it
    over."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a task is: `done` of `total` steps (None: nobody knows) of what the words say."""

    done: int = 0
    total: int | None = None
    words: Text | None = None


class TaskProgress:
    """What a running task tells, and asks. `advance` and `unit` raise `TaskStopped` when it is to end."""

    def __init__(
        self, stop: threading.Event | None = None, is_ours: Callable[[], bool] = lambda: True
    ) -> None:
        self._stop, self._is_ours = stop or threading.Event(), is_ours
        self._why: Why | None = None
        self._paced = Paced()
        self.standing = Standing()

    def stage(self, words: Text, total: int | None = None) -> None:
        """Something new begins, of so many steps."""
        self.check()
        self.standing = Standing(0, total, words)

    def advance(self, steps: int = 1) -> None:
        """So many steps are done."""
        before = self.standing
        self.standing = Standing(before.done + steps, before.total, before.words)
        self.check()

    def tell(self, words: Text, steps: int, total: int) -> None:
        """So many steps of what the words say are done, of `total` (0: nobody knows); a stage begins where
        the words are new."""
        if self.standing.words != words:
            self.stage(words, total or None)
        self.advance(steps)

    def check(self) -> None:
        """Raise `TaskStopped` when the task is to end."""
        if self._why is None and self._stop.is_set():
            self._why = "stopped"
        if self._why is not None:
            raise TaskStopped(self._why)

    @contextmanager
    def unit(self) -> Iterator[None]:
        """A unit of work, with a pause after the one before that lets others write. What is in it is
        committed only while the task is still ours: a process that was thought dead commits nothing."""
        self.check()
        with self._paced():
            yield
            self.check()
            if not self._is_ours():
                self._why = "lost"
                raise TaskStopped("lost")

    def end(self, why: Why) -> None:
        """Have the working thread end at its next step."""
        self._why = self._why or why
