"""Opens a feed, a zip or a folder, and reads its files line by line. Nothing is ever extracted.

The archive is not trusted: sizes, compression and line lengths are bounded before anything is parsed, so
memory does not depend on what the archive claims. File rules: GTFS Schedule reference, section "File
Requirements".
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, NamedTuple, Protocol

from services.bus.gtfs.rules import Severity

BROKEN_ARCHIVE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
_BOM: Final = b"\xef\xbb\xbf"


class ReadError(Exception):
    """A file or archive that cannot be read further; `rule` and `details` as in the rule catalogue."""

    def __init__(self, rule: str, line: int | None = None, **details: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.line = line
        self.details = details


@dataclass(frozen=True, slots=True)
class Limits:
    """What one feed may ask of this machine. Bytes are uncompressed; rows and trips guard the importer."""

    entries: int = 1_000
    file_bytes: int = 512 * 2**20
    small_file_bytes: int = 64 * 2**20
    compression_ratio: int = 250
    ratio_counts_from_bytes: int = 4 * 2**20
    line_bytes: int = 64 * 2**10
    rows_per_file: int = 20_000_000
    rows_per_small_file: int = 1_000_000
    stops_per_trip: int = 5_000
    visits: int = 20_000_000
    rows_in_memory: int = 50_000


class Source(Protocol):
    """The files of one feed. `folder` is where in the archive they were found, '' for its root."""

    folder: str
    names: frozenset[str]

    def open(self, name: str) -> BinaryIO:
        """The file's bytes; raises ReadError when they exceed the limits or cannot be read."""

    def close(self) -> None:
        """Let go of the archive."""


def open_source(path: Path, known: Iterable[str], limits: Limits) -> Source:
    """Open a zip file or a folder. `known` are the GTFS file names, used to find a nested folder.

    Raises ReadError: unreadable_archive or archive_limit_exceeded.
    """
    if path.is_dir():
        return FolderSource(path, frozenset(known), limits)
    try:
        return ZipSource(path, frozenset(known), limits)
    except BROKEN_ARCHIVE as error:
        raise ReadError("unreadable_archive", detail=str(error) or type(error).__name__) from error


class ZipSource:
    """A feed in a zip archive."""

    def __init__(self, path: Path, known: frozenset[str], limits: Limits) -> None:
        self._limits = limits
        self._archive = zipfile.ZipFile(path)
        try:
            files = [entry for entry in self._archive.infolist() if _is_wanted(entry.filename)]
            if len(files) > limits.entries:
                raise ReadError("archive_limit_exceeded", detail=f"{len(files)} files > {limits.entries}")
            self.folder = _feed_folder((entry.filename for entry in files), known)
            here = [entry for entry in files if _parent(entry.filename) == self.folder]
            self._entries = {PurePosixPath(entry.filename).name: entry for entry in here}
            if len(self._entries) != len(here):
                raise ReadError("unreadable_archive", detail="the archive holds two files of one name")
        except ReadError:
            self._archive.close()
            raise
        self.names = frozenset(self._entries)

    def open(self, name: str) -> BinaryIO:
        """See Source. zipfile never gives more bytes than the declared size, so that size binds."""
        entry = self._entries[name]
        check_size(name, entry.file_size, self._limits)
        ratio = entry.file_size // max(entry.compress_size, 1)
        if entry.file_size > self._limits.ratio_counts_from_bytes and ratio > self._limits.compression_ratio:
            raise ReadError("archive_limit_exceeded", detail=f"{name}: compressed {ratio}:1")
        try:
            return io.BufferedReader(self._archive.open(entry), 256 * 1024)  # type: ignore[type-var]
        except BROKEN_ARCHIVE as error:
            raise ReadError("unreadable_archive", detail=str(error) or type(error).__name__) from error

    def close(self) -> None:
        """See Source."""
        self._archive.close()


class FolderSource:
    """A feed in a folder."""

    def __init__(self, path: Path, known: frozenset[str], limits: Limits) -> None:
        self._limits = limits
        files = [
            file.relative_to(path).as_posix()
            for pattern in ("*", "*/*")
            for file in path.glob(pattern)
            if file.is_file()
        ]
        files = [name for name in files if _is_wanted(name)]
        self.folder = _feed_folder(files, known)
        self._path = path / self.folder
        self.names = frozenset(PurePosixPath(name).name for name in files if _parent(name) == self.folder)

    def open(self, name: str) -> BinaryIO:
        """See Source."""
        try:
            check_size(name, (self._path / name).stat().st_size, self._limits)
            return (self._path / name).open("rb")
        except OSError as error:
            raise ReadError("unreadable_archive", detail=error.strerror or type(error).__name__) from error

    def close(self) -> None:
        """See Source."""


def check_size(name: str, size: int, limits: Limits) -> None:
    """Raise ReadError archive_limit_exceeded when a file is larger than a file of its name may be."""
    most = limits.file_bytes if name == "stop_times.txt" else limits.small_file_bytes
    if size > most:
        raise ReadError("archive_limit_exceeded", detail=f"{name}: {size} bytes > {most}")


def _is_wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not name.endswith("/") and not any(part.startswith((".", "__MACOSX")) for part in parts)


def _parent(name: str) -> str:
    parent = str(PurePosixPath(name).parent)
    return "" if parent == "." else parent


def _feed_folder(names: Iterable[str], known: frozenset[str]) -> str:
    """The root when a GTFS file lies there, else the only folder that holds one, else the root."""
    folders = {_parent(name) for name in names if PurePosixPath(name).name in known}
    return folders.pop() if len(folders) == 1 else ""


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

    Values have no spaces around them. Rows have as many values as the header: a shorter row is filled up with
    blanks, a longer one loses its extra blanks, and either is noted; rows that do not fit are noted and left
    out. ReadError ends the file.
    """

    def __init__(self, stream: BinaryIO, limits: Limits, note: Callable[[RowNote], None]) -> None:
        self._note = note
        self._lines = _Lines(stream, limits.line_bytes)
        self._reader = csv.reader(self._lines, skipinitialspace=True, strict=True)
        self.header = [name.strip() for name in self._next_row() or ()]
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
            elif lines_taken > 1:
                self._note(RowNote("new_line_in_value", line))
            elif len(values) == width or self._made_to_fit(line, values):
                if values != row:
                    self._note_spaces(line, row, values)
                yield line, values

    def _next_row(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise ReadError("csv_parsing_failed", self._lines.number, detail=str(error)) from error

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


class _Lines:
    """The lines of a file as text, each bounded in length; `number` is the line read last."""

    def __init__(self, stream: BinaryIO, longest: int) -> None:
        self._stream = stream
        self._longest = longest
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
        if self.number == 1 and line.startswith(_BOM):
            line = line[len(_BOM) :]
        if len(line) >= self._longest:
            detail = f"a line is longer than {self._longest} bytes"
            raise ReadError("csv_parsing_failed", self.number, detail=detail)
        if b"\0" in line:
            raise ReadError("invalid_character", self.number)
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            raise ReadError("invalid_character", self.number) from None
