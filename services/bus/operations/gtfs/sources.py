"""Opens a feed, a zip or a folder. Nothing is ever extracted.

The archive is not trusted: sizes and compression are bounded before anything is read, so memory does not
depend on what the archive claims. File rules: GTFS Schedule reference, section "File Requirements".
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, Literal, Protocol, TypeVar

from citizen_app.toolkit.files import BROKEN_ARCHIVE, Archive, ArchiveRefused

Encoding = Literal["utf-8", "gb18030", "windows-1252"]
"""How the files of a feed are written. GTFS is UTF-8; Windows-1252 has every letter of Latin-1."""
_BUFFER: Final = 256 * 1024
File = TypeVar("File")


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
    """The files of one feed. `folder` is where in the archive they were found, '' for its root; `encoding`
    how they are written.

    `names` are the names as GTFS spells them; `spelt` has those that are spelt otherwise here (`STOPS.TXT`).
    """

    folder: str
    names: frozenset[str]
    spelt: dict[str, str]
    encoding: Encoding

    def size(self, name: str) -> int:
        """How many bytes the file has, uncompressed."""

    def open(self, name: str) -> BinaryIO:
        """The file's bytes; raises ReadError when they exceed the limits or cannot be read."""

    def close(self) -> None:
        """Let go of the archive."""


def open_source(path: Path, known: Iterable[str], limits: Limits, encoding: Encoding = "utf-8") -> Source:
    """Open a zip file or a folder. `known` are the GTFS file names, used to find a nested folder.

    Raises ReadError: not_an_archive, unreadable_archive, encrypted_archive, duplicate_file or
    archive_limit_exceeded.
    """
    try:
        if path.is_dir():
            return FolderSource(path, frozenset(known), limits, encoding)
        return ZipSource(path, frozenset(known), limits, encoding)
    except ArchiveRefused as refused:
        raise _as_told(refused) from refused
    except BROKEN_ARCHIVE as error:
        raise ReadError("unreadable_archive", detail=str(error) or type(error).__name__) from error


class ZipSource:
    """A feed in a zip archive."""

    def __init__(self, path: Path, known: frozenset[str], limits: Limits, encoding: Encoding) -> None:
        self._limits = limits
        self.encoding = encoding
        self._archive = Archive(path, path.name)
        try:
            files = [entry for entry in self._archive.entries if _is_wanted(entry.filename)]
            if len(files) > limits.entries:
                raise ReadError("archive_limit_exceeded", detail=f"{len(files)} files > {limits.entries}")
            self.folder = _feed_folder((entry.filename for entry in files), known)
            here = [entry for entry in files if _parent(entry.filename) == self.folder]
            self._entries, self.spelt = _by_gtfs_name(
                ((PurePosixPath(entry.filename).name, entry) for entry in here), known
            )
            self._archive.check(self._entries.values())
        except (ReadError, ArchiveRefused):
            self._archive.close()
            raise
        self.names = frozenset(self._entries)

    def size(self, name: str) -> int:
        """See Source."""
        return self._entries[name].file_size

    def open(self, name: str) -> BinaryIO:
        """See Source."""
        entry = self._entries[name]
        most = check_size(name, entry.file_size, self._limits)
        ratio = entry.file_size // max(entry.compress_size, 1)
        if entry.file_size > self._limits.ratio_counts_from_bytes and ratio > self._limits.compression_ratio:
            raise ReadError("archive_limit_exceeded", detail=f"{name}: compressed {ratio}:1")
        try:
            return self._archive.open(entry, most)
        except ArchiveRefused as refused:
            raise _as_told(refused) from refused

    def close(self) -> None:
        """See Source."""
        self._archive.close()


class FolderSource:
    """A feed in a folder."""

    def __init__(self, path: Path, known: frozenset[str], limits: Limits, encoding: Encoding) -> None:
        self._limits = limits
        self.encoding = encoding
        files = [
            file.relative_to(path).as_posix()
            for pattern in ("*", "*/*")
            for file in path.glob(pattern)
            if file.is_file()
        ]
        files = [name for name in files if _is_wanted(name)]
        self.folder = _feed_folder(files, known)
        here = [path / name for name in files if _parent(name) == self.folder]
        self._files, self.spelt = _by_gtfs_name(((file.name, file) for file in here), known)
        self.names = frozenset(self._files)

    def size(self, name: str) -> int:
        """See Source."""
        return self._files[name].stat().st_size

    def open(self, name: str) -> BinaryIO:
        """See Source."""
        try:
            check_size(name, self._files[name].stat().st_size, self._limits)
            return self._files[name].open("rb")
        except OSError as error:
            raise ReadError("unreadable_archive", detail=error.strerror or type(error).__name__) from error

    def close(self) -> None:
        """See Source."""


class CountedSource:
    """A source that tells how many bytes were just read from it."""

    def __init__(self, source: Source, told: Callable[[int], None]) -> None:
        self._source = source
        self._told = told
        self.folder, self.names = source.folder, source.names
        self.spelt, self.encoding = source.spelt, source.encoding
        self.size, self.close = source.size, source.close

    def open(self, name: str) -> BinaryIO:
        """See Source."""
        return io.BufferedReader(_CountedFile(self._source.open(name), self._told), _BUFFER)


class _CountedFile(io.RawIOBase):
    def __init__(self, file: BinaryIO, told: Callable[[int], None]) -> None:
        self._file = file
        self._told = told

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self._told(len(block))
        return len(block)

    def close(self) -> None:
        self._file.close()
        super().close()


def _as_told(refused: ArchiveRefused) -> ReadError:
    told = ReadError(refused.rule)
    told.details |= refused.details
    return told


def check_size(name: str, size: int, limits: Limits) -> int:
    """How large a file of that name may be. Raises ReadError archive_limit_exceeded when it is larger."""
    most = limits.file_bytes if name == "stop_times.txt" else limits.small_file_bytes
    if size > most:
        raise ReadError("archive_limit_exceeded", detail=f"{name}: {size} bytes > {most}")
    return most


def _is_wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not name.endswith("/") and not any(part.startswith((".", "__MACOSX")) for part in parts)


def _parent(name: str) -> str:
    parent = str(PurePosixPath(name).parent)
    return "" if parent == "." else parent


def _feed_folder(names: Iterable[str], known: frozenset[str]) -> str:
    """The root when a GTFS file lies there, else the only folder that holds one, else the root."""
    folders = {_parent(name) for name in names if PurePosixPath(name).name.lower() in known}
    return folders.pop() if len(folders) == 1 else ""


def _by_gtfs_name(
    files: Iterable[tuple[str, File]], known: frozenset[str]
) -> tuple[dict[str, File], dict[str, str]]:
    """Files by the names that GTFS gives them, and how it is spelt here where that differs. Raises ReadError
    duplicate_file."""
    found: dict[str, File] = {}
    spelt: dict[str, str] = {}
    for own, file in files:
        name = own.lower() if own.lower() in known else own
        if name in found:
            raise ReadError("duplicate_file", name=name)
        found[name] = file
        if name != own:
            spelt[name] = own
    return found, spelt
