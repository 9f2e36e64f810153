"""Untrusted zip archives: declared sizes are checked before anything is read, and nothing is extracted to
disk.

A directory is bounded before it is read, a part before it is unpacked. zipfile gives no more bytes of a part
than its entry declares, and refuses one that has fewer, so that the declared size binds. What lies packed
inside a part stays packed.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

BROKEN_ARCHIVE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    OverflowError,
    ValueError,
)
"""What zipfile raises for bytes that are no archive, or one that it cannot unpack."""
MOST_DIRECTORY_BYTES: Final = 2**20
"""Some ten thousand entries of the usual size; zipfile reads a directory in one piece."""
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What everything that makes feeds and workbooks uses. The others may claim any amount of memory for
unpacking."""
ENCRYPTED: Final = 0x1
BUFFER: Final = 256 * 1024

Rule = Literal[
    "not_an_archive",
    "unreadable_archive",
    "encrypted_archive",
    "unsupported_compression",
    "archive_limit_exceeded",
]


class ArchiveRefused(Exception):
    """Why an archive, or a part of it, is not read; `details` are words and figures for a report."""

    def __init__(self, rule: Rule, **details: str) -> None:
        super().__init__(rule)
        self.rule: Rule = rule
        self.details = details


class Archive:
    """An open zip archive. `entries` are its files, as it names them; names may repeat and may point
    anywhere."""

    def __init__(self, file: Path | BinaryIO, name: str = "") -> None:
        """Raises ArchiveRefused."""
        self._own: BinaryIO | None = None
        try:
            self._own = file.open("rb") if isinstance(file, Path) else None
            bounded = cast(BinaryIO, _InPieces(self._own or cast(BinaryIO, file)))
            if not zipfile.is_zipfile(bounded):
                raise ArchiveRefused("not_an_archive", name=name or getattr(file, "name", ""))
            self._archive = zipfile.ZipFile(bounded)
        except BROKEN_ARCHIVE as error:
            self.close()
            raise unreadable(error) from error
        except ArchiveRefused:
            self.close()
            raise
        self.entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]

    def check(self, entries: Iterable[zipfile.ZipInfo]) -> None:
        """Raise ArchiveRefused when one of the entries is encrypted or packed by a rare method."""
        for entry in entries:
            if entry.flag_bits & ENCRYPTED:
                raise ArchiveRefused("encrypted_archive")
            if entry.compress_type not in METHODS:
                names = zipfile.compressor_names  # type: ignore[attr-defined]
                method = names.get(entry.compress_type, str(entry.compress_type))
                raise ArchiveRefused("unsupported_compression", method=method)

    def open(self, entry: zipfile.ZipInfo, most_bytes: int) -> BinaryIO:
        """The unpacked bytes of an entry that is no larger than that. Raises ArchiveRefused, and while it is
        read BROKEN_ARCHIVE."""
        self.check([entry])
        if entry.file_size > most_bytes:
            detail = f"{entry.filename}: {entry.file_size} bytes > {most_bytes}"
            raise ArchiveRefused("archive_limit_exceeded", detail=detail)
        try:
            return io.BufferedReader(self._archive.open(entry), BUFFER)  # type: ignore[type-var]
        except BROKEN_ARCHIVE as error:
            raise unreadable(error) from error

    def close(self) -> None:
        """Let go of the file, if the archive opened it."""
        if self._own is not None:
            self._own.close()


def unreadable(error: BaseException) -> ArchiveRefused:
    """What a fault of the archive's bytes is called."""
    return ArchiveRefused("unreadable_archive", detail=str(error) or type(error).__name__)


class _InPieces(io.RawIOBase):
    """A file that gives out no more in one piece than a directory may have: a larger one is refused before it
    is in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int | None = -1) -> bytes:
        wanted = MOST_DIRECTORY_BYTES + 1 if size is None or size < 0 else size
        piece = self._file.read(min(wanted, MOST_DIRECTORY_BYTES + 1))
        if len(piece) > MOST_DIRECTORY_BYTES:
            detail = f"directory > {MOST_DIRECTORY_BYTES} bytes"
            raise ArchiveRefused("archive_limit_exceeded", detail=detail)
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True
