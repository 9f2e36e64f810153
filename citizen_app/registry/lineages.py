"""Migrations: one lineage and one version table for the core and for each module, run in that order by one
command."""

from __future__ import annotations

import importlib.util
from argparse import Namespace
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, inspect

from citizen_app.registry.mapped import core_tables, tables_mapped_in
from citizen_app.registry.modules import InstalledModule, Registry
from citizen_app.storage.dialects import changing_tables
from citizen_app.storage.orm import Model
from citizen_app.text import Text

VERSION_TABLE: Final = "alembic_version_"
BEHIND: Final = Text(
    "数据库结构不是最新（{names}），请先运行：flask --app wsgi db upgrade",
    "the database is behind ({names}); first run: flask --app wsgi db upgrade",
)
UNWRITTEN: Final = Text(
    "服务 {service} 有表而没有迁移，请先运行：flask --app wsgi db revision --service {service} -m 'first tables'，再运行 db upgrade",
    "service {service} has tables and no migration; first run: "
    "flask --app wsgi db revision --service {service} -m 'first tables', then db upgrade",
)
SCRIPTS: Final = Path(__file__).absolute().parent.parent.parent / "migrations"


@dataclass(frozen=True)
class Lineage:
    """The migrations of one owner: the core (`service` is None) or a service module."""

    service: str | None
    versions: Path
    services: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`core`, or the service's id."""
        return self.service or "core"

    @property
    def version_table(self) -> str:
        """Where Alembic keeps this lineage's revision."""
        return f"{VERSION_TABLE}{self.service}" if self.service else "alembic_version"

    def owns(self, table: str) -> bool:
        """Whether a table belongs to this lineage. `services` are all that have tables, also those whose
        folder is gone."""
        if table.startswith(("alembic_version", "usage_events_")):  # the latter are partitions, made by a job
            return False
        return owner_of(table, self.services) == self.service

    def config(self, connection: Connection | None = None) -> Config:
        """Alembic's configuration for this lineage on an open connection."""
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.set_main_option("version_locations", str(self.versions))
        config.set_main_option("path_separator", "newline")
        config.attributes |= {"connection": connection, "lineage": self}
        return config

    def head(self) -> str | None:
        """The newest revision among its files."""
        return ScriptDirectory.from_config(self.config()).get_current_head()

    def current(self, connection: Connection) -> str | None:
        """The revision the database is at."""
        return MigrationContext.configure(
            connection, opts={"version_table": self.version_table}
        ).get_current_revision()


def owner_of(table: str, services: Iterable[str]) -> str | None:
    """The service whose prefix a table has, the longest if several fit; None for a table of the core."""
    fitting = [service for service in services if table.startswith(f"{service}_")]
    return max(fitting, key=len, default=None)


def lineages(registry: Registry, connection: Connection | None = None) -> Iterator[Lineage]:
    """The core's lineage, then one for each module that has tables.

    With a connection the services are known whose folders are gone while their tables are still there: those
    tables are nobody's.
    """
    with_tables = [module for module in registry if module.models is not None]
    known = {module.id for module in with_tables} | (
        services_with_tables(connection) if connection else set()
    )
    services = tuple(sorted(known))
    yield Lineage(None, SCRIPTS / "versions", services)
    for module in with_tables:
        yield Lineage(module.id, module.versions_folder, services)


def services_with_tables(connection: Connection) -> set[str]:
    """Services that have, or had, tables in this database, by their version tables."""
    names = inspect(connection).get_table_names()
    return {name.removeprefix(VERSION_TABLE) for name in names if name.startswith(VERSION_TABLE)}


def upgrade(engine: Engine, registry: Registry, revision: str = "head") -> list[str]:
    """Bring every lineage to its newest revision; returns the names of those that moved."""
    moved = []
    for lineage in lineages(registry):
        with changing_tables(engine) as connection:
            before = lineage.current(connection)
            command.upgrade(lineage.config(connection), revision)
            if lineage.current(connection) != before:
                moved.append(lineage.name)
    return moved


def downgrade(engine: Engine, registry: Registry, name: str, revision: str) -> None:
    """Take one lineage back to an older revision (`base` removes its tables)."""
    lineage = next(found for found in lineages(registry) if found.name == name)
    with changing_tables(engine) as connection:
        command.downgrade(lineage.config(connection), revision)


def pending(engine: Engine, registry: Registry) -> list[str]:
    """Names of lineages whose database is not at their newest revision."""
    with engine.connect() as connection:
        return [
            lineage.name for lineage in lineages(registry) if lineage.current(connection) != lineage.head()
        ]


def why_not_ready(connection: Connection, module: InstalledModule, registry: Registry) -> Text | None:
    """The command to run before a service can work here, when its tables or the core's are behind the
    program; otherwise None."""
    mine = [lineage for lineage in lineages(registry) if lineage.service in (None, module.id)]
    waiting = [lineage.name for lineage in mine if lineage.current(connection) != lineage.head()]
    if waiting:
        return BEHIND.fill(names=", ".join(waiting))
    has_tables = next(tables_mapped_in(module.package), None) is not None
    if has_tables and mine[-1].head() is None:
        return UNWRITTEN.fill(service=module.id)
    return None


def unwritten(engine: Engine, module: InstalledModule) -> bool:
    """Whether a service's models describe what none of its migrations has made, in a database that is up to
    date."""
    metadata = MetaData(naming_convention=Model.metadata.naming_convention)
    for table in tables_mapped_in(module.package):
        table.to_metadata(metadata)
    lineage = Lineage(module.id, module.versions_folder, (module.id,))
    with engine.connect() as connection:
        return bool(_compare(lineage, connection, metadata))


def differences(engine: Engine, registry: Registry, metadata: MetaData) -> dict[str, list[Any]]:
    """Where the database differs from the models, per lineage; empty when they agree."""
    with engine.connect() as connection:
        found = {
            lineage.name: _compare(lineage, connection, metadata)
            for lineage in lineages(registry, connection)
        }
    return {name: changes for name, changes in found.items() if changes}


def tried(engine: Engine, module: InstalledModule, metadata: MetaData) -> list[Any]:
    """Dry-run one module's migrations on an empty database; returns where the result differs from the
    models."""
    lineage = Lineage(module.id, module.versions_folder, (module.id,))
    with engine.begin() as connection:
        command.upgrade(lineage.config(connection), "head")
        return _compare(lineage, connection, metadata)


def _compare(lineage: Lineage, connection: Connection, metadata: MetaData) -> list[Any]:
    def include(obj: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        if kind != "table":
            return True
        # a process may have loaded modules that are not installed in this application; tests do
        return lineage.owns(name or "") and (
            reflected or lineage.service is not None or name in core_tables()
        )

    options = {
        "version_table": lineage.version_table,
        "include_object": include,
        "compare_type": True,
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def new_revision(registry: Registry, engine: Engine, name: str, message: str) -> Path:
    """Write the next numbered revision of one lineage from the difference to the models; returns its file.

    Where ruff is installed the file comes out formatted and without what it does not need.
    """
    with engine.begin() as connection:
        lineage = next(found for found in lineages(registry, connection) if found.name == name)
        lineage.versions.mkdir(parents=True, exist_ok=True)
        number = f"{len(list(lineage.versions.glob('[0-9]*.py'))) + 1:04d}"
        revision = f"{lineage.name}_{number}"
        script = command.revision(
            _tidying(lineage.config(connection)), message=message, autogenerate=True, rev_id=revision
        )
    assert script is not None and not isinstance(script, list)
    written = Path(script.path)
    words = written.stem.removeprefix(revision).strip("_") or "changes"
    return written.rename(written.with_name(f"{number}_{words}.py"))


def _tidying(config: Config) -> Config:
    config.cmd_opts = Namespace(quiet=True)
    if importlib.util.find_spec("ruff") is not None:
        for option, value in (
            ("hooks", "check, format"),
            ("check.type", "module"),
            ("check.module", "ruff"),
            ("check.options", "check --quiet --fix REVISION_SCRIPT_FILENAME"),
            ("format.type", "module"),
            ("format.module", "ruff"),
            ("format.options", "format --quiet REVISION_SCRIPT_FILENAME"),
        ):
            config.set_section_option("post_write_hooks", option, value)
    return config
