"""`flask demo`: a demo city to try everything on."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from citizen_app.demo import city
from citizen_app.settings import current_settings
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem

demo = AppGroup("demo", help="The demo city: synthetic people, kiosks and staff.")


@demo.command("load")
@click.argument("services", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print everything, with fresh kiosk tokens, as JSON.")
def load(services: tuple[str, ...], as_json: bool) -> None:
    """Load the demo city, with the data of SERVICES or of all; what is there already stays."""
    try:
        with transaction():
            loaded = city.load(services, fresh_tokens=as_json)
    except Problem as problem:
        raise click.ClickException(problem.detail.en) from problem
    if as_json:
        click.echo(json.dumps(loaded, ensure_ascii=False))
        return
    address = f"http://{current_settings().bind}"
    click.echo(
        f"\n  市民码 Citizen's code   {address}/code\n  扫码设备 Kiosk          {address}/kiosk\n  接口文档 API            {address}/api/docs\n"
    )
    click.echo("  市民 Citizens (OTP 000000)")
    for citizen in loaded["citizens"]:
        click.echo(
            f"    {citizen['phone']}  {citizen['masked_name']}  {citizen['note']['zh']} {citizen['note']['en']}"
        )
    click.echo("  设备 Kiosks (choose one on the kiosk page)")
    for kiosk in loaded["kiosks"]:
        click.echo(f"    {kiosk['name']}  {kiosk['place']['zh']} {kiosk['place']['en']}")
    click.echo("  海报 Posters (a phone's camera reads them; here open the address)")
    for poster in loaded["place_codes"]:
        click.echo(f"    {poster['poster']}  {poster['place']['zh']} {poster['place']['en']}")
    click.echo("  工作人员 Staff (password, TOTP secret)")
    for person in loaded["staff"]:
        click.echo(
            f"    {person['username']:<15} {person['password']:<26} {person['totp_secret']}  {person['role']}"
        )
    click.echo()
