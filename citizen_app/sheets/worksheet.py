"""The rows of a workbook's first sheet, as a stream (ECMA-376 part 1 §18.3.1). A row that is not there costs
nothing, whatever its number."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import BinaryIO, Final

from citizen_app.sheets.archives import BROKEN_ARCHIVE, Archive, ArchiveRefused
from citizen_app.sheets.cells import Cell, Formula, text_cell
from citizen_app.sheets.limits import (
    LONGEST_CELL,
    TOO_LARGE,
    TOO_MANY_CELLS,
    TOO_MANY_COLUMNS,
    FileUnreadable,
    Limits,
)
from citizen_app.sheets.workbook import Book, Parts, Run, read_book, unescaped
from citizen_app.sheets.xml_parts import NOT_XLSX, read_part
from citizen_app.text import Text

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
_COLUMN: Final = re.compile(r"([A-Z]{1,3})\d{0,7}")
_WHOLE: Final = 1e15
"""Beyond this a spreadsheet's number is no longer exact."""

ROW_OUT_OF_ORDER: Final = Text("第 {row} 行的行号有误", "row {row} is out of order")
LOCKED: Final = Text("有密码保护，请去掉密码后再保存", "it is protected by a password: save it without one")
_WORDS: Final = {"encrypted_archive": LOCKED, "archive_limit_exceeded": TOO_LARGE}


def xlsx_rows(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    """Each row of the first sheet that has cells, with its number. Raises FileUnreadable."""
    try:
        archive = Archive(stream)
        parts = Parts(archive, limits)
        book = read_book(parts)
        with parts.open(book.sheet, limits.sheet_bytes) as part:
            rows = _Rows(book, limits)
            for _ in read_part(part, parts.marks, rows.start, rows.end, rows.text):
                yield from rows.ready
                rows.ready.clear()
    except ArchiveRefused as refused:
        raise FileUnreadable(_WORDS.get(refused.rule, NOT_XLSX)) from refused
    except BROKEN_ARCHIVE as error:
        raise FileUnreadable(NOT_XLSX) from error


class _Rows:
    """Builds rows out of elements; `ready` holds those that are complete."""

    def __init__(self, book: Book, limits: Limits) -> None:
        self.ready: list[tuple[int, list[Cell]]] = []
        self._book, self._limits = book, limits
        self._row = self._column = self._cells = 0
        self._found: dict[int, Cell] = {}
        self._cell: dict[str, str] | None = None
        self._formula = False
        self._run = Run()
        self.text = self._run.text

    def start(self, element: str, said: dict[str, str]) -> None:
        """An element begins."""
        if self._cell is not None:
            self._run.start(element)
            self._formula |= element == "f"
        elif element == "c":
            self._column = self._place(said.get("r"))
            self._cell, self._formula = said, False
        elif element == "row":
            self._row, self._column = self._number(said.get("r")), 0
            self._found = {}

    def end(self, element: str) -> None:
        """An element ends."""
        if self._cell is not None:
            self._run.end(element)
            if element == "c":
                if self._formula or self._run.heard:
                    self._take(self._cell)
                self._cell = None
        elif element == "row" and self._found:
            row = [self._found.get(column, "") for column in range(1, max(self._found) + 1)]
            self.ready.append((self._row, row))

    def _take(self, cell: dict[str, str]) -> None:
        said = self._run.take()
        value = Formula() if self._formula else self._value(cell, said)
        if value == "":
            return
        self._cells += 1
        if self._cells > self._limits.cells:
            raise FileUnreadable(TOO_MANY_CELLS.fill(most=self._limits.cells))
        if self._column > self._limits.columns:
            raise FileUnreadable(TOO_MANY_COLUMNS.fill(row=self._row, most=self._limits.columns))
        self._found[self._column] = value

    def _value(self, cell: dict[str, str], said: str) -> Cell:
        kind = cell.get("t", "n")
        if kind == "s":
            place = int(said) if said.isdecimal() and len(said) < 10 else -1
            if not said:
                return ""
            if not 0 <= place < len(self._book.strings):
                raise FileUnreadable(NOT_XLSX)
            return text_cell(self._book.strings[place])
        if kind == "n":
            style = cell.get("s", "")
            dated = style.isdecimal() and len(style) < 10 and int(style) in self._book.date_styles
            return number_cell(said.strip()[: LONGEST_CELL + 1], dated, self._book.from_1904)
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(said.strip(), "")
        if kind == "d":
            return text_cell(said.partition("T")[0])
        return text_cell(unescaped(said))

    def _number(self, said: str | None) -> int:
        """The number of a row: each lies below the one before."""
        number = self._row + 1 if said is None else int(said) if said.isdecimal() and len(said) < 8 else 0
        if not self._row < number <= LAST_ROW:
            raise FileUnreadable(ROW_OUT_OF_ORDER.fill(row=(said or str(number))[:20]))
        return number

    def _place(self, said: str | None) -> int:
        """The column of a cell: C7 lies in the third."""
        if said is None:
            return self._column + 1
        found, place = _COLUMN.fullmatch(said), 0
        for letter in found[1] if found else "":
            place = place * 26 + ord(letter) - ord("A") + 1
        if not 0 < place <= LAST_COLUMN:
            raise FileUnreadable(NOT_XLSX)
        return place


def number_cell(said: str, dated: bool, from_1904: bool) -> Cell:
    """A number as a person would write it, or the day that it stands for: 13800000001.0 and 1.3800000001E10
    are 13800000001."""
    try:
        number = float(said)
    except ValueError:
        return text_cell(said)
    if not math.isfinite(number):
        return text_cell(said)
    if dated and number >= 1:
        try:
            return _day(math.floor(number), from_1904)
        except OverflowError:
            return text_cell(said)
    if said.isdecimal():
        return said
    return str(int(number)) if number.is_integer() and abs(number) < _WHOLE else str(number)


def _day(serial: int, from_1904: bool) -> date:
    """The day of a serial number; 1900 has a 29 February there, which lies on day 60 (ECMA-376 part 1
    §18.17.4)."""
    if from_1904:
        return date(1904, 1, 1) + timedelta(days=serial)
    return date(1899, 12, 31) + timedelta(days=serial - (serial >= 60))
