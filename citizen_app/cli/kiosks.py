"""`flask kiosks …`: enrol and revoke kiosks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
from flask.cli import AppGroup

from citizen_app import clock
from citizen_app.cli.refusals import told_on_the_command_line
from citizen_app.kiosks import operations, pins, queries
from citizen_app.kiosks.activation import LIFETIME, LINK_LIFETIME
from citizen_app.kiosks.activation_links import activation_link, link_for_terminal
from citizen_app.kiosks.models import Kiosk
from citizen_app.registry.contract import Purpose
from citizen_app.registry.modules import current_registry
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text

kiosks = AppGroup("kiosks", help="Kiosks: the devices that read codes.")


@kiosks.command("create")
@click.option("--service", required=True)
@click.option("--purpose", "purposes", required=True, multiple=True, help="May be given several times.")
@click.option("--name", required=True)
@click.option("--place-zh", required=True)
@click.option("--place-en", required=True)
@click.option("--context", default="{}", help="Defaults that the kiosk fills in, as a JSON object.")
@click.option("--qr", is_flag=True, help="A link to read with the device's camera, good for 10 minutes.")
@click.option("--json", "as_json", is_flag=True)
def create(
    service: str,
    purposes: tuple[str, ...],
    name: str,
    place_zh: str,
    place_en: str,
    context: str,
    qr: bool,
    as_json: bool,
) -> None:
    """Create a kiosk and print its activation code (once; good for 24 hours)."""
    defaults = json_object(context)
    with told_on_the_command_line(), transaction():
        kiosk, code = operations.create(
            name=name,
            service=service,
            purposes=purposes,
            place=Text(place_zh, place_en),
            context=defaults,
            purposes_of=purposes_of,
        )
        if qr:
            kiosk, code = operations.new_activation_code(kiosk.id, LINK_LIFETIME)
        shown = _plain(kiosk)
    _print_code(shown, code, as_json, qr=qr)


@kiosks.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_kiosks(as_json: bool) -> None:
    """List all kiosks."""
    with transaction(reading=True):
        shown = [_plain(kiosk) for kiosk in queries.all_kiosks()]
    if as_json:
        click.echo(json.dumps({"kiosks": shown}, ensure_ascii=False))
        return
    for kiosk in shown:
        purposes = ",".join(kiosk["purposes"])
        does = f"{kiosk['service']}:{purposes}"
        click.echo(f"{kiosk['number']:>5}  {kiosk['state']:<8} {does}  {kiosk['name']}  {kiosk['id']}")


@kiosks.command("revoke")
@click.argument("kiosk_id", metavar="ID")
def revoke(kiosk_id: str) -> None:
    """Shut a kiosk out for good."""
    with told_on_the_command_line(), transaction():
        number = operations.revoke(kiosk_id).number
    click.echo(f"kiosk {number} is revoked")


@kiosks.command("activation")
@click.argument("kiosk_id", metavar="ID")
@click.option("--qr", is_flag=True, help="A link to read with the device's camera, good for 10 minutes.")
@click.option("--json", "as_json", is_flag=True)
def activation(kiosk_id: str, qr: bool, as_json: bool) -> None:
    """Print a new activation code; the one before is void."""
    with told_on_the_command_line(), transaction():
        kiosk, code = operations.new_activation_code(kiosk_id, LINK_LIFETIME if qr else LIFETIME)
        shown = _plain(kiosk)
    _print_code(shown, code, as_json, qr=qr)


@kiosks.command("pin")
@click.argument("kiosk_id", metavar="ID")
@click.option("--pin", help="Six to eight digits; without it a random one is made.")
@click.option("--json", "as_json", is_flag=True)
def pin(kiosk_id: str, pin: str | None, as_json: bool) -> None:
    """Set the PIN that opens settings and lists on the kiosk's page, and unlock it."""
    with told_on_the_command_line(), transaction():
        chosen = pins.set_pin(kiosk_id, pin)
    click.echo(json.dumps({"pin": chosen}) if as_json else f"PIN: {chosen}")


def purposes_of(service: str) -> Sequence[Purpose] | None:
    """The purposes of an installed service."""
    module = current_registry().get(service)
    return None if module is None else module.descriptor.purposes


def json_object(text: str) -> dict[str, Any]:
    """What `--context` says. Raises `click.BadParameter` for anything but a JSON object."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise click.BadParameter("not JSON", param_hint="--context") from error
    if not isinstance(value, dict):
        raise click.BadParameter('a JSON object, for example {"line": "1"}', param_hint="--context")
    return value


def _plain(kiosk: Kiosk) -> dict[str, Any]:
    return {
        "id": kiosk.id,
        "number": kiosk.number,
        "name": kiosk.name,
        "service": kiosk.service,
        "purposes": kiosk.purposes,
        "place": kiosk.placement.place.as_dict(),
        "context": kiosk.context,
        "state": kiosk.state,
        "last_seen_at": clock.rfc3339(kiosk.last_seen_at) if kiosk.last_seen_at else None,
        "activation_expires_at": clock.rfc3339(kiosk.activation_expires_at)
        if kiosk.activation_expires_at
        else None,
    }


def _print_code(kiosk: dict[str, Any], code: str, as_json: bool, *, qr: bool) -> None:
    link = {"activation_link": activation_link(code)} if qr else {}
    if as_json:
        click.echo(json.dumps({"kiosk": kiosk, "activation_code": code, **link}, ensure_ascii=False))
    elif qr:
        click.echo(f"kiosk {kiosk['number']} {kiosk['id']}")
        click.echo(link_for_terminal(link["activation_link"]), nl=False)
        click.echo(f"{link['activation_link']} (once, until {kiosk['activation_expires_at']})")
    else:
        click.echo(f"kiosk {kiosk['number']} {kiosk['id']}")
        click.echo(f"activation code: {code} (once, until {kiosk['activation_expires_at']})")
