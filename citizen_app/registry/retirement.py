"""The end of a service: its tables leave as a file, or for good. It works from the database alone, so the
folder may be gone already.

The file is a ZIP: one JSON Lines file per table, and `manifest.json` with the columns, the counts and the
SHA-256 of each. Values stand as the database holds them: moments in RFC 3339, bytes (sealed fields, which
only the vault of this installation opens) in base64.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Table, func, inspect, select

from citizen_app import clock
from citizen_app.registry.lineages import VERSION_TABLE, owner_of, services_with_tables

ROWS_AT_ONCE: Final = 1000
MANIFEST: Final = "manifest.json"

Advance = Callable[[int], None]


class ExportBroken(Exception):
    """An exported file does not hold what its manifest says."""


@dataclass(frozen=True)
class Holdings:
    """What a service holds in the database: its tables, parents before children, with their counts; and its
    revision."""

    service: str
    tables: tuple[Table, ...]
    version_table: Table | None
    rows: dict[str, int]
    revision: str | None

    @property
    def total(self) -> int:
        """Rows in all tables."""
        return sum(self.rows.values())


def holdings(connection: Connection, service: str) -> Holdings:
    """Read what a service holds; empty for one that never had tables."""
    known = services_with_tables(connection) | {service}
    names = [name for name in inspect(connection).get_table_names() if owner_of(name, known) == service]
    version_name = f"{VERSION_TABLE}{service}"
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in names or name == version_name)
    version_table = found.tables.get(version_name)
    tables = tuple(table for table in found.sorted_tables if table is not version_table)
    return Holdings(
        service,
        tables,
        version_table,
        {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        },
        connection.execute(select(version_table)).scalar() if version_table is not None else None,
    )


def export(connection: Connection, held: Holdings, target: Path, advance: Advance) -> None:
    """Write the service's data to `target`, whole or not at all, readable by its owner only.

    `connection` must read from one snapshot. `advance` is called with the number of rows written.
    Raises `OSError` when the disk does not take it.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                written = [_write_table(connection, table, archive, advance) for table in held.tables]
                described = {
                    "service": held.service,
                    "revision": held.revision,
                    "exported_at": clock.rfc3339(clock.now()),
                    "tables": written,
                }
                archive.writestr(MANIFEST, json.dumps(described, ensure_ascii=False, indent=1))
            file.flush()
            os.fsync(file.fileno())
        verify(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def verify(path: Path) -> dict[str, int]:
    """Read an exported file back against its manifest; returns rows per table. Raises `ExportBroken`."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            for table in manifest["tables"]:
                rows, digest = 0, hashlib.sha256()
                with archive.open(table["file"]) as lines:
                    for line in lines:
                        rows += 1
                        digest.update(line)
                if rows != table["rows"] or digest.hexdigest() != table["sha256"]:
                    raise ExportBroken(f"{table['file']}: {rows} rows where {table['rows']} were written")
            return {table["name"]: table["rows"] for table in manifest["tables"]}
    except (zipfile.BadZipFile, KeyError, ValueError) as broken:
        raise ExportBroken(f"{path}: {broken}") from broken


def erase(connection: Connection, held: Holdings) -> None:
    """Drop the service's tables and its place in the migrations, in the transaction of `connection`."""
    for table in reversed(held.tables):
        table.drop(connection)
    if held.version_table is not None:
        held.version_table.drop(connection)


def _write_table(
    connection: Connection, table: Table, archive: zipfile.ZipFile, advance: Advance
) -> dict[str, Any]:
    rows, digest, file = 0, hashlib.sha256(), f"{table.name}.jsonl"
    with archive.open(file, "w", force_zip64=True) as out:
        for line in _lines(connection, table):
            out.write(line)
            digest.update(line)
            rows += 1
            if rows % ROWS_AT_ONCE == 0:
                advance(ROWS_AT_ONCE)
    advance(rows % ROWS_AT_ONCE)
    return {
        "name": table.name,
        "file": file,
        "rows": rows,
        "sha256": digest.hexdigest(),
        "columns": [{"name": column.name, "type": str(column.type)} for column in table.columns],
    }


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    found = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(
        select(table).order_by(*table.primary_key)
    )
    for row in found.mappings():
        plain = {name: _plain(value) for name, value in row.items()}
        yield json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.rfc3339(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
