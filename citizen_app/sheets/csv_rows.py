"""The rows of a CSV: UTF-8 (with or without byte order mark) or GB 18030, separated by comma, semicolon or
tab (RFC 4180 otherwise)."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, Final

from citizen_app.sheets.cells import Cell, text_cell
from citizen_app.sheets.limits import TOO_MANY_CELLS, TOO_MANY_COLUMNS, FileUnreadable, Limits
from citizen_app.text import Text

LONGEST_LINE: Final = 64 * 1024
MOST_LINES_OF_A_ROW: Final = 1_000
_SNIFFED: Final = 4096
_BLOCK: Final = 64 * 1024

NOT_TEXT: Final = Text("既不是 UTF-8 也不是 GB 18030 的文本", "neither UTF-8 nor GB 18030 text")
BROKEN: Final = Text("第 {line} 行不是合规的 CSV", "line {line} is not CSV")
LONG_LINE: Final = Text("第 {line} 行过长", "line {line} is too long")


def csv_rows(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    """Each row with the number of its first line. Raises FileUnreadable."""
    encoding = _encoding_of(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        head = text.read(_SNIFFED)
        text.seek(0)
        yield from _rows(_Lines(text, limits.marks), max(",;\t", key=head.count), limits)
    finally:
        text.detach()  # the stream stays open for whoever gave it


def _rows(lines: _Lines, delimiter: str, limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    left = limits.cells
    try:
        for row in reader:
            begins, lines.row_begins = lines.row_begins, lines.number + 1
            filled = sum(map(bool, row))
            if not filled:
                continue
            left -= filled
            if left < 0:
                raise FileUnreadable(TOO_MANY_CELLS.fill(most=limits.cells))
            if len(row) > limits.columns and any(map(str.strip, row[limits.columns :])):
                raise FileUnreadable(TOO_MANY_COLUMNS.fill(row=begins, most=limits.columns))
            yield begins, [_cell(cell) for cell in row[: limits.columns]]
    except (csv.Error, UnicodeError) as error:
        raise FileUnreadable(BROKEN.fill(line=lines.row_begins)) from error


class _Lines:
    """The lines of a text, bounded in length and in number."""

    def __init__(self, text: io.TextIOWrapper, most: int) -> None:
        self._text, self._most = text, most
        self.number, self.row_begins = 0, 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if self.number > self._most:
            raise FileUnreadable(TOO_MANY_CELLS.fill(most=self._most))
        if len(line) > LONGEST_LINE:
            raise FileUnreadable(LONG_LINE.fill(line=self.number))
        if self.number - self.row_begins >= MOST_LINES_OF_A_ROW:
            raise FileUnreadable(BROKEN.fill(line=self.row_begins))
        return line


def _encoding_of(stream: BinaryIO) -> str:
    """Decides by reading all of it once: a list that is wrong in its last line is not half taken."""
    for encoding in ("utf-8-sig", "gb18030"):
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while block := stream.read(_BLOCK):
                if "\0" in decoder.decode(block):
                    raise FileUnreadable(NOT_TEXT)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileUnreadable(NOT_TEXT)


def _cell(text: str) -> Cell:
    text = text.strip()
    if text.startswith('="') and text.endswith('"') and '"' not in text[2:-1]:
        text = text[2:-1]  # how spreadsheets keep a long number as text in CSV
    return text_cell(text)
