"""Limits on uploaded files, and the refusal of files beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from citizen_app.storage.unit_of_work import current_unit
from citizen_app.text import Text

LONGEST_CELL: Final = 200
"""Letters of a cell that are kept; one more is kept of a longer one, which then is too long for any
column."""

UNREADABLE: Final = Text("文件无法读取：{why}", "The file cannot be read: {why}")
TOO_LARGE: Final = Text("解压后过大", "it unpacks to too much")
TOO_MANY_ROWS: Final = Text(
    "超过 {most} 行，请拆分文件，或由运维用命令导入",
    "it has more than {most} rows: split it, or have it imported on the command line",
)
TOO_MANY_COLUMNS: Final = Text("第 {row} 行超过 {most} 列", "row {row} has more than {most} columns")
TOO_MANY_CELLS: Final = Text(
    "超过 {most} 个单元格或空行，请只保留名单本身",
    "it has more than {most} cells or blank rows: keep nothing but the list",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one list may ask. The usual limits are those of an upload; memory follows from them.

    `rows` stand below the header and have something in them, so have `cells` and `columns`. `marks` are all
    XML elements of the parts that are read, or all lines of a CSV, blank ones too. `strings` are shared
    between cells; `sheet_bytes` are those of the sheet, unpacked, and `part_bytes` those of any other part of
    a workbook.
    """

    rows: int = 2_000
    columns: int = 256
    cells: int = 100_000
    marks: int = 500_000
    strings: int = 100_000
    sheet_bytes: int = 32 * 2**20
    part_bytes: int = 8 * 2**20


ON_THE_COMMAND_LINE: Final = Limits(
    rows=1_000_000,
    cells=20_000_000,
    marks=100_000_000,
    strings=1_000_000,
    sheet_bytes=2**30,
    part_bytes=64 * 2**20,
)
"""For the command line, where an import may take minutes."""


class FileUnreadable(Exception):
    """The file is not of its stated type, or exceeds a limit; `words` say why."""

    def __init__(self, why: Text) -> None:
        self.words = UNREADABLE.fill(why=why)
        super().__init__(self.words.en)


def refuse_in_a_unit() -> None:
    """Raise RuntimeError inside a unit of work: no other write may wait for the parsing of a file."""
    if current_unit.get() is not None:
        raise RuntimeError("a file is read while a unit of work is open: read first, then write")
