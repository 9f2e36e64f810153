"""`flask partners …`: other systems that call a service with a key."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import click
from flask.cli import AppGroup

from citizen_app import clock
from citizen_app.cli.refusals import told_on_the_command_line
from citizen_app.partners import operations, queries
from citizen_app.partners.operations import KEEP_HOURS, NewKey
from citizen_app.partners.schemas import (
    MOST_KEEP_HOURS,
    MOST_PER_MINUTE,
    PER_MINUTE,
    NewPartnerSchema,
    PartnerSchema,
)
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem, errors_from_messages

partners = AppGroup("partners", help="Partners: other systems that call a service with a key.")


@partners.command("create")
@click.option("--service", required=True)
@click.option("--unit", required=True, help="The id of the hospital or branch that the key is for.")
@click.option("--name", required=True, help="What citizens read where their data was looked at.")
@click.option("--scope", "scopes", required=True, multiple=True, help="May be given several times.")
@click.option("--per-minute", type=click.IntRange(1, MOST_PER_MINUTE), default=PER_MINUTE, show_default=True)
@click.option("--days", type=click.IntRange(min=1, max=3650), help="How long it may call; without: no end.")
@click.option("--json", "as_json", is_flag=True)
def create(
    service: str,
    unit: str,
    name: str,
    scopes: tuple[str, ...],
    per_minute: int,
    days: int | None,
    as_json: bool,
) -> None:
    """Make a partner and print its key (once)."""
    asked = {"service": service, "unit": unit, "name": name, "scopes": list(scopes), "per_minute": per_minute}
    with told_on_the_command_line(), transaction():
        faults = NewPartnerSchema().validate(asked)
        if faults:
            raise Problem("invalid-input", errors=errors_from_messages(faults))
        until = clock.now() + timedelta(days=days) if days is not None else None
        made = operations.create(service, unit, name, scopes, per_minute, until)
        shown = _plain(made.partner)
    _print_key(shown, made, as_json)


@partners.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_partners(as_json: bool) -> None:
    """List all partners."""
    with transaction(reading=True):
        shown = [_plain(partner) for partner in queries.all_partners()]
    if as_json:
        click.echo(json.dumps({"partners": shown}, ensure_ascii=False))
        return
    for partner in shown:
        used = partner["last_used_on"] or "never used"
        does = f"{partner['service']}:{partner['unit']} {','.join(partner['scopes'])}"
        click.echo(f"{partner['state']:<8} {used:<10}  {does}  {partner['name']}  {partner['id']}")


@partners.command("rotate")
@click.argument("partner_id", metavar="ID")
@click.option(
    "--keep-hours",
    type=click.IntRange(0, MOST_KEEP_HOURS),
    default=KEEP_HOURS,
    show_default=True,
    help="How long the key before is accepted, too.",
)
@click.option("--json", "as_json", is_flag=True)
def rotate(partner_id: str, keep_hours: int, as_json: bool) -> None:
    """Print a new key (once); the one before ends later, the one before that now."""
    with told_on_the_command_line(), transaction():
        made = operations.rotate(partner_id, keep_hours)
        shown = _plain(made.partner)
    _print_key(shown, made, as_json)


@partners.command("revoke")
@click.argument("partner_id", metavar="ID")
def revoke(partner_id: str) -> None:
    """Shut a partner out for good."""
    with told_on_the_command_line(), transaction():
        name = operations.revoke(partner_id).name
    click.echo(f"{name} is revoked")


def _plain(partner: Any) -> dict[str, Any]:
    shown: dict[str, Any] = PartnerSchema().dump(partner)
    return shown


def _print_key(shown: dict[str, Any], made: NewKey, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"partner": shown, "key": made.key}, ensure_ascii=False))
        return
    click.echo(f"{shown['name']} {shown['id']}")
    click.echo(f"key, shown once: {made.key}")
    if shown["previous_until"] is not None:
        click.echo(f"the key before is accepted until {shown['previous_until']}")
