"""`flask keys`: the keys that sign codes and bundles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import record
from citizen_app.cli.identity import JSON, LANGUAGE
from citizen_app.cli.task_bars import command_progress
from citizen_app.codes import keys as ring
from citizen_app.codes.cose import Algorithm
from citizen_app.resealing import tasks as reseal_task
from citizen_app.storage.transactions import transaction
from citizen_app.text import Language

keys = AppGroup("keys", help="Issuer keys: list, rotate, disable. Field keys: seal anew.")


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def list_keys(as_json: bool) -> None:
    """Show every key with its state and the day by which it is to be rotated."""
    found = ring.describe()
    if as_json:
        click.echo(json.dumps({"keys": found}))
        return
    for key in found:
        click.echo(
            f"{key['kid']}  {key['use']:<8} {key['algorithm']:<6} {key['state']:<9} from {key['activate_at']}  rotate by {key['rotate_by']}"
        )


@keys.command("rotate")
@click.option("--use", type=click.Choice(["codes", "bundles"]), default="codes", show_default=True)
@click.option(
    "--algorithm",
    type=click.Choice([a.name for a in Algorithm]),
    default=Algorithm.EDDSA.name,
    show_default=True,
)
@click.option(
    "--lead-seconds",
    type=click.IntRange(10, 7 * 86400),
    default=int(ring.LEAD.total_seconds()),
    show_default=True,
    help="Time before the new key signs. Kiosks that work offline need their longest bundle age, for example 86400.",
)
def rotate(use: ring.KeyUse, algorithm: str, lead_seconds: int) -> None:
    """Make a new key that signs after the lead. Codes of older keys stay valid, so none is refused."""
    with _in_words(), transaction():
        kid = ring.rotate(use, lead=ring.seconds(lead_seconds), algorithm=Algorithm[algorithm])
        record("key.rotate", "signing_key", kid, use=use)
    click.echo(f"key {kid} signs {use} in {lead_seconds} s")


@keys.command("disable")
@click.argument("kid")
@click.option("--yes", is_flag=True, help="Do not ask.")
def disable(kid: str, yes: bool) -> None:
    """Emergency: disable KID immediately. Every code it signed is refused."""
    with _in_words(), transaction(reading=True):
        ring.require_known(kid)
    if not yes:
        click.confirm(f"Refuse every code signed by {kid} from now on?", abort=True)
    with _in_words(), transaction():
        made = ring.disable(kid)
        record("key.disable", "signing_key", kid)
    click.echo(f"key {kid} is disabled" + (f"; {made} signs from now on" if made else ""))


@keys.command("reseal")
@JSON
@LANGUAGE
def reseal(as_json: bool, language: Language) -> None:
    """Seal everything anew with the newest of CITIZEN_FIELD_KEYS: then the older ones can leave.

    Beside a running server, once every process of it knows the new key. Interrupted, it goes on when it is
    run again.
    """
    with command_progress(language) as progress:
        report = reseal_task.run(progress, None, {})
    said = report.said.say(language)
    click.echo(
        json.dumps({"said": said, **report.details[language]}, ensure_ascii=False) if as_json else said
    )


@contextmanager
def _in_words() -> Iterator[None]:
    """An unknown kid or a full ring as a sentence instead of a traceback."""
    try:
        yield
    except LookupError as error:
        raise click.ClickException(str(error)) from error
