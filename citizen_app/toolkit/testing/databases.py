"""Databases for tests: migrated once, then copied, because a copy is much quicker than a migration."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import make_url

from citizen_app.demo_secrets import demo_secrets
from citizen_app.factory import create_app
from citizen_app.registry import lineages
from citizen_app.storage.dialects import enable_wal, standalone_engine
from citizen_app.storage.orm import Model

SHARED_MEMORY: Final = Path("/dev/shm")
DEFAULT_POSTGRESQL = "postgresql://127.0.0.1:5432/postgres"


def is_required(part: str) -> bool:
    """Whether `CITIZEN_REQUIRE` (a comma list: postgresql, redis, chromium, node, strace) says that a part
    must be there."""
    return part in os.environ.get("CITIZEN_REQUIRE", "").split(",")


@cache
def postgresql_address() -> str | None:
    """The maintenance database of a PostgreSQL server that answers and lets us create databases; None without
    one."""
    address = os.environ.get("CITIZEN_TEST_POSTGRESQL", DEFAULT_POSTGRESQL)
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            allowed = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error:
        return None
    return address if allowed and allowed[0] else None


def roomy_memory() -> str | None:
    """The file system in memory (`/dev/shm`) if a gigabyte is free there: a commit waits for no disk. A
    container's is often smaller; None then, and where there is none."""
    try:
        return str(SHARED_MEMORY) if shutil.disk_usage(SHARED_MEMORY).free >= 2**30 else None
    except OSError:
        return None


FORGOTTEN = (
    "the models of {service} describe what its migrations do not make; run: "
    "flask --app wsgi db revision --service {service} -m 'what changed'"
)


class RevisionForgotten(Exception):
    """A module's models have changed and no migration says so: none of its tests can mean anything. The
    message names the command."""


class Emptied:
    """A migrated PostgreSQL database that one test after another finds empty, by a connection that stays."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = self._connected()
        self._present = present = {name for (name,) in self._connection.execute(_TABLES)}
        self._guarded = {name for (name,) in self._connection.execute(_GUARDED)}
        self._tables = [t.name for t in reversed(Model.metadata.sorted_tables) if t.name in present]
        filled = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in self._tables)
        self._look = " UNION ALL ".join(filled)

    def empty(self) -> None:
        """Delete every row but the revisions, and every partition that a test has added; our own triggers,
        which forbid that for the logs, step aside for the owner."""
        filled = self._filled()
        statements = [step for name in self._tables if name in filled for step in self._emptying(name)]
        added = {name for (name,) in self._connection.execute(_TABLES)} - self._present
        statements += [f'DROP TABLE "{name}"' for name in sorted(added)]
        if statements:
            with self._connection.transaction():
                self._connection.execute(";".join(statements))

    def _filled(self) -> set[str]:
        try:
            return {name for (name,) in self._connection.execute(self._look, prepare=True)}
        except psycopg.OperationalError:  # a test has ended every connection, this one too
            self._connection = self._connected()
            return {name for (name,) in self._connection.execute(self._look)}

    def _connected(self) -> psycopg.Connection:
        connection = psycopg.connect(self.url, autocommit=True)
        connection.execute("SET lock_timeout = '10s'")
        return connection

    def _emptying(self, name: str) -> Iterator[str]:
        if name in self._guarded:
            yield f'ALTER TABLE "{name}" DISABLE TRIGGER USER'
        yield f'DELETE FROM "{name}"'
        if name in self._guarded:
            yield f'ALTER TABLE "{name}" ENABLE TRIGGER USER'

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_GUARDED = "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"


class Databases:
    """Migrated templates and their copies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sqlite: dict[Path | None, Path] = {}
        self._postgresql: dict[Path | None, Emptied] = {}
        self._originals: dict[Path | None, str] = {}
        self._compared: set[Path | None] = set()
        self.told: set[str] = set()
        """What a test has failed with already, and the others need not repeat."""

    def empty_sqlite(self, services_dir: Path | None = None) -> str:
        """As `fresh_sqlite`, but always the same file, so that the application for it need not be made
        again."""
        place = self._emptied()
        file = place / f"{self._template(services_dir).stem}.db"
        for left in place.glob(f"{file.name}*"):  # and what SQLite keeps beside it
            left.unlink()
        shutil.copy(self._template(services_dir), file)
        return f"sqlite:///{file}"

    def fresh_sqlite(self, folder: Path, services_dir: Path | None = None) -> str:
        """A file in `folder`, migrated for the services of a folder (by default those of the product)."""
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / f"test-{uuid.uuid4().hex[:8]}.db"
        shutil.copy(self._template(services_dir), copy)
        return f"sqlite:///{copy}"

    def _template(self, services_dir: Path | None) -> Path:
        if services_dir not in self._sqlite:
            template = self._folder / f"template-{len(self._sqlite)}.db"
            self._migrate(f"sqlite:///{template}", services_dir)
            self._sqlite[services_dir] = template
        return self._sqlite[services_dir]

    def fresh_postgresql(self, services_dir: Path | None = None) -> str:
        """An empty database on the server, migrated for the services of a folder.

        One is made and then emptied for each test: creating and dropping one waits for the disk each time. A
        test that changes the schema asks for `own_postgresql`.
        """
        if services_dir not in self._postgresql:
            self._postgresql[services_dir] = Emptied(self.own_postgresql(services_dir))
        else:
            self._postgresql[services_dir].empty()
        return self._postgresql[services_dir].url

    def _emptied(self) -> Path:
        place = self._folder / "emptied"
        place.mkdir(exist_ok=True, mode=0o700)
        return place

    def empty_data_dir(self) -> Path:
        """A data folder, always the same, with nothing in it but the secrets of a demo city."""
        made, folder = self._folder / "data", self._emptied() / "data"
        demo_secrets(made)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        shutil.copy(made / "demo-secrets.json", folder)
        return folder

    def own_postgresql(
        self, services_dir: Path | None = None, *, migrated: bool = True, server: str | None = None
    ) -> str:
        """A database that nobody else uses; the caller drops it with `drop_postgresql`, or ends the `server`
        of its own."""
        if server is None and migrated:
            return self._create(self._original(services_dir))
        url = self._create(server=server)
        if migrated:
            self._migrate(url, services_dir)
        return url

    def _original(self, services_dir: Path | None) -> str:
        """The name of a migrated database, which is copied."""
        if services_dir not in self._originals:
            url = self._create()
            try:
                self._migrate(url, services_dir)
            except RevisionForgotten:  # the next who asks hears it again
                self.drop_postgresql(url)
                raise
            self._originals[services_dir] = str(make_url(url).database)
        return self._originals[services_dir]

    def _create(self, original: str = "template1", server: str | None = None) -> str:
        name = f"citizen_test_{uuid.uuid4().hex[:12]}"
        address = server or str(postgresql_address())
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
            if server is None:  # no test cuts this server's power: a commit waits for no disk
                connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        return make_url(address).set(database=name).render_as_string(hide_password=False)

    def drop_postgresql(self, url: str) -> None:
        """Remove one database, whoever is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def drop_all(self) -> None:
        """Remove the emptied databases and those that are copied from the server."""
        for emptied in self._postgresql.values():
            emptied.close()
            self.drop_postgresql(emptied.url)
        for name in self._originals.values():
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(str(postgresql_address()), autocommit=True) as connection:
            connection.execute(statement)

    def _migrate(self, url: str, services_dir: Path | None) -> None:
        settings = {
            "CITIZEN_DEMO": "1",
            "CITIZEN_DATA_DIR": str(self._folder / "data"),
            "CITIZEN_DATABASE_URL": url,
            "CITIZEN_LOG_LEVEL": "ERROR",
        }
        if services_dir is not None:
            settings["CITIZEN_SERVICES_DIR"] = str(services_dir)
        app = create_app(settings)
        with app.app_context():
            engine = standalone_engine(app.extensions["settings"])
            enable_wal(engine)
            lineages.upgrade(engine, app.extensions["registry"])
            compared = services_dir in self._compared  # on one database; a test of the contract does on each
            installed = () if compared else app.extensions["registry"]
            forgetful = [module.id for module in installed if lineages.unwritten(engine, module)]
            engine.dispose()
        if forgetful:
            raise RevisionForgotten(FORGOTTEN.format(service=forgetful[0]))
        self._compared.add(services_dir)
