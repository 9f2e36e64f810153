"""`flask backup`: make, verify and restore backups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import record
from citizen_app.backup import operations
from citizen_app.backup.archive import BackupRefused
from citizen_app.backup.manifest import Manifest
from citizen_app.storage.transactions import transaction
from citizen_app.text import counted

backup = AppGroup("backup", help="Backups that prove themselves: create, verify, restore.")
VERIFIED: Final = (
    "完好 intact: restored into a scratch database, every table compared, sealed rows opened, upgraded"
)
NOT_VERIFIED: Final = "未校验 not verified: flask --app wsgi backup verify FILE"
SUFFIX: Final = ".backup"
NO_FOLDER: Final = f"there is no folder {{target}}; make it first, or name a new file that ends with {SUFFIX}"
ASIDE: Final = "原有数据移至 what stood there before is now: {aside}"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@backup.command("create")
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--verify/--no-verify", "verifying", default=True, help="Restore it into a scratch database immediately."
)
@click.option("--keep", type=click.IntRange(min=1), help="In a folder: delete older backups beyond so many.")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def create(target: Path, verifying: bool, keep: int | None, as_json: bool) -> None:
    """Write a backup to TARGET, a folder or a new file whose name ends with .backup, while the city runs;
    then verify it."""
    if not target.is_dir() and target.suffix != SUFFIX:
        raise click.BadParameter(NO_FOLDER.format(target=target), param_hint="TARGET")
    if keep is not None and not target.is_dir():
        raise click.UsageError("--keep needs a folder")
    path = operations.name_for_now(target) if target.is_dir() else target
    with _in_words():
        with transaction():
            record("backup.create", "backup", None, file=path.name)
        manifest = operations.create(path)
        if verifying:
            operations.verify(path)
        operations.note_success(path, manifest, verified=verifying)
        deleted = operations.prune(target, keep) if keep is not None else []
    for line in _lines(path, manifest, as_json, verified=verifying):
        click.echo(line)
    if deleted and not as_json:
        click.echo(f"deleted: {', '.join(old.name for old in deleted)}")


@backup.command("verify")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def verify(file: Path, as_json: bool) -> None:
    """Restore FILE into a scratch database, compare every table, open a sealed row, and upgrade it; exit 1 if
    not sound."""
    with _in_words():
        found = operations.verify(file)
    for line in (*_lines(file, found.manifest, as_json, verified=True), *(() if as_json else found.notes)):
        click.echo(line)


@backup.command("restore")
@click.argument("file", type=FILE)
@click.option("--replace", "replacing", is_flag=True, help="Move what the target holds aside, then restore.")
def restore(file: Path, replacing: bool) -> None:
    """Restore FILE into the database that the settings name. Servers, jobs and commands must have stopped."""
    with _in_words():
        found = operations.restore(file, replacing=replacing)
    if not found.needs_upgrade:  # otherwise the audit log may not have its present form yet
        with transaction():
            record("backup.restore", "backup", None, file=file.name, made_at=found.manifest.made_at)
    click.echo(
        f"restored: {counted(found.manifest.rows, 'row')} of {found.manifest.made_at}, every table compared"
    )
    if found.aside is not None:
        click.echo(ASIDE.format(aside=found.aside))
    for note in found.notes:
        click.echo(note)
    click.echo("next: flask --app wsgi db upgrade, then flask --app wsgi doctor")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from refused


def _lines(path: Path, manifest: Manifest, as_json: bool, *, verified: bool) -> Iterator[str]:
    if as_json:
        told = {"file": str(path), "verified": verified, **manifest.as_json()}
        yield json.dumps(told, ensure_ascii=False)
        return
    yield f"{path}: {counted(manifest.rows, 'row')} in {counted(len(manifest.tables), 'table')}, as of {manifest.made_at}"
    yield VERIFIED if verified else NOT_VERIFIED
    yield "not inside, keep them apart: " + "; ".join(manifest.not_inside)
