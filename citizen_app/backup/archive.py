"""The file of a backup: a tar of `manifest.json` and the database, and one closing line with the digest of
all before it.

Any tar program opens it when nothing else is left (the closing line stands behind the end of the archive).
The digest finds a flipped byte; its seal, keyed by the installation, tells a damaged backup from one that
somebody has written anew. Everything is streamed: memory does not grow with the database.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

MANIFEST: Final = "manifest.json"
MOST_MANIFEST_BYTES: Final = 16 * 1024 * 1024
CLOSING: Final = len(b"\nsha256 \n") + 64 + len(b"seal \n") + 64
BLOCK: Final = 1024 * 1024

Seal = Callable[[str], bytes]
"""A keyed fingerprint of a digest in hex (32 bytes)."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A database restored from a backup: its URL, and where the previous content is moved when the restore is
    accepted."""

    url: str
    aside: str | None


class BackupRefused(Exception):
    """A backup cannot be made, verified or restored; the message says why and what to do."""


@contextmanager
def new_archive(target: Path, manifest: Mapping[str, Any], member: str, seal: Seal) -> Iterator[IO[bytes]]:
    """Write a backup: yields the file that takes the database's bytes.

    The target appears whole, durable and readable by its owner only, or not at all. Raises `BackupRefused` if
    it exists.
    """
    if target.exists():
        raise BackupRefused(f"{target} exists already; a backup is never overwritten")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            file.write(_header(MANIFEST, len(text)) + text + _padding(len(text)))
            start = file.tell()
            file.write(bytes(tarfile.BLOCKSIZE))
            yield file
            size = file.tell() - start - tarfile.BLOCKSIZE
            file.write(_padding(size) + bytes(2 * tarfile.BLOCKSIZE))
            file.seek(start)
            file.write(_header(member, size))  # the size is known only now
            digest = _digest(file)
            file.write(f"\nsha256 {digest}\nseal {seal(digest).hex()}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
        sync_folder(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def check_archive(path: Path, seal: Seal) -> None:
    """Read the whole file and compare digest and seal. Raises `BackupRefused`."""
    try:
        length = path.stat().st_size - CLOSING
        if length < 4 * tarfile.BLOCKSIZE:
            raise BackupRefused(f"{path} is no backup, or was cut off")
        with path.open("rb") as file:
            digest = _digest(file, length)
            closing = file.read()
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read: {error.strerror}") from error
    words = closing.decode("ascii", "replace").split()
    if len(words) != 4 or words[0] != "sha256" or words[2] != "seal":
        raise BackupRefused(f"{path} is no backup, or was cut off")
    if not hmac.compare_digest(words[1], digest):
        raise BackupRefused(f"{path} is damaged: its bytes are not those that were written (SHA-256)")
    if not hmac.compare_digest(words[3], seal(digest).hex()):
        raise BackupRefused(
            f"{path} was not written by this installation: CITIZEN_PSEUDONYM_KEY is another one here,"
            " or somebody without it has changed the file"
        )


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest, without looking at the rest."""
    try:
        with tarfile.open(path, "r:") as archive:
            member = archive.extractfile(MANIFEST)
            assert member is not None
            manifest: dict[str, Any] = json.loads(member.read(MOST_MANIFEST_BYTES))
    except (tarfile.TarError, KeyError, AssertionError, ValueError, OSError) as error:
        raise BackupRefused(f"{path} is no backup of this program") from error
    return manifest


@contextmanager
def open_member(path: Path, name: str) -> Iterator[IO[bytes]]:
    """The database's bytes."""
    with tarfile.open(path, "r:") as archive:
        try:
            member = archive.extractfile(name)
        except KeyError as error:
            raise BackupRefused(f"{path} holds no {name}") from error
        assert member is not None
        yield member


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _digest(file: IO[bytes], length: int | None = None) -> str:
    """SHA-256 of the first `length` bytes (all without); leaves the file behind them."""
    file.seek(0)
    digest, left = hashlib.sha256(), length
    while block := file.read(BLOCK if left is None else min(BLOCK, left)):
        digest.update(block)
        left = None if left is None else left - len(block)
    return digest.hexdigest()
