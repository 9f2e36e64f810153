"""The progress of a task that a command runs itself, as bars on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from citizen_app.process.progress import progress_bar
from citizen_app.tasks.progress import TaskProgress
from citizen_app.text import Language, Text


class BarProgress(TaskProgress):
    """One bar at a time: each begins with its stage."""

    def __init__(self, shown: ExitStack, language: Language) -> None:
        super().__init__()
        self._shown, self._language = shown, language
        self._move: Callable[[int], None] = lambda steps: None

    def stage(self, words: Text, total: int | None = None) -> None:
        """The bar of what begins."""
        self._shown.close()
        super().stage(words, total)
        self._move = self._shown.enter_context(progress_bar(words.say(self._language), total))

    def advance(self, steps: int = 1) -> None:
        """Move the bar."""
        super().advance(steps)
        self._move(steps)


@contextmanager
def command_progress(language: Language) -> Iterator[TaskProgress]:
    """The progress of a task in a command; Ctrl-C and SIGTERM end it, and roll back what was begun."""
    with ExitStack() as shown:
        yield BarProgress(shown, language)
