"""`flask --app wsgi bus …`: timetables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import click
from sqlalchemy import select

from citizen_app.toolkit.commands import AppGroup, audit, progress_bar, transaction
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.time import city_zone, now, rfc3339
from services.bus.models import BusFeedVersion
from services.bus.operations import removal, versions
from services.bus.operations.importing import Imported, Progress, Stage, import_feed
from services.bus.operations.slices import Paced

Language = Literal["zh", "en"]
COMMANDS: Final = AppGroup("bus", help="The bus service: timetables.")
ENDS: Final = {
    "imported": Text("版本 {version} 已启用。", "Version {version} is in force."),
    "unchanged": Text(
        "本数据已在使用中(版本 {version}),--force 可重新导入。",
        "This feed is in force already (version {version}); --force imports it again.",
    ),
    "refused": Text("未导入,原有时刻表继续使用。", "Not imported; the timetable in force stays."),
}
_TITLES: Final[dict[Stage, str]] = {"check": "检查 Checking", "store": "存储 Storing"}


@COMMANDS.command("import-gtfs")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on standard output.")
@click.option("--force", is_flag=True, help="Import even if this very feed is in force.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="Of the report for people.")
def import_gtfs(path: Path, as_json: bool, force: bool, language: Language) -> None:
    """Import the GTFS feed at PATH (zip or folder) and put it in force.

    A feed with any error is refused as a whole, the one in force stays, and the exit status is 1.
    """
    try:
        with _bars() as progress:
            done = import_feed(
                path, Paced(), today=now().astimezone(city_zone()).date(), force=force, progress=progress
            )
    except versions.Superseded as gone:
        raise click.ClickException("another import has begun meanwhile; this one gave up") from gone
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or error}") from error
    if done.outcome != "unchanged":
        with transaction():
            result = "ok" if done.outcome == "imported" else "refused"
            audit("bus.import_gtfs", "bus_feed", str(done.version_id), source=path.name, outcome=result)
    click.echo(json.dumps(_described(done), ensure_ascii=False) if as_json else _told(done, language))
    if done.outcome == "refused":
        raise SystemExit(1)


@COMMANDS.command("feeds")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def feeds(as_json: bool) -> None:
    """List the feeds that were imported or refused, newest first."""
    with transaction(reading=True):
        found = session().scalars(select(BusFeedVersion).order_by(BusFeedVersion.id.desc())).all()
        listed = [_listed(version) for version in found]
    if as_json:
        click.echo(json.dumps({"feeds": listed}, ensure_ascii=False))
        return
    for feed in listed:
        period = f"{feed['first_day'] or '-'} – {feed['last_day'] or '-'}"
        click.echo(
            f"{feed['version']:>4} {feed['status']:<10} {period:<25} {feed['created_at']}  {feed['source']}"
        )


@COMMANDS.command("activate-feed")
@click.argument("version", type=int)
def activate_feed(version: int) -> None:
    """Put a retired feed VERSION back in force."""
    try:
        with transaction():
            versions.activate(version)
            audit("bus.activate_feed", "bus_feed", str(version))
    except versions.NotAVersion as unknown:
        raise click.ClickException(
            f"{version} is not a retired feed; see: flask --app wsgi bus feeds"
        ) from unknown
    click.echo(f"feed {version} is in force")


@COMMANDS.command("remove-feed")
@click.argument("version", type=int)
def remove_feed(version: int) -> None:
    """Remove a feed VERSION that is not in force, with all its rows. Boardings keep their own words."""
    try:
        with transaction():
            versions.discard(version)
            audit("bus.remove_feed", "bus_feed", str(version))
    except versions.NotAVersion as unknown:
        raise click.ClickException(
            f"{version} is in force or unknown; see: flask --app wsgi bus feeds"
        ) from unknown
    removal.sweep(Paced())
    click.echo(f"feed {version} is removed")


@contextmanager
def _bars() -> Iterator[Progress]:
    with progress_bar(_TITLES["check"]) as checked, progress_bar(_TITLES["store"]) as stored:
        bars = {"check": checked, "store": stored}
        yield lambda stage, rows: bars[stage](rows)


def _described(done: Imported) -> dict[str, Any]:
    return {"outcome": done.outcome, "version": done.version_id, "stored": done.counts, "report": done.report}


def _told(done: Imported, language: Language) -> str:
    stored = [f"  {name}: {number}" for name, number in done.counts.items()]
    report = [done.words[language]] if done.words else []
    return "\n".join([*report, *stored, ENDS[done.outcome].say(language).format(version=done.version_id)])


def _listed(version: BusFeedVersion) -> dict[str, Any]:
    return {
        "version": version.id,
        "status": version.status,
        "source": version.source,
        "sha256": version.sha256,
        "first_day": version.first_day.isoformat() if version.first_day else None,
        "last_day": version.last_day.isoformat() if version.last_day else None,
        "counts": version.counts,
        "created_at": rfc3339(version.created_at),
        "activated_at": rfc3339(version.activated_at) if version.activated_at else None,
    }
