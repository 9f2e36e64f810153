"""Importing a feed: checked first, stored beside the active one in short steps, then switched to at once.

Nothing is seen of a feed until the last step, and a crash anywhere before it leaves the active feed as it
was; the next import removes what the crash left.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import insert, text

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session, table_of
from citizen_app.toolkit.jobs import Unit
from citizen_app.toolkit.time import city_zone, now
from services.bus.operations import removal, versions
from services.bus.operations.gtfs import Encoding, Feed, FeedReport, load
from services.bus.operations.rows import FeedRows, row_count
from services.bus.operations.timetable.times import start_of_service_day

ROWS_PER_STEP: Final = 2_000
_BYTES_AT_A_TIME: Final = 1 << 20

Stage = Literal["check", "store"]
Progress = Callable[[Stage, int, int], None]
"""Told how much of a stage was just done, and how much there is: bytes while checking, rows while storing."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How an import ended; `report` is None where the feed is in force or waits already and was not read
    again.

    `waits_until` is the day on which it comes into force by itself, None where it is in force or refused.
    """

    outcome: Literal["imported", "waiting", "unchanged", "refused"]
    version_id: int
    counts: dict[str, int]
    report: dict[str, Any] | None
    words: dict[str, str]
    waits_until: date | None = None


def import_feed(
    path: Path,
    unit: Unit,
    *,
    today: date,
    force: bool = False,
    source: str | None = None,
    encoding: Encoding = "utf-8",
    progress: Progress = lambda stage, done, total: None,
) -> Imported:
    """Import a GTFS feed (zip or folder) and put it in force, or let it wait until its first service day when
    that is after `today`.

    A feed that serves no day from `today` on is refused, and one that is in force or waits already is left as
    it is. With `force` it is put in force now in all three cases.

    `unit` opens each unit of work. Raises `Superseded` when another import began meanwhile, `OSError` when
    the path cannot be read.
    """
    source, digest = source or path.name, sha256_of(path)
    with unit():
        same = None if force else _held_already(digest)
    if same is not None:
        return same
    feed, report = load(path, today=today, progress=partial(progress, "check"), encoding=encoding)
    until: date | None = None
    if feed is not None and not force:
        until = _first_day_ahead(feed, report, today)
        if not report.ok:
            feed.close()
            feed = None
    words = {"zh": report.text("zh"), "en": report.text("en")}
    if feed is None:
        with unit():
            version_id = versions.record_refusal(source, digest, report.to_json())
        return Imported("refused", version_id, {}, report.to_json(), words)
    with feed:
        facts = {"language": feed.language, "timezone": feed.timezone, "report": report.to_json()}
        with unit():
            version_id = versions.stage(source, digest, **facts)
        try:
            removal.sweep(unit)
            counts, max_departure = _store(feed, version_id, unit, progress)
            with unit():
                versions.still_staged(version_id)
                versions.complete(version_id, counts, feed.period, max_departure)
                _come_into_force(version_id, until)
        except (
            BaseException
        ):  # Ctrl-C too: tidy at once where that is possible; otherwise the next import or the job does
            with suppress(Exception), transaction():  # `unit` may be one of a task that is to stop
                versions.discard(version_id)
            raise
    return Imported("waiting" if until else "imported", version_id, counts, report.to_json(), words, until)


def _held_already(digest: str) -> Imported | None:
    """What there is to say where this very feed is in force or waits."""
    version = versions.version_in_force()
    if version is not None and version.sha256 == digest:
        return Imported("unchanged", version.id, dict(version.counts), None, {})
    waiting = versions.waiting_version(digest)
    if waiting is None:
        return None
    return Imported("unchanged", waiting.id, dict(waiting.counts), None, {}, waiting.first_day)


def _first_day_ahead(feed: Feed, report: FeedReport, today: date) -> date | None:
    """The feed's first service day when it is to wait for it; an error in the report when no service day is
    left."""
    if feed.period is None or feed.period[1] < today:
        report.add("no_service_from_now_on", "calendar.txt")
    elif feed.period[0] > today:
        report.add("feed_waits", "calendar.txt", value=feed.period[0].isoformat())
        return feed.period[0]
    return None


def _come_into_force(version_id: int, until: date | None) -> None:
    """Now, or at the beginning of a service day in the city; now, too, when that has begun during the
    import."""
    beginning = start_of_service_day(until, city_zone()) if until is not None else None
    if beginning is not None and beginning > now():
        versions.wait(version_id, beginning)
    else:
        versions.activate(version_id)


def sha256_of(path: Path) -> str:
    """Recognises a feed: SHA-256 of the archive, or of the names and contents of a folder's files."""
    digest = hashlib.sha256()
    files = [path] if not path.is_dir() else sorted(file for file in path.rglob("*") if file.is_file())
    for file in files:
        if path.is_dir():
            digest.update(file.relative_to(path).as_posix().encode() + b"\0")
        with file.open("rb") as stream:
            while block := stream.read(_BYTES_AT_A_TIME):
                digest.update(block)
    return digest.hexdigest()


def _store(feed: Feed, version_id: int, unit: Unit, progress: Progress) -> tuple[dict[str, int], int]:
    """Store the feed's rows, a step at a time; returns the rows by kind and the latest departure.

    A step is prepared before its unit of work begins.
    """
    rows, counts = FeedRows(feed, version_id), Counter[str]()
    total = left = row_count(feed)
    for step in _in_steps(rows):
        with unit():
            versions.still_staged(version_id)
            for table, batch in step.items():
                session().execute(insert(table), batch)
        counts.update({table.name.removeprefix("bus_"): len(batch) for table, batch in step.items()})
        told = min(sum(map(len, step.values())), left)
        progress("store", told, total)
        left -= told
    progress("store", left, total)
    with unit():
        versions.still_staged(version_id)
        _show_to_planner()
    return dict(counts), rows.max_departure


def _show_to_planner() -> None:
    """PostgreSQL looks at new rows by itself a minute later; until then it would read past the index of a
    stop."""
    if session().get_bind().dialect.name == "postgresql":
        for model in removal.ROWS_OF_A_VERSION:
            session().execute(text(f"ANALYZE {table_of(model).name}"))


def _in_steps(rows: FeedRows) -> Iterator[dict[Any, list[dict[str, Any]]]]:
    """Rows by table, `ROWS_PER_STEP` at a time."""
    stream = iter(rows)
    while chunk := list(islice(stream, ROWS_PER_STEP)):
        step: dict[Any, list[dict[str, Any]]] = {}
        for model, row in chunk:
            step.setdefault(table_of(model), []).append(row)
        yield step
