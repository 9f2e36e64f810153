"""Backups of an SQLite file: the online backup API, which sees one moment while others write."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Connection, make_url

from citizen_app import clock
from citizen_app.backup.archive import BLOCK, BackupRefused, Filled, sync_folder
from citizen_app.backup.manifest import Contents
from citizen_app.settings import Settings

MEMBER: Final = "database.sqlite.gz"
FETCHED_AT_ONCE: Final = 2000
ASIDE: Final = ("", "-wal", "-shm")


def file_of(url: str) -> Path:
    """The file of a database URL."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise BackupRefused("a database in memory has no backup")
    return Path(name)


@contextmanager
def snapshot(settings: Settings) -> Iterator[str]:
    """A snapshot in a copy of the file, including the `-wal` file's content; yields its URL."""
    source = file_of(settings.database_url)
    if not source.exists():
        raise BackupRefused(f"there is no database at {source}")
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.data_dir) as folder:
        path = Path(folder) / "copy.db"
        with (
            closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=20)) as here,
            closing(sqlite3.connect(path)) as there,
        ):
            here.backup(there)  # all pages in one step: a reader's snapshot, which stops nobody
            there.execute("PRAGMA journal_mode=DELETE")
        yield f"sqlite:///{path}"


def pack(url: str, file: IO[bytes]) -> None:
    """Write a snapshot into a backup."""
    with file_of(url).open("rb") as source, gzip.GzipFile("", "wb", 1, file, mtime=0) as packed:
        shutil.copyfileobj(source, packed, BLOCK)


def unpack(file: IO[bytes], target: Path) -> str:
    """Write a backup's database to a new file, durably; its URL. Raises `BackupRefused` when SQLite finds it
    unsound."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as there:
        with gzip.GzipFile(fileobj=file) as packed:
            shutil.copyfileobj(packed, there, BLOCK)
        there.flush()
        os.fsync(there.fileno())
    with closing(sqlite3.connect(target)) as opened:
        if (found := opened.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise BackupRefused(f"the database in the backup is unsound: {found}")
        if opened.execute("PRAGMA foreign_key_check").fetchone():
            raise BackupRefused("the database in the backup has rows whose counterpart is missing")
    return f"sqlite:///{target}"


@contextmanager
def scratch(settings: Settings, file: IO[bytes]) -> Iterator[str]:
    """The backup's database in a file of its own, removed afterwards; its URL."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="verify-", dir=settings.data_dir) as folder:
        yield unpack(file, Path(folder) / "scratch.db")


def read(connection: Connection) -> tuple[dict[str, Contents], str]:
    """Rows and digest of every table, and the digest of the schema with its triggers."""
    raw: Any = connection.connection.dbapi_connection
    named = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    tables = {name: _contents(raw, name) for (name,) in named if not name.startswith("sqlite_")}
    schema = raw.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    return tables, hashlib.sha256(repr(schema).encode()).hexdigest()


def is_empty(settings: Settings) -> bool:
    """Whether there is nothing at the target that could be lost."""
    path = file_of(settings.database_url)
    if not path.exists() or path.stat().st_size == 0:
        return True
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as opened:
        return opened.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


@contextmanager
def filled(settings: Settings, file: IO[bytes]) -> Iterator[Filled]:
    """Restore beside the target and yield the new file; it takes the target's place when the caller is
    content.

    What stood there before gets a name of its own, and nobody else may read it. Raises `BackupRefused` while
    somebody has the target open.
    """
    target = file_of(settings.database_url)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = target.with_name(f".{target.name}.restoring-{os.getpid()}")
    aside = f"{target}.before-{clock.now().strftime('%Y%m%dT%H%M%SZ')}" if target.exists() else None
    try:
        yield Filled(unpack(file, unfinished), aside)
        if aside is not None:
            _require_alone(target)
            for ending in ASIDE:
                if (old := Path(f"{target}{ending}")).exists():
                    old.chmod(0o600)
                    old.rename(f"{aside}{ending}")
        unfinished.rename(target)
        sync_folder(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _require_alone(path: Path) -> None:
    """Require exclusive access: leaving write-ahead logging fails while the file is open elsewhere, and
    checkpoints the `-wal` file."""
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=1)) as opened:
        try:
            mode = opened.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            mode = "busy"
        except sqlite3.DatabaseError:  # no database any more: nobody uses it
            return
    if mode != "delete":
        raise BackupRefused(
            f"{path} is in use: stop the server, the jobs and every command, then restore again"
        )


def _contents(raw: sqlite3.Connection, table: str) -> Contents:
    digest, rows = hashlib.sha256(), 0
    cursor = raw.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name that the database told us
    while found := cursor.fetchmany(FETCHED_AT_ONCE):
        rows += len(found)
        for row in found:
            digest.update(repr(row).encode())
    return Contents(rows, digest.hexdigest())
