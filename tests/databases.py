"""Databases for tests: migrated once, then copied, because a copy is much quicker than a migration."""

from __future__ import annotations

import os
import shutil
import uuid
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from citizen_app.database import lone_engine, prepare_file
from citizen_app.factory import create_app
from citizen_app.registry import lineages

DEFAULT_POSTGRESQL = "postgresql://127.0.0.1:5432/postgres"


def is_required(part: str) -> bool:
    """Whether `CITIZEN_REQUIRE` (a comma list: postgresql, redis, chromium) says that a part must be there."""
    return part in os.environ.get("CITIZEN_REQUIRE", "").split(",")


@cache
def postgresql_address() -> str | None:
    """The maintenance database of a PostgreSQL server that answers and lets us create databases; None without one."""
    address = os.environ.get("CITIZEN_TEST_POSTGRESQL", DEFAULT_POSTGRESQL)
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            allowed = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error:
        return None
    return address if allowed and allowed[0] else None


class Databases:
    """Migrated templates and their copies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sqlite: Path | None = None
        self._postgresql: str | None = None

    def fresh_sqlite(self, folder: Path) -> str:
        """A migrated SQLite file in `folder`."""
        if self._sqlite is None:
            self._sqlite = self._folder / "template.db"
            self._migrate(f"sqlite:///{self._sqlite}")
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / f"test-{uuid.uuid4().hex[:8]}.db"
        shutil.copy(self._sqlite, copy)
        return f"sqlite:///{copy}"

    def fresh_postgresql(self) -> str:
        """A migrated PostgreSQL database."""
        if self._postgresql is None:
            template = self._create()
            self._migrate(template)
            self._postgresql = template
        return self._create(template=make_url(self._postgresql).database)

    def drop_postgresql(self, url: str) -> None:
        """Remove one database, whoever is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def drop_all(self) -> None:
        """Remove the template."""
        if self._postgresql is not None:
            self.drop_postgresql(self._postgresql)

    def _create(self, template: str | None = None) -> str:
        name = f"citizen_test_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        return make_url(str(postgresql_address())).set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        with psycopg.connect(str(postgresql_address()), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _migrate(self, url: str) -> None:
        data_dir = str(self._folder / "data")
        app = create_app(
            {
                "CITIZEN_DEMO": "1",
                "CITIZEN_DATA_DIR": data_dir,
                "CITIZEN_DATABASE_URL": url,
                "CITIZEN_LOG_LEVEL": "ERROR",
            }
        )
        with app.app_context():
            engine = lone_engine(app.extensions["settings"])
            prepare_file(engine)
            lineages.upgrade(engine, app.extensions["registry"])
            engine.dispose()
