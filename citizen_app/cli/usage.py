"""`flask usage`: the usage log as a file, its counts, and the rollup run now."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import record
from citizen_app.cli.known_services import require_known
from citizen_app.process.progress import progress_bar
from citizen_app.storage.transactions import transaction
from citizen_app.text import Language, counted
from citizen_app.usage.export import FORMATS, Format, Line, Selection, chunks, csv_bytes, write_xlsx
from citizen_app.usage.recounting import recount
from citizen_app.usage.retention import TooSoon, purge
from citizen_app.usage.statistics import (
    DIMENSIONS,
    Count,
    Dimension,
    events_between,
    roll_up,
    statistics,
    today,
)

usage = AppGroup("usage", help="The usage log: files, counts, rollup.")

DAY = click.DateTime(formats=["%Y-%m-%d"])


@usage.command("export")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="csv", show_default=True)
@click.option("--from", "first", type=DAY, required=True, help="First day, included.")
@click.option("--to", "last", type=DAY, required=True, help="Last day, included.")
@click.option("--service", help="Only this service.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True)
def export_command(
    kind: str, first: datetime, last: datetime, service: str | None, language: str, out: Path
) -> None:
    """Write the events of a period to a file, without anything that names a citizen."""
    if last < first:
        raise click.BadParameter("lies before --from", param_hint="--to")
    selection = Selection(first.date(), last.date(), frozenset({service}) if service is not None else None)
    with transaction():
        require_known(service)
        total = events_between(selection.first_day, selection.last_day, selection.services)
        record(
            "usage.export",
            "service",
            service,
            format=kind,
            first_day=str(selection.first_day),
            last_day=str(selection.last_day),
            events=total,
        )
    spoken = cast(Language, language)
    unfinished = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        written = _write(unfinished, cast(Format, kind), selection, spoken, total)
        unfinished.replace(out)  # nobody ever finds half a file
    finally:
        unfinished.unlink(missing_ok=True)
    click.echo(f"{written} events: {out}", err=True)


@usage.command("statistics")
@click.option("--from", "first", type=DAY, help="First day, included; 30 days before the last if left out.")
@click.option("--to", "last", type=DAY, help="Last day, included; today if left out.")
@click.option("--service", help="Only this service.")
@click.option(
    "--group",
    multiple=True,
    type=click.Choice(DIMENSIONS),
    default=("service", "decision"),
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def statistics_command(
    first: datetime | None,
    last: datetime | None,
    service: str | None,
    group: tuple[Dimension, ...],
    as_json: bool,
) -> None:
    """Count the events of a period."""
    last_day = last.date() if last is not None else today()
    first_day = first.date() if first is not None else last_day - timedelta(days=29)
    if last_day < first_day:
        raise click.BadParameter("lies before --from", param_hint="--to")
    with transaction(reading=True):
        require_known(service)
        counts = statistics(
            first_day=first_day,
            last_day=last_day,
            services=frozenset({service}) if service is not None else None,
            group=group,
        )
    if as_json:
        answer = {
            "from": str(first_day),
            "to": str(last_day),
            "items": [_described(count, group) for count in counts],
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for count in counts:
        click.echo(
            "  ".join(
                [
                    f"{count.events:>10}",
                    *(str(value) for value in list(_described(count, group).values())[1:]),
                ]
            )
        )


@usage.command("rollup")
def rollup_command() -> None:
    """Bring the daily counts up to date now, without waiting for the jobs."""
    click.echo(f"{counted(roll_up(), 'event')} counted")


@usage.command("recount")
@click.option(
    "--from", "first", type=DAY, help="First day, included; the first that the log covers if left out."
)
@click.option("--repair", is_flag=True, help="Write what the log says into the daily counts.")
def recount_command(first: datetime | None, repair: bool) -> None:
    """Count the log anew against the daily counts; exits with 1 when they differ and were not mended."""
    found = list(recount(first.date() if first is not None else None, repair=repair))
    for difference in found:
        click.echo(f"{difference.day}  counted {difference.counted}  in the log {difference.in_log}")
    if repair and found:
        with transaction():
            record("usage.recount", "service", None, days=len(found))
    click.echo(
        "the counts are right"
        if not found
        else f"{counted(len(found), 'day')} {'mended' if repair else 'not as counted'}"
    )
    if found and not repair:
        raise SystemExit(1)


@usage.command("purge")
@click.option(
    "--days", type=click.IntRange(min=1), help="Keep so many days; the setting if left out, never below 184."
)
def purge_command(days: int | None) -> None:
    """Remove events past their retention now, without waiting for the jobs. Daily counts stay."""
    try:
        click.echo(f"{purge(days)} events removed")
    except TooSoon as refused:
        raise click.BadParameter(str(refused), param_hint="--days") from refused


def _write(path: Path, kind: Format, selection: Selection, language: Language, total: int) -> int:
    written = 0
    with progress_bar("events", total) as advance:

        def counted(read: Iterable[list[Line]]) -> Iterator[list[Line]]:
            nonlocal written
            for chunk in read:
                yield chunk
                written += len(chunk)
                advance(len(chunk))

        lines = counted(chunks(selection, language))
        if kind == "xlsx":
            write_xlsx(path, lines, language)
        else:
            with path.open("wb") as file:
                file.writelines(csv_bytes(lines, language))
    return written


def _described(count: Count, group: tuple[Dimension, ...]) -> dict[str, Any]:
    values = {name: getattr(count, name) for name in DIMENSIONS if name in group}
    return {"events": count.events, **{name: str(value) for name, value in values.items()}}
