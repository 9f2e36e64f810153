"""Findings of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from citizen_app.text import Text

Level = Literal["ok", "warning", "failure", "skipped"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be: what, why it matters, what to do."""

    level: Literal["warning", "failure"]
    what: Text
    why: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `find` yields what is wrong, and nothing when all is well; in a reading
    transaction where it `asks_database`."""

    id: str
    title: Text
    find: Callable[[], Iterator[Fault]]
    asks_database: bool = True


def warning(what: Text, why: Text, remedy: Text) -> Fault:
    """Something to fix soon."""
    return Fault("warning", what, why, remedy)


def failure(what: Text, why: Text, remedy: Text) -> Fault:
    """Something to fix now."""
    return Fault("failure", what, why, remedy)
