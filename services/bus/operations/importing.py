"""Importing a feed: checked first, stored beside the active one in short steps, then switched to at once.

Nothing is seen of a feed until the last step, and a crash anywhere before it leaves the active feed as it was; the next import
removes what the crash left.
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

from sqlalchemy import insert

from citizen_app.toolkit.data import session
from services.bus.gtfs import Encoding, Feed, FeedReport, load
from services.bus.models import table_of
from services.bus.operations import removal, versions
from services.bus.operations.rows import FeedRows, row_count
from services.bus.operations.slices import Unit

ROWS_PER_STEP: Final = 2_000
_BYTES_AT_A_TIME: Final = 1 << 20

Stage = Literal["check", "store"]
Progress = Callable[[Stage, int, int], None]
"""Told how much of a stage was just done, and how much there is: bytes while checking, rows while storing."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How an import ended; `report` is None where the feed is the active one already and was not read again."""

    outcome: Literal["imported", "unchanged", "refused"]
    version_id: int
    counts: dict[str, int]
    report: dict[str, Any] | None
    words: dict[str, str]


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
    """Import a GTFS feed (zip or folder) and put it in force. With `force` also when it is the active one already, or when its last
    service day has passed while the active one goes on.

    `unit` opens each unit of work. Raises `Superseded` when another import began meanwhile, `OSError` when the path cannot be read.
    """
    source, digest = source or path.name, sha256_of(path)
    with unit():
        active = versions.active_version()
        if active is not None and active.sha256 == digest and not force:
            return Imported("unchanged", active.id, dict(active.counts), None, {})
        in_force_until = active.last_day if active is not None else None
    feed, report = load(path, today=today, progress=partial(progress, "check"), encoding=encoding)
    if feed is not None and not force and _ends_early(report, today, in_force_until):
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
            counts = _store(feed, version_id, unit, progress)
        except (
            BaseException
        ):  # Ctrl-C too: tidy at once where that is possible; otherwise the next import or the job does
            with suppress(Exception), unit():
                versions.discard(version_id)
            raise
    return Imported("imported", version_id, counts, report.to_json(), words)


def _ends_early(report: FeedReport, today: date, in_force_until: date | None) -> bool:
    """Whether a feed that is over would replace one that is not; then that is a finding, too."""
    over = next((found for found in report.findings if found.rule == "expired_calendar"), None)
    if over is None or in_force_until is None or in_force_until < today:
        return False
    until = in_force_until.isoformat()
    report.add("expired_beside_current", over.file, value=over.value, details={"until": until})
    return True


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


def _store(feed: Feed, version_id: int, unit: Unit, progress: Progress) -> dict[str, int]:
    """Store the feed's rows, a step at a time, and switch. A step is prepared before its unit of work begins."""
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
        versions.complete(version_id, counts, rows.period, rows.max_departure)
        versions.activate(version_id)
    return dict(counts)


def _in_steps(rows: FeedRows) -> Iterator[dict[Any, list[dict[str, Any]]]]:
    """Rows by table, `ROWS_PER_STEP` at a time."""
    stream = iter(rows)
    while chunk := list(islice(stream, ROWS_PER_STEP)):
        step: dict[Any, list[dict[str, Any]]] = {}
        for model, row in chunk:
            step.setdefault(table_of(model), []).append(row)
        yield step
