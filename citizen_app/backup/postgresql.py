"""Backups of PostgreSQL: `pg_dump` in its custom format, of the very snapshot in which the rows are
counted."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final

from sqlalchemy import Connection, create_engine, make_url, text

from citizen_app import clock
from citizen_app.backup.archive import BLOCK, BackupRefused, Filled
from citizen_app.backup.manifest import Contents
from citizen_app.ids import new_id
from citizen_app.settings import Settings

MEMBER: Final = "database.pgdump"
_TABLES: Final = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"
)
_SCHEMA: Final = text(
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger"
    " JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace"
    " UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    " UNION ALL SELECT table_name, column_name, data_type || ' ' || is_nullable FROM information_schema.columns"
    " WHERE table_schema = 'public' ORDER BY 1, 2, 3"
)
_OTHERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def dump(connection: Connection, settings: Settings, file: IO[bytes]) -> None:
    """Write the snapshot of `connection` (repeatable read, open until the end) into a backup."""
    program = program_for("pg_dump", server_major(connection))
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    call = [program, "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges"]
    with _running([*call, _address(settings.database_url)], settings, reads=False) as process:
        assert process.stdout is not None
        shutil.copyfileobj(process.stdout, file, BLOCK)


def load(settings: Settings, url: str, file: IO[bytes]) -> None:
    """Read a backup's dump into an empty database, all of it or nothing."""
    with _connected(url) as connection:
        program = program_for("pg_restore", server_major(connection))
    call = [program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    with _running([*call, f"--dbname={_address(url)}"], settings, reads=True) as process:
        assert process.stdin is not None
        try:
            shutil.copyfileobj(file, process.stdin, BLOCK)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it has given up, and its own words say why


@contextmanager
def scratch(settings: Settings, file: IO[bytes]) -> Iterator[str]:
    """The backup in a database of its own on the same server, dropped afterwards; its URL."""
    name = f"citizen_verify_{new_id().replace('-', '')[-12:]}"
    url = make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    with _connected(settings.database_url, autocommit=True) as connection:
        allowed = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        if not connection.execute(text(allowed)).scalar():
            raise BackupRefused(
                "the database role may not create the scratch database: ALTER ROLE … CREATEDB,"
                " or verify on a server where it may, by CITIZEN_DATABASE_URL"
            )
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    try:
        load(settings, url, file)
        yield url
    finally:
        with _connected(settings.database_url, autocommit=True) as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def read(connection: Connection) -> tuple[dict[str, Contents], str]:
    """Rows and digest of every table (the server adds up hashes of its rows), and the digest of columns,
    indexes, triggers."""
    for setting in (
        "timezone = 'UTC'",
        "datestyle = 'ISO'",
        "extra_float_digits = 1",
        "bytea_output = 'hex'",
    ):
        connection.execute(text(f"SET LOCAL {setting}"))
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"SET LOCAL {limit} = 0"))
    tables = {name: _contents(connection, name) for name in connection.execute(_TABLES).scalars()}
    schema = [tuple(row) for row in connection.execute(_SCHEMA)]
    return tables, hashlib.sha256(repr(schema).encode()).hexdigest()


def is_empty(settings: Settings) -> bool:
    """Whether there is nothing at the target that could be lost."""
    with _connected(settings.database_url) as connection:
        return not connection.execute(_TABLES).first()


@contextmanager
def filled(settings: Settings, file: IO[bytes]) -> Iterator[Filled]:
    """Restore into the target and yield it; when the caller is not content, all is as it was before.

    What stood there before goes into a schema of its own. Raises `BackupRefused` while others are connected.
    """
    url = settings.database_url
    former = f"before_{clock.now().strftime('%Y%m%dT%H%M%SZ').lower()}"
    with _connected(url, autocommit=True) as connection:
        if others := connection.execute(_OTHERS).scalar_one():
            raise BackupRefused(
                f"{others} others are connected to the database: stop servers, jobs and commands, then restore again"
            )
        has_former = connection.execute(_TABLES).first() is not None
        if has_former:
            connection.execute(text(f"ALTER SCHEMA public RENAME TO {former}"))
            connection.execute(text("CREATE SCHEMA public"))
    try:
        load(settings, url, file)
        yield Filled(url, f"schema {former}" if has_former else None)
    except BaseException:
        with _connected(url, autocommit=True) as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            back = f"ALTER SCHEMA {former} RENAME TO public" if has_former else "CREATE SCHEMA public"
            connection.execute(text(back))
        raise


def server_major(connection: Connection) -> int:
    """The server's version before the point."""
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000


def program_for(name: str, server_major: int) -> str:
    """Where `pg_dump` or `pg_restore` is. Raises `BackupRefused` when it is missing or older than the
    server."""
    path = shutil.which(name)
    if path is None:
        raise BackupRefused(f"{name} is not on the PATH: install postgresql-client-{server_major} or newer")
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found on PATH
    found = re.search(r"(\d+)", said)
    if found is None or int(found[1]) < server_major:
        raise BackupRefused(
            f"{said.strip() or path} is older than the server ({server_major}): install postgresql-client-{server_major}"
        )
    return path


@contextmanager
def _running(call: Sequence[str], settings: Settings, *, reads: bool) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program with a pipe; the password is passed in its environment, not in its arguments."""
    password = make_url(settings.database_url).password
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(  # noqa: S603 - our own arguments
            call,
            stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if reads else subprocess.PIPE,
            stderr=errors,
            env=environment,
        ) as process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            errors.seek(0)
            last = errors.read().decode(errors="replace").strip().splitlines()[-3:]
            raise BackupRefused(f"{os.path.basename(call[0])} failed: {' '.join(last)}")


def _address(url: str) -> str:
    address = make_url(url).set(drivername="postgresql", password=None)
    return address.render_as_string(hide_password=False)


@contextmanager
def _connected(url: str, *, autocommit: bool = False) -> Iterator[Connection]:
    engine = create_engine(url, connect_args={"connect_timeout": 5}, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT") if autocommit else connection
    finally:
        engine.dispose()


def _contents(connection: Connection, table: str) -> Contents:
    hashes = f'SELECT md5(t::text) AS m FROM "{table}" t'  # noqa: S608 - a name that the database told us
    halves = ", ".join(
        f"coalesce(sum(('x' || substr(m, {start}, 16))::bit(64)::bigint), 0)" for start in (1, 17)
    )
    row = connection.execute(text(f"SELECT count(*), {halves} FROM ({hashes}) hashed")).one()  # noqa: S608
    return Contents(row[0], hashlib.sha256(f"{row[0]} {row[1]} {row[2]}".encode()).hexdigest())
