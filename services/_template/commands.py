"""`flask --app wsgi parlour …`: for whoever runs the servers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import click

from citizen_app.toolkit.commands import AppGroup, audit, transaction
from citizen_app.toolkit.time import now
from services._template import operations

COMMANDS: Final = AppGroup("parlour", help="Neighbourhood parlour: closed days.")


@COMMANDS.command("close")
@click.argument("day", type=click.DateTime(formats=["%Y-%m-%d"]))
def close(day: datetime) -> None:
    """Keep the room closed on DAY (2026-12-31)."""
    with transaction():
        operations.close_on(day.date())
        operations.call_off(day.date(), now())
        audit("parlour.close", "parlour_day", day.date().isoformat())
    click.echo(f"closed on {day.date()}")
