"""`flask jobs dead-letters`: messages that were given up, and sending them again."""

from __future__ import annotations

import json
from uuid import UUID

import click

from citizen_app.audit.operations import record
from citizen_app.clock import rfc3339
from citizen_app.jobs.dead_letters import dead_letters, send_again
from citizen_app.storage.transactions import transaction
from citizen_app.text import counted


@click.command("dead-letters")
@click.option(
    "--retry", "ids", multiple=True, type=click.UUID, metavar="ID", help="Have this one sent again."
)
@click.option("--retry-all", is_flag=True, help="Have all sent again that can be.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100))
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def dead_letters_command(ids: tuple[UUID, ...], retry_all: bool, limit: int, as_json: bool) -> None:
    """List messages that were given up, newest first, or have them sent again.

    What a message says is not shown. One that was meant for minutes (an OTP) is erased and stays here.
    """
    wanted = [str(one) for one in ids]
    if wanted or retry_all:
        with transaction():
            again = send_again(None if retry_all else wanted)
            record("jobs.send_again", "outbox", None, messages=again)
        click.echo(f"{counted(len(again), 'message')} to be sent again")
        raise SystemExit(0 if retry_all or set(again) == set(wanted) else 1)
    with transaction(reading=True):
        rows = [
            {
                "id": one.id,
                "kind": one.kind,
                "created_at": rfc3339(one.created_at),
                "last_error": one.last_error,
                "erased": one.payload_sealed is None,
            }
            for one in dead_letters(limit).items
        ]
    if as_json:
        click.echo(json.dumps({"items": rows}, ensure_ascii=False))
        return
    for row in rows:
        erased = "  erased" if row["erased"] else ""
        click.echo(f"{row['id']}  {row['kind']:<18} {row['created_at']}  {row['last_error'] or '–'}{erased}")
    click.echo(counted(len(rows), "message"))
