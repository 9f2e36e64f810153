"""Turns the lines of a GTFS file into typed rows, reporting what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from services.bus.operations.gtfs.fields import FieldError
from services.bus.operations.gtfs.reader import CsvReader, RowNote
from services.bus.operations.gtfs.report import FeedReport
from services.bus.operations.gtfs.rules import RULES, Severity
from services.bus.operations.gtfs.sources import Limits, ReadError, Source
from services.bus.operations.gtfs.tables import STOP_TIMES, Column, Table

R = TypeVar("R")
RawRow = tuple[int, list[str]]


class RowParser(Generic[R]):
    """Reads rows of one table under one header.

    `usable` is False when a required column is missing: then no row can be read.
    """

    def __init__(self, table: Table[R], header: list[str], report: FeedReport) -> None:
        self._table = table
        self._report = report
        place = {name: index for index, name in enumerate(header)}
        self._plan = [
            (place.get(column.name), column.parse, column.required, column.default, column.name)
            for column in table.columns
        ]
        self._instead = {
            column.name: [place[name] for name in column.instead if name in place] for column in table.columns
        }
        missing = [
            column
            for column in table.columns
            if column.name not in place and _must_exist(column) and not self._instead[column.name]
        ]
        for column in missing:
            report.add("missing_required_column", table.file, line=1, field=column.name)
        self.usable = not missing
        known = table.names | {""}
        for name in header:
            if name not in known:
                report.add("unknown_column", table.file, line=1, field=name)

    def parse(self, line: int, values: list[str]) -> R | None:
        """The typed row, or None (and findings) when a value is wrong."""
        out: list[object] = []
        fits = True
        for index, parse, required, default, name in self._plan:
            value = "" if index is None else values[index]
            if value:
                try:
                    out.append(parse(value))
                    continue
                except FieldError as error:
                    fits &= not self._report_value(error, line, name, value, required)
            elif required and not any(values[place] for place in self._instead[name]):
                self._report.add("missing_required_field", self._table.file, line=line, field=name)
                fits = False
            out.append(default)
        return self._table.build(*out) if fits else None

    def _report_value(self, error: FieldError, line: int, name: str, value: str, required: bool) -> bool:
        """Report a value; say whether the row is lost. An unknown value of an optional enum loses nothing."""
        lost = required or error.rule != "unexpected_enum_value"
        severity = None if lost else Severity.WARNING
        self._report.add(
            error.rule,
            self._table.file,
            line=line,
            field=name,
            value=value,
            severity=severity,
            details=error.details,
        )
        return lost


class TableReader:
    """Reads the tables of one feed into one report.

    `broken` names the files of which a row could not be read: what refers to them is not reported as missing,
    the cause already is.
    """

    def __init__(self, source: Source, limits: Limits, report: FeedReport) -> None:
        self._source = source
        self._limits = limits
        self._report = report
        self.broken: set[str] = set()

    def whole(self, file: str) -> bool:
        """Whether the file is there and every row of it could be read."""
        return file in self._source.names and file not in self.broken

    def read(
        self,
        table: Table[R],
        reorder: Callable[[Iterable[RawRow], list[str]], Iterable[RawRow]] | None = None,
    ) -> Iterator[tuple[int, R]]:
        """Each row that fits, with its line; nothing for an absent file.

        `reorder` may put the raw rows into another order before they are parsed.
        """
        file = table.file
        if file not in self._source.names:
            return
        rows = 0
        large = file == STOP_TIMES.file
        most = self._limits.rows_per_file if large else self._limits.rows_per_small_file
        try:
            with self._source.open(file) as stream:
                lines = CsvReader(
                    stream, self._limits, self._note_in(file), table.names, self._source.encoding
                )
                parser = RowParser(table, lines.header, self._report)
                if not parser.usable:
                    self.broken.add(file)
                    return
                raw = lines if reorder is None else reorder(lines, lines.header)
                for line, values in raw:
                    if rows == most:
                        raise ReadError("too_many_rows", line, detail=f"> {most}")
                    rows += 1
                    row = parser.parse(line, values)
                    if row is None:
                        self.broken.add(file)
                    else:
                        yield line, row
        except ReadError as error:
            harmless = error.rule == "empty_file" and not table.required
            if not harmless:
                self.broken.add(file)
            severity = Severity.WARNING if harmless else None
            self._report.add(error.rule, file, line=error.line, severity=severity, details=error.details)
        finally:
            self._report.counts[file] = rows

    def _note_in(self, file: str) -> Callable[[RowNote], None]:
        def note(found: RowNote) -> None:
            severity = found.severity or RULES[found.rule].severity
            self._report.add(
                found.rule,
                file,
                line=found.line,
                field=found.field,
                value=found.value,
                severity=severity,
                details=found.details,
            )
            if severity is Severity.ERROR:
                self.broken.add(file)

        return note


def _must_exist(column: Column) -> bool:
    return column.required or column.header
