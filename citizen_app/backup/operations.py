"""Make, verify and restore backups."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine

from citizen_app import clock
from citizen_app.backup import postgresql, sqlite
from citizen_app.backup.archive import BackupRefused, check_archive, new_archive, open_member, read_manifest
from citizen_app.backup.manifest import Manifest, compare, describe, missing_keys, newer_lineages
from citizen_app.backup.sealed import unopened
from citizen_app.registry import lineages
from citizen_app.registry.modules import current_registry
from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import Settings, current_settings
from citizen_app.storage.dialects import read_from_snapshot, standalone_engine
from citizen_app.storage.orm import Model

RECORD: Final = "last-backup.json"
"""In the data folder: when this machine last made a backup, for `doctor` and `/metrics`."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found in a sound backup; `notes` are no faults, `aside` is where a restore put what
    stood there before."""

    manifest: Manifest
    notes: tuple[str, ...]
    needs_upgrade: bool = False
    aside: str | None = None


def create(target: Path) -> Manifest:
    """Write a backup of one snapshot while others go on writing. Raises `BackupRefused`."""
    settings = current_settings()
    try:
        manifest = _on_sqlite(target, settings) if settings.on_sqlite else _on_postgresql(target, settings)
    except OSError as error:
        raise BackupRefused(
            f"{target} could not be written: {error.strerror}; nothing was left behind"
        ) from error
    return manifest


def verify(path: Path) -> Verified:
    """Verify a backup by restoring it into a scratch database: count, compare, decrypt a sample, run the
    migrations.

    Raises `BackupRefused` with everything that is wrong.
    """
    manifest = _examined(path)
    settings = current_settings()
    with open_member(path, _member(manifest)) as file, _store(manifest).scratch(settings, file) as url:
        faults = _faults(manifest, replace(settings, database_url=url))
        if faults:
            raise BackupRefused(f"{path} does not restore to what was backed up:\n  " + "\n  ".join(faults))
        upgraded = _upgraded(replace(settings, database_url=url))
    notes = (f"older than this program: {', '.join(upgraded)} will be upgraded",) if upgraded else ()
    return Verified(manifest, notes + _unknown_services(manifest))


def restore(path: Path, *, replacing: bool = False) -> Verified:
    """Put a backup in the place that the settings name. Raises `BackupRefused`, and then nothing has changed.

    A target that holds anything is refused unless `replacing`; then it is moved aside, not deleted.
    """
    manifest = _examined(path)
    settings, store = current_settings(), _store(manifest)
    if settings.on_sqlite != (store is sqlite):
        raise BackupRefused(
            f"this is a backup of {manifest.database}, and CITIZEN_DATABASE_URL names another kind of database"
        )
    if not replacing and not store.is_empty(settings):
        raise BackupRefused("the target holds data already; --replace moves them aside first")
    with open_member(path, _member(manifest)) as file, store.filled(settings, file) as filled:
        faults = _faults(manifest, replace(settings, database_url=filled.url))
        if faults:
            raise BackupRefused(f"{path} did not restore, nothing has changed:\n  " + "\n  ".join(faults))
    waiting = tuple(f"{name} is at an older revision" for name in _pending(settings))
    return Verified(manifest, waiting + _unknown_services(manifest), bool(waiting), filled.aside)


def note_success(path: Path, manifest: Manifest, *, verified: bool) -> None:
    """Remember the last backup of this machine."""
    settings = current_settings()
    told = {"file": str(path), "made_at": manifest.made_at, "verified": verified, "rows": manifest.rows}
    unfinished = settings.data_dir / f".{RECORD}.{os.getpid()}"  # concurrent backups do not take each other's
    unfinished.write_text(json.dumps(told))
    unfinished.replace(settings.data_dir / RECORD)


def last_backup(settings: Settings) -> dict[str, Any] | None:
    """What `note_success` remembered, if anything."""
    try:
        told: dict[str, Any] = json.loads((settings.data_dir / RECORD).read_text())
    except (OSError, ValueError):
        return None
    return told


def name_for_now(folder: Path) -> Path:
    """A name in a folder by which backups sort by age."""
    return folder / f"citizen-{clock.now().strftime('%Y%m%dT%H%M%SZ')}.backup"


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete the oldest backups that `name_for_now` named, beyond the newest `keep`; what was deleted."""
    found = sorted(folder.glob("citizen-????????T??????Z.backup"))
    surplus = found[: max(0, len(found) - keep)]
    for path in surplus:
        path.unlink(missing_ok=True)
    return surplus


def _on_sqlite(target: Path, settings: Settings) -> Manifest:
    with sqlite.snapshot(settings) as url:
        with _read(replace(settings, database_url=url)) as connection:
            manifest = describe(connection, settings, current_registry(), sqlite.read(connection))
        with new_archive(target, manifest.as_json(), sqlite.MEMBER, _seal) as file:
            sqlite.pack(url, file)
    return manifest


def _on_postgresql(target: Path, settings: Settings) -> Manifest:
    with _read(settings) as connection:
        manifest = describe(connection, settings, current_registry(), postgresql.read(connection))
        with new_archive(target, manifest.as_json(), postgresql.MEMBER, _seal) as file:
            postgresql.dump(connection, settings, file)
    return manifest


def _examined(path: Path) -> Manifest:
    """The manifest of a file that is whole, ours, not newer than we are, and whose keys we have."""
    check_archive(path, _seal)
    manifest = Manifest.from_json(read_manifest(path))
    if newer := newer_lineages(manifest, current_registry()):
        raise BackupRefused(
            f"the backup comes from a newer version of the program: {', '.join(newer)}; install that version first"
        )
    if missing := missing_keys(manifest, current_settings()):
        raise BackupRefused(
            f"the keys of this backup are not at hand: {', '.join(missing)}. Restored with other keys, nobody's name"
            " and phone opens and no code can be signed: find the settings of that time first"
        )
    return manifest


def _faults(manifest: Manifest, there: Settings) -> list[str]:
    with _read(there) as connection:
        store = sqlite if there.on_sqlite else postgresql
        return compare(manifest, store.read(connection)) + unopened(connection)


def _upgraded(there: Settings) -> list[str]:
    """Upgrade the scratch database, as will happen after a restore; lineages that moved. Raises
    `BackupRefused`."""
    engine = standalone_engine(there)
    try:
        moved = lineages.upgrade(engine, current_registry())
        if differing := lineages.differences(engine, current_registry(), Model.metadata):
            raise BackupRefused(f"the restored tables disagree with the program: {', '.join(differing)}")
    finally:
        engine.dispose()
    return moved


def _pending(there: Settings) -> list[str]:
    engine = standalone_engine(there)
    try:
        return lineages.pending(engine, current_registry())
    finally:
        engine.dispose()


def _unknown_services(manifest: Manifest) -> tuple[str, ...]:
    unknown = [name for name in manifest.services if current_registry().get(name) is None]
    return tuple(f"service {name} is in the backup and not installed here" for name in unknown)


def _store(manifest: Manifest) -> Any:
    return sqlite if manifest.database == "sqlite" else postgresql


def _member(manifest: Manifest) -> str:
    member: str = _store(manifest).MEMBER
    return member


def _seal(digest: str) -> bytes:
    return current_vault().blind_index("backup", digest)


@contextmanager
def _read(there: Settings) -> Iterator[Connection]:
    """A connection that reads from one snapshot."""
    engine: Engine = standalone_engine(there)
    try:
        with engine.connect() as connection:
            read_from_snapshot(connection)
            yield connection
    finally:
        engine.dispose()
