"""Reads the files of a feed line by line: bounded lines in, rows of values out."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final, NamedTuple

from citizen_app.toolkit.files import BROKEN_ARCHIVE
from services.bus.operations.gtfs.encodings import SAMPLE_BYTES, decoded, likely_encoding
from services.bus.operations.gtfs.rules import Severity
from services.bus.operations.gtfs.sources import Encoding, Limits, ReadError

_BOM: Final = b"\xef\xbb\xbf"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_LINE_BREAK: Final = re.compile(r"\s*[\r\n]\s*")
_QUOTED: Final = re.compile(r'("(?:[^"]|"")*+(?:"|\Z))([ \t]+(?=[,\r\n]|\Z))?')
"""A value in quotation marks, to the end of the line when it goes on there, and blanks that stand before the
next comma."""
_ENCODING_NAMES: Final[dict[Encoding, str]] = {
    "gb18030": "GBK (GB 18030)",
    "windows-1252": "Latin-1 (Windows-1252)",
}
_CSV_FAULTS: Final = {
    "unexpected end of data": "unclosed_quote",
    "field larger than field limit": "unclosed_quote",
    "',' expected after": "misplaced_quote",
}


class RowNote(NamedTuple):
    """Something about one row, in the words of the rule catalogue. `severity` overrides the catalogue's."""

    rule: str
    line: int
    field: str | None = None
    value: str | None = None
    details: Mapping[str, object] | None = None
    severity: Severity | None = None


class CsvReader:
    """One CSV file: `header`, then (line, values) of each row.

    Values have no spaces around them and no line breaks inside. Rows have as many values as the header: a
    shorter row is filled up with blanks, a longer one loses its extra blanks, and either is noted; rows that
    do not fit are noted and left out. Names of `columns` are known in any case. ReadError ends the file.
    """

    def __init__(
        self,
        stream: BinaryIO,
        limits: Limits,
        note: Callable[[RowNote], None],
        columns: frozenset[str] = frozenset(),
        encoding: Encoding = "utf-8",
    ) -> None:
        self._note = note
        self._lines = _Lines(stream, limits.line_bytes, encoding, note)
        self._reader = csv.reader(self._lines, skipinitialspace=True, strict=True)
        self.header = [self._column(name, columns) for name in self._next_row() or ()]
        if not any(self.header):
            raise ReadError("empty_file")
        for name in self.header:
            if name and self.header.count(name) > 1:
                raise ReadError("duplicated_column", 1, field=name)
        if "" in self.header:
            note(RowNote("empty_column_name", 1))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width, before = len(self.header), self._reader.line_num
        while (row := self._next_row()) is not None:
            line, lines_taken = before + 1, self._reader.line_num - before
            before = self._reader.line_num
            values = [value.strip() for value in row]
            if len(values) <= 1 and not any(values):
                self._note(RowNote("empty_row", line))
            elif lines_taken > 1 and (
                len(values) != width or any(_holds_a_row(value, width) for value in values)
            ):
                self._note(RowNote("unclosed_quote", line))
            elif len(values) == width or self._made_to_fit(line, values):
                if values != row:
                    self._note_spaces(line, row, values)
                if lines_taken > 1:
                    self._note(RowNote("new_line_in_value", line))
                    values = [_LINE_BREAK.sub(" ", value) for value in values]
                yield line, values

    def _column(self, written: str, columns: frozenset[str]) -> str:
        """A name of the header as GTFS writes it, noting what differs."""
        name = written.strip()
        if name != written:
            self._note(RowNote("leading_or_trailing_whitespaces", 1, name, name))
        if name in columns or name.lower() not in columns:
            return name
        self._note(RowNote("column_name_in_other_case", 1, name.lower(), name))
        return name.lower()

    def _next_row(self) -> list[str] | None:
        began = self._reader.line_num + 1
        self._lines.in_quotes = False  # whatever stray marks the row before had
        try:
            return next(self._reader, None)
        except csv.Error as error:
            said = str(error)
            rule = next((rule for words, rule in _CSV_FAULTS.items() if said.startswith(words)), None)
            raise ReadError(rule or "csv_parsing_failed", began, detail=said) from error

    def _made_to_fit(self, line: int, values: list[str]) -> bool:
        given, width = len(values), len(self.header)
        fits = not any(values[width:])
        self._note(
            RowNote(
                "invalid_row_length",
                line,
                value=str(given),
                details={"expected": width},
                severity=Severity.WARNING if fits else Severity.ERROR,
            )
        )
        del values[width:]
        values.extend([""] * (width - given))
        return fits

    def _note_spaces(self, line: int, row: list[str], values: list[str]) -> None:
        for name, value, stripped in zip(self.header, row, values, strict=False):
            if value != stripped:
                self._note(RowNote("leading_or_trailing_whitespaces", line, name, stripped))


def _holds_a_row(value: str, width: int) -> bool:
    """Whether a value of several lines has swallowed the rest of its row: a quote that closed in another
    row."""
    return value.count(",") >= width - 1 and _LINE_BREAK.search(value) is not None


class _Lines:
    """The lines of a file as text, each bounded in length; `number` is the line read last.

    `in_quotes` says whether the next line begins inside a quoted value.
    """

    def __init__(
        self, stream: BinaryIO, longest: int, encoding: Encoding, note: Callable[[RowNote], None]
    ) -> None:
        self._stream = stream
        self._longest = longest
        self._encoding: Encoding = encoding
        self._note = note
        self.in_quotes = False
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._stream.readline(self._longest)
        except BROKEN_ARCHIVE as error:
            raise ReadError(
                "unreadable_archive", self.number, detail=str(error) or type(error).__name__
            ) from error
        if not line:
            raise StopIteration
        self.number += 1
        if self.number == 1:
            line = self._without_mark(line)
        if line.find(b"\r", 0, len(line) - 2) >= 0 and b'"' not in line:
            raise ReadError("wrong_line_ends", self.number)
        if len(line) >= self._longest:
            raise ReadError("line_too_long", self.number, most=self._longest)
        if b"\0" in line:
            raise ReadError("invalid_character", self.number, encoding=self._encoding.upper())
        try:
            text = decoded(line, self._encoding)
        except UnicodeDecodeError:
            raise self._unreadable(line) from None
        return self._without_blanks_after_quotes(text) if '"' in text else text

    def _without_blanks_after_quotes(self, text: str) -> str:
        """The line with each closing quotation mark directly before its comma, where the strict reader wants
        it."""
        began_in_quotes = self.in_quotes
        self.in_quotes ^= text.count('"') % 2 == 1
        if '" ' not in text and '"\t' not in text:
            return text
        opened = '"' + text if began_in_quotes else text
        tidy = _QUOTED.sub(r"\1", opened)
        if tidy == opened:
            return text
        self._note(RowNote("space_after_quote", self.number))
        return tidy[1:] if began_in_quotes else tidy

    def _without_mark(self, line: bytes) -> bytes:
        """The first line without its byte order mark, which also says that the file is UTF-8 whatever was
        told."""
        if line.startswith(_UTF_16):
            raise ReadError("utf_16_text", 1)
        if line.startswith(_BOM):
            self._encoding = "utf-8"
            return line[len(_BOM) :]
        return line

    def _unreadable(self, line: bytes) -> ReadError:
        """Names the encoding where it can be told, so that the operator knows what to do."""
        if self._encoding == "utf-8":
            seems = likely_encoding(line + self._stream.read(SAMPLE_BYTES))
            if seems is not None:
                return ReadError("other_encoding", self.number, encoding=seems, name=_ENCODING_NAMES[seems])
        return ReadError("invalid_character", self.number, encoding=self._encoding.upper())
