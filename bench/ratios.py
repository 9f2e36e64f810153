"""From samples to ratios. Pure: nothing is measured here."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one subject. `units` is what is counted: requests, or scans of a batch."""

    units: int
    cpu_seconds: float
    wall_seconds: float | None = None
    latencies: Sequence[float] = ()

    @property
    def cpu_per_unit(self) -> float:
        """CPU seconds of the server for one unit."""
        return self.cpu_seconds / self.units

    @property
    def rate(self) -> float:
        """Units per second. Raises `ValueError` for a sample without duration."""
        if not self.wall_seconds:
            raise ValueError("this sample has no duration")
        return self.units / self.wall_seconds


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the rounds of a run."""

    least: float
    middle: float
    most: float

    def __str__(self) -> str:
        return f"{_short(self.least)} – {_short(self.middle)} – {_short(self.most)}"


def spread(figures: Sequence[float]) -> Spread:
    """Minimum, median and maximum. Raises `ValueError` for no figures."""
    if not figures:
        raise ValueError("no figures")
    return Spread(min(figures), median(figures), max(figures))


def by_round(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """The ratio within each round: whatever else the machine did in that round, it did to both."""
    return spread([mine / other for mine, other in zip(ours, theirs, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by this share (0 to 1) of them (nearest rank)."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


@dataclass(frozen=True, slots=True)
class Budget:
    """A promise about a figure: at most so much, or at least."""

    words: str
    figure: Spread
    limit: float
    at_least: bool = False
    unit: str = "×"

    @property
    def kept(self) -> bool:
        """Whether the median keeps it."""
        return self.figure.middle >= self.limit if self.at_least else self.figure.middle <= self.limit

    def row(self) -> tuple[str, str, str, str]:
        """Words, figure, limit, verdict."""
        sign = "≥" if self.at_least else "≤"
        return (
            self.words,
            str(self.figure),
            f"{sign} {self.limit:g} {self.unit}",
            "kept" if self.kept else "OVER",
        )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns stand under each other in a terminal too."""
    lines = [list(head), *map(list, rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(head))]
    rule = ["-" * width for width in widths]
    padded = [
        [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        for line in (lines[0], rule, *lines[1:])
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in padded)


def _short(figure: float) -> str:
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
