"""`flask workdays …`: holidays, worked weekends (调休) and what the city itself decided."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import record
from citizen_app.storage.transactions import transaction
from citizen_app.wire.json_text import write_json
from citizen_app.workdays.calendar import judged
from citizen_app.workdays.operations import decide, decisions, undo

DAY: Final = click.DateTime(formats=["%Y-%m-%d"])

workdays = AppGroup("workdays", help="Workdays: show a year's exceptions, decide about a day.")


@workdays.command("list")
@click.argument("year", type=click.IntRange(2000, 2100))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_days(year: int, as_json: bool) -> None:
    """Show the days of YEAR on which people work at a weekend, or do not during the week."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    with transaction(reading=True):
        reasons = {row.day: row.why for row in decisions(first, last)}
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        found = [
            {"day": day.isoformat(), "workday": works, "source": source, "why": reasons.get(day)}
            for day in days
            for works, source in [judged(day)]
            if works != (day.weekday() < 5) or day in reasons
        ]
    if as_json:
        click.echo(write_json(found))
        return
    for row in found:
        works = "workday" if row["workday"] else "day off"
        click.echo(f"{row['day']}  {works:8}  {row['source']:10}  {row['why'] or ''}".rstrip())


@workdays.command("set")
@click.argument("day", type=DAY)
@click.argument("kind", type=click.Choice(["work", "off"]))
@click.option("--why", required=True, help="The notice or decision, 80 characters at most.")
def set_day(day: datetime, kind: str, why: str) -> None:
    """Make DAY (2027-02-08) a workday or a day off."""
    if not 1 <= len(why.strip()) <= 80:
        raise click.BadParameter("1 to 80 characters", param_hint="--why")
    with transaction():
        decide(day.date(), kind == "work", why.strip())
        record("workdays.set", "day", day.date().isoformat(), kind=kind)
    click.echo(f"{day.date()}: {'workday' if kind == 'work' else 'day off'}")


@workdays.command("unset")
@click.argument("day", type=DAY)
def unset_day(day: datetime) -> None:
    """Leave DAY to the calendar again."""
    with transaction():
        if not undo(day.date()):
            raise click.ClickException(f"nothing was decided about {day.date()}")
        record("workdays.unset", "day", day.date().isoformat())
    click.echo(f"{day.date()}: as the calendar says")
