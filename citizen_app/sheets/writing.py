"""Tables that leave as CSV: with a byte order mark, which spreadsheets need to see UTF-8, and nothing in them
that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from citizen_app.sheets.formulas import escape_formula

Cell = str | int | Decimal | None
BOM: Final = "\ufeff"


def csv_file(titles: Iterable[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    """The whole file, for what fits into memory. Text is escaped (CSV injection), numbers are written as they
    are, a `Decimal` with two decimals."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(list(titles))
    writer.writerows([[_as_text(cell) for cell in row] for row in rows])
    return buffer.getvalue().encode()


def _as_text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    if isinstance(cell, str):
        return escape_formula(cell)
    return "" if cell is None else str(cell)
