"""`flask --app wsgi bus …`: timetables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, get_args

import click
from sqlalchemy.exc import OperationalError

from citizen_app.toolkit.commands import (
    JSON,
    LANGUAGE,
    AppGroup,
    Language,
    audit,
    failed,
    progress_bar,
    transaction,
)
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.jobs import Paced
from citizen_app.toolkit.time import city_zone, now
from services.bus.operations import removal, versions
from services.bus.operations.gtfs import Encoding, FeedReport
from services.bus.operations.importing import Imported, Progress, Stage, import_feed
from services.bus.queries import all_feeds, feed_of_number
from services.bus.schemas.feeds import FeedVersionSchema

COMMANDS: Final = AppGroup("bus", help="The bus service: timetables.")
VERSION: Final = click.argument("version", type=int)
ENDS: Final = {
    "imported": Text("版本 {version} 已启用。", "Version {version} is in force."),
    "waiting": Text(
        "版本 {version} 等到 {until} 零点自动启用。",
        "Version {version} waits until {until} and comes into force then by itself.",
    ),
    "unchanged": Text(
        "本数据已在使用中（版本 {version}），--force 可重新导入。",
        "This feed is in force already (version {version}); --force imports it again.",
    ),
    "waiting already": Text(
        "本数据已导入（版本 {version}），等到 {until} 零点自动启用；--force 可立即启用。",
        "This feed is imported already (version {version}) and waits until {until}; --force puts it in force now.",
    ),
    "refused": Text("未导入，原有时刻表继续使用。", "Not imported; the timetable in force stays."),
}
SUPERSEDED: Final = Text(
    "另一次导入已经开始，本次放弃。", "Another import has begun meanwhile; this one gave up."
)
UNREADABLE: Final = Text("无法读取 {path}：{reason}", "Cannot read {path}: {reason}")
NOT_STORED: Final = Text(
    "数据库不能写入（{reason}），原有时刻表继续使用。",
    "The database does not take it ({reason}); the timetable in force stays.",
)
NOT_RETIRED: Final = Text(
    "版本 {version} 不是停用或等待启用的时刻表；用 flask --app wsgi bus feeds 查看。",
    "Version {version} is neither a retired nor a waiting feed; see flask --app wsgi bus feeds.",
)
NOT_REMOVABLE: Final = Text(
    "版本 {version} 正在使用或不存在；用 flask --app wsgi bus feeds 查看。",
    "Version {version} is in force or unknown; see flask --app wsgi bus feeds.",
)
SERVES_NO_DAY: Final = Text(
    "版本 {version} 从今天起没有任何班次，启用后乘客什么也查不到；确要启用请加 --force。",
    "No trip of version {version} runs from today on, so riders would find nothing; add --force if this one is meant.",
)
UNKNOWN: Final = Text("没有版本 {version}。", "There is no version {version}.")
REMOVED: Final = Text("版本 {version} 已删除。", "Version {version} is removed.")
WAITS: Final = "waits until {until}"
_KILOBYTE: Final = 1024
_TITLES: Final[dict[Stage, str]] = {"check": "检查 Checking (KB)", "store": "存储 Storing"}


@COMMANDS.command("import-gtfs")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@JSON
@click.option(
    "--force",
    is_flag=True,
    help="Put it in force now, even if it is in force already, serves no day from now on, or begins later.",
)
@click.option(
    "--encoding", type=click.Choice(get_args(Encoding)), default="utf-8", help="How its files are written."
)
@LANGUAGE
def import_gtfs(path: Path, as_json: bool, force: bool, encoding: Encoding, language: Language) -> None:
    """Import the GTFS feed at PATH (zip or folder) and put it in force.

    A feed with any error is refused as a whole, the one in force stays, and the exit status is 1. So is a
    feed that serves no day from now on. A feed whose first service day is still to come waits until that day.
    --force puts either in force now.
    """
    today = now().astimezone(city_zone()).date()
    try:
        with _bars() as progress:
            done = import_feed(path, Paced(), today=today, force=force, encoding=encoding, progress=progress)
    except versions.Superseded as gone:
        raise failed(SUPERSEDED, language) from gone
    except OSError as error:
        raise failed(UNREADABLE, language, path=path, reason=error.strerror or error) from error
    except OperationalError as error:
        raise failed(NOT_STORED, language, reason=error.orig) from error
    if done.outcome != "unchanged":
        with transaction():
            result = {"imported": "ok"}.get(done.outcome, done.outcome)
            audit("bus.import_gtfs", "bus_feed", str(done.version_id), source=path.name, outcome=result)
    click.echo(json.dumps(_described(done), ensure_ascii=False) if as_json else _told(done, language))
    if done.outcome == "refused":
        raise SystemExit(1)


@COMMANDS.command("feeds")
@JSON
def feeds(as_json: bool) -> None:
    """List the feeds that were imported or refused, newest first."""
    with transaction(reading=True):
        listed = FeedVersionSchema().dump(all_feeds(), many=True)
    if as_json:
        click.echo(json.dumps({"feeds": listed}, ensure_ascii=False))
        return
    for feed in listed:
        period = f"{feed['first_day'] or '-'} – {feed['last_day'] or '-'}"
        status = WAITS.format(until=feed["waits_until"]) if feed["waits_until"] else feed["status"]
        click.echo(f"{feed['version']:>4} {status:<21} {period:<25} {feed['created_at']}  {feed['source']}")


@COMMANDS.command("feed-report")
@VERSION
@JSON
@LANGUAGE
def feed_report(version: int, as_json: bool, language: Language) -> None:
    """Show what the check of a feed VERSION found, imported or refused."""
    with transaction(reading=True):
        found = feed_of_number(version)
        if found is None:
            raise failed(UNKNOWN, language, version=version)
        listed, report = FeedVersionSchema().dump(found), found.version.report
    if as_json:
        click.echo(json.dumps({**listed, "report": report}, ensure_ascii=False))
        return
    click.echo(FeedReport.from_json(report).text(language))
    if listed["waits_until"]:
        click.echo(ENDS["waiting"].say(language).format(version=version, until=listed["waits_until"]))


@COMMANDS.command("activate-feed")
@VERSION
@click.option("--force", is_flag=True, help="Even if it serves no day from now on.")
@LANGUAGE
def activate_feed(version: int, force: bool, language: Language) -> None:
    """Put a retired feed VERSION back in force, or one that waits for its day.

    One that serves no day from now on is refused, and the feed in force stays.
    """
    try:
        with transaction():
            versions.put_back(version, now().astimezone(city_zone()).date(), force=force)
            audit("bus.activate_feed", "bus_feed", str(version))
    except versions.ServesNoDay as over:
        raise failed(SERVES_NO_DAY, language, version=version) from over
    except versions.NotAVersion as unknown:
        raise failed(NOT_RETIRED, language, version=version) from unknown
    click.echo(ENDS["imported"].say(language).format(version=version))


@COMMANDS.command("remove-feed")
@VERSION
@LANGUAGE
def remove_feed(version: int, language: Language) -> None:
    """Remove a feed VERSION that is not in force, with all its rows. Boardings keep their own words."""
    try:
        with transaction():
            versions.discard(version)
            audit("bus.remove_feed", "bus_feed", str(version))
    except versions.NotAVersion as unknown:
        raise failed(NOT_REMOVABLE, language, version=version) from unknown
    removal.sweep(Paced())
    click.echo(REMOVED.say(language).format(version=version))


@contextmanager
def _bars() -> Iterator[Progress]:
    """One bar at a time; each begins when its stage does, because only then it is known how long it is."""
    with ExitStack() as shown:
        moves: dict[Stage, Callable[[int], None]] = {}
        done: Counter[Stage] = Counter()

        def progress(stage: Stage, steps: int, total: int) -> None:
            unit = _KILOBYTE if stage == "check" else 1
            if stage not in moves:
                shown.close()
                moves[stage] = shown.enter_context(progress_bar(_TITLES[stage], -(-total // unit)))
            before = done[stage] // unit
            done[stage] += steps
            moves[stage](done[stage] // unit - before)

        yield progress


def _described(done: Imported) -> dict[str, Any]:
    return {
        "outcome": done.outcome,
        "version": done.version_id,
        "waits_until": done.waits_until.isoformat() if done.waits_until else None,
        "stored": done.counts,
        "report": done.report,
    }


def _told(done: Imported, language: Language) -> str:
    stored = [f"  {name}: {number}" for name, number in done.counts.items()]
    report = [done.words[language]] if done.words else []
    end = ENDS["waiting already" if done.outcome == "unchanged" and done.waits_until else done.outcome]
    said = end.say(language).format(version=done.version_id, until=done.waits_until)
    return "\n".join([*report, *stored, said])
