"""The manifest of a backup: versions, revisions, counts and digests, fingerprints of keys, and what it does
not contain."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from citizen_app import clock
from citizen_app.backup.archive import BackupRefused
from citizen_app.registry.lineages import lineages
from citizen_app.registry.modules import Registry
from citizen_app.settings import Settings

FORMAT: Final = 1
NOT_INSIDE: Final = (
    "CITIZEN_FIELD_KEYS and CITIZEN_PSEUDONYM_KEY, without which names, phones and issuer keys stay closed",
    "CITIZEN_SECRET_KEYS and every other setting",
    "the service packages and the program itself",
    "Redis, which holds no truth",
)


@dataclass(frozen=True, slots=True)
class Contents:
    """One table: so many rows, and a digest over all their columns."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """See the module. `revisions` are by lineage, `keys` are one-way fingerprints by name."""

    format: int
    made_at: str
    database: str
    server_version: str
    revisions: Mapping[str, str | None]
    tables: Mapping[str, Contents]
    schema_digest: str
    keys: Mapping[str, str]
    services: Mapping[str, str]
    not_inside: tuple[str, ...] = NOT_INSIDE

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(contents.rows for contents in self.tables.values())

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Manifest:
        """Back from `as_json`. Raises `BackupRefused` for a newer format."""
        if stored.get("format") != FORMAT:
            raise BackupRefused(
                f"the backup has format {stored.get('format')}, this program reads {FORMAT}: use the version that wrote it"
            )
        tables = {name: Contents(**contents) for name, contents in stored["tables"].items()}
        return cls(**{**stored, "tables": tables, "not_inside": tuple(stored["not_inside"])})


def describe(
    connection: Connection, settings: Settings, registry: Registry, read: tuple[dict[str, Contents], str]
) -> Manifest:
    """The manifest of the snapshot behind `connection`; `read` holds the counts made from it."""
    tables, schema_digest = read
    version = connection.dialect.server_version_info or ()
    return Manifest(
        format=FORMAT,
        made_at=clock.rfc3339(clock.now()),
        database=connection.dialect.name,
        server_version=".".join(map(str, version)),
        revisions={lineage.name: lineage.current(connection) for lineage in lineages(registry)},
        tables=tables,
        schema_digest=schema_digest,
        keys=fingerprints(settings),
        services={module.id: module.descriptor.version for module in registry},
    )


def fingerprints(settings: Settings) -> dict[str, str]:
    """One-way fingerprints of the keys without which the data stay closed."""
    named = {"pseudonym": settings.pseudonym_key} | {
        f"field {number}": key for number, key in settings.field_keys.items()
    }
    return {name: hmac.digest(key, b"citizen-app backup", "sha256")[:8].hex() for name, key in named.items()}


def missing_keys(manifest: Manifest, settings: Settings) -> list[str]:
    """Names of settings that the data need and that are other ones here."""
    here = fingerprints(settings)
    return [
        "CITIZEN_PSEUDONYM_KEY" if name == "pseudonym" else f"CITIZEN_FIELD_KEYS, number {name.split()[1]}"
        for name, fingerprint in manifest.keys.items()
        if here.get(name) != fingerprint
    ]


def newer_lineages(manifest: Manifest, registry: Registry) -> list[str]:
    """Lineages whose revision this program does not know: the backup comes from a newer version."""
    newer = []
    for lineage in lineages(registry):
        revision = manifest.revisions.get(lineage.name)
        known = {script.revision for script in ScriptDirectory.from_config(lineage.config()).walk_revisions()}
        if revision is not None and revision not in known:
            newer.append(f"{lineage.name} ({revision})")
    return newer


def compare(manifest: Manifest, read: tuple[dict[str, Contents], str]) -> list[str]:
    """Where restored tables differ from what was backed up; empty when every row is there, unchanged."""
    tables, schema_digest = read
    faults = [
        f"{name}: {_difference(expected, tables.get(name))}"
        for name, expected in manifest.tables.items()
        if tables.get(name) != expected
    ]
    faults += [f"{name}: not in the backup" for name in sorted(tables.keys() - manifest.tables.keys())]
    if schema_digest != manifest.schema_digest:
        faults.append("tables, indexes or triggers are not what they were")
    return faults


def _difference(expected: Contents, found: Contents | None) -> str:
    if found is None:
        return "the table is missing"
    if found.rows != expected.rows:
        return f"{found.rows} rows instead of {expected.rows}"
    return f"as many rows ({found.rows}), and not the same"
