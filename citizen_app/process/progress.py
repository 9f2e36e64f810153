"""Progress bars on standard error; off when it is not a terminal, and plain under NO_COLOR. Long work that is
told to stop ends as it does at Ctrl-C: what it has begun is tidied up."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress_bar(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar around long work; call what it gives with the number of steps just done."""
    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(title, total=total)
        with _stopped_by_sigterm():
            yield lambda steps: progress.advance(task, steps)


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Within the block SIGTERM ends the command by an exception, which rolls back and tidies up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
