"""What a cell of a list can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from citizen_app.sheets.limits import LONGEST_CELL


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes something: its value is not in the file, or not to be trusted."""


Cell = str | date | Formula
"""A blank cell is the empty text; numbers are text as a person would write them."""


def text_cell(text: str) -> str | Formula:
    """A cell of text, without the space around it."""
    text = text.strip()
    return Formula() if text[:1] in ("=", "@") else text[: LONGEST_CELL + 1]
