"""Reading uploaded lists: columns are found by their titles; rows are streamed as text, dates or faults.

    titles = {"phone": ("手机号", "phone"), "name": ("姓名", "name")}
    sheet = read_sheet(sent.stream, sent.name, titles, needed="phone")
    for row in sheet.rows:
        row.text("name", longest=40)     # raises RowRefused: the row is told, the others are taken

Nothing is read before the file is known to stay within its `Limits`, nothing of it is held but the present
row and the strings that cells share, and nothing may be read while a unit of work is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO, Final, TypeVar

from citizen_app.sheets.cells import Cell, Formula
from citizen_app.sheets.csv_rows import csv_rows
from citizen_app.sheets.limits import TOO_MANY_ROWS, FileUnreadable, Limits, refuse_in_a_unit
from citizen_app.sheets.report import Rejected
from citizen_app.sheets.worksheet import xlsx_rows
from citizen_app.text import Text, unseen_in, without_unseen

Titles = Mapping[str, tuple[str, ...]]
"""The columns that a list may have, each with what its title may be called; the first name is the usual
one."""
Made = TypeVar("Made")
UPLOAD: Final = Limits()
LOOK_FOR_HEADER: Final = 10
_LINE_BREAK: Final = re.compile(r"[\t\r\n]+")
_DATE: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_JOINED: Final = re.compile("[/／、]")
_PASSED_OVER: Final = re.compile(r"[\s_*:：()（）]")

NO_HEADER: Final = Text(
    "前 {rows} 行中没有含“{title}”的表头", "no header with “{title}” in the first {rows} rows"
)
TWICE_IN_HEADER: Final = Text("表头中“{column}”出现两次", "the header names “{column}” twice")
IS_FORMULA: Final = Text("是公式，请改为数值", "is a formula; paste it as a value")
TOO_LONG: Final = Text("过长", "is too long")
UNSEEN: Final = Text(
    "含有看不见的字符（{code}），请重新输入", "has a character that nobody sees ({code}): type it anew"
)
NOT_A_DATE: Final = Text("不是日期，请写成 2026-01-31", "is not a date; write 2026-01-31")


class RowRefused(Exception):
    """A row is not taken: the column, and why."""

    def __init__(self, column: str, why: Text) -> None:
        super().__init__(why.en)
        self.column, self.why = column, why


@dataclass(frozen=True, slots=True)
class Header:
    """Where a list has its columns and what it calls them; `ignored` are the titles that name none."""

    at: dict[str, int]
    titles: dict[str, str]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header; `number` as a spreadsheet counts."""

    number: int
    header: Header
    cells: list[Cell]

    def cell(self, column: str) -> str | date:
        """The cell of a column; blank where the list has no such column. Raises RowRefused for a formula and
        for unseen letters."""
        index = self.header.at.get(column)
        found = self.cells[index] if index is not None and index < len(self.cells) else ""
        if isinstance(found, Formula):
            raise RowRefused(column, IS_FORMULA)
        if isinstance(found, str):
            found = " ".join(_LINE_BREAK.split(found))
            if unseen := unseen_in(found):
                raise RowRefused(column, UNSEEN.fill(code=f"U+{ord(unseen):04X}"))
        return found

    def text(self, column: str, longest: int) -> str:
        """One line of visible text, as the API takes it too; line breaks inside a cell are spaces. Raises
        RowRefused."""
        text = " ".join(str(self.cell(column)).split())
        if len(text) > longest:
            raise RowRefused(column, TOO_LONG)
        return text

    def day(self, column: str) -> date | None:
        """A day, or None for a blank cell. Raises RowRefused."""
        found = self.cell(column)
        if isinstance(found, date):
            return found
        if not found:
            return None
        written = _DATE.fullmatch(found)
        try:
            return date(*map(int, written.groups() if written else ()))
        except (TypeError, ValueError) as error:
            raise RowRefused(column, NOT_A_DATE) from error


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list: its header, and the rows below it."""

    header: Header
    rows: Iterator[Row]

    def made(self, make: Callable[[Row], Made]) -> Iterator[Made | Rejected]:
        """What `make` makes of each row, or why it refused the row (RowRefused)."""
        for row in self.rows:
            try:
                yield make(row)
            except RowRefused as refused:
                yield Rejected(row.number, self.header.titles[refused.column], refused.why)


def read_sheet(
    stream: BinaryIO, name: str, columns: Titles, needed: str | tuple[str, ...], limits: Limits = UPLOAD
) -> Sheet:
    """The list in a CSV or in the first sheet of an XLSX, as the file's name ends. The header is the first of
    ten rows that names the `needed` column, or one of several.

    Raises FileUnreadable, here or while the rows are read.
    """
    rows = _not_blank(stream, name, limits)
    wanted = (needed,) if isinstance(needed, str) else needed
    for _, cells in islice(rows, LOOK_FOR_HEADER):
        if (header := _header_in(cells, columns, wanted)) is not None:
            return Sheet(header, _below(header, rows, limits.rows))
    titles = "/".join(columns[column][0] for column in wanted)
    raise FileUnreadable(NO_HEADER.fill(rows=LOOK_FOR_HEADER, title=titles))


def _not_blank(stream: BinaryIO, name: str, limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    refuse_in_a_unit()
    rows = (xlsx_rows if name.lower().endswith(".xlsx") else csv_rows)(stream, limits)
    for number, cells in rows:
        if any(cell != "" for cell in cells):
            yield number, cells
            refuse_in_a_unit()


def _below(header: Header, rows: Iterator[tuple[int, list[Cell]]], most: int) -> Iterator[Row]:
    for count, (number, cells) in enumerate(rows, 1):
        if count > most:
            raise FileUnreadable(TOO_MANY_ROWS.fill(most=most))
        yield Row(number, header, cells)


def _header_in(cells: list[Cell], columns: Titles, needed: tuple[str, ...]) -> Header | None:
    """The row's columns, if it is the header: titles above it (often one merged cell) do not name what is
    needed."""
    by_name = {name: column for column, names in columns.items() for name in names}
    at: dict[str, int] = {}
    titles = {column: names[0] for column, names in columns.items()}
    ignored: list[str] = []
    for index, cell in enumerate(cells):
        title = " ".join(without_unseen(cell).split()) if isinstance(cell, str) else ""
        column = _column_of(title, by_name)
        if column is None:
            ignored += [title] if title else []
            continue
        if column in at:
            raise FileUnreadable(TWICE_IN_HEADER.fill(column=columns[column][0]))
        at[column], titles[column] = index, title
    return Header(at, titles, tuple(ignored)) if not at.keys().isdisjoint(needed) else None


def _column_of(title: str, by_name: Mapping[str, str]) -> str | None:
    """The column that a title names, by one name or by several that mean the same: 房号/部门."""
    names = _JOINED.split(_PASSED_OVER.sub("", title).lower())
    found = {by_name.get(name) for name in names}
    return found.pop() if len(found) == 1 else None
