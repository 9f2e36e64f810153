"""`flask place-codes …`: posters that citizens' phones read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from citizen_app.cli.kiosks import json_object, purposes_of
from citizen_app.cli.refusals import told_on_the_command_line
from citizen_app.kiosks import places, posters
from citizen_app.kiosks.drawing import draw_poster
from citizen_app.kiosks.models import PlaceCode
from citizen_app.kiosks.place_schemas import PlaceCodeSchema
from citizen_app.kiosks.poster_pdf import poster_pdf
from citizen_app.registry.public_pages import is_public_page
from citizen_app.settings import current_settings
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text

place_codes = AppGroup("place-codes", help="Place codes: posters that citizens' phones read.")
SVG_FILE = click.option(
    "--svg", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write the poster here."
)

PDF_FILE = click.option(
    "--pdf", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write it as a PDF here."
)


@place_codes.command("create")
@click.option("--service", required=True)
@click.option("--purpose", help="A purpose that accepts place codes; either this or --page.")
@click.option("--page", help="A public page of the service, such as stops/1001.")
@click.option("--name", required=True)
@click.option("--place-zh", required=True)
@click.option("--place-en", required=True)
@click.option("--title-zh", help="What the poster says; by default what the purpose is called.")
@click.option("--title-en")
@click.option("--context", default="{}", help="What a scan begins with, as a JSON object.")
@SVG_FILE
@PDF_FILE
@click.option("--json", "as_json", is_flag=True)
def create(
    service: str,
    purpose: str | None,
    page: str | None,
    name: str,
    place_zh: str,
    place_en: str,
    title_zh: str | None,
    title_en: str | None,
    context: str,
    svg: Path | None,
    pdf: Path | None,
    as_json: bool,
) -> None:
    """Create a place and print its first poster."""
    if bool(title_zh) != bool(title_en):
        raise click.UsageError("give --title-zh and --title-en together")
    begins_with = json_object(context)
    with told_on_the_command_line(), transaction():
        made = posters.create(
            name=name,
            service=service,
            purpose=purpose,
            page=page,
            title=Text(title_zh, title_en) if title_zh and title_en else None,
            place=Text(place_zh, place_en),
            context=begins_with,
            purposes_of=purposes_of,
            is_public_page=is_public_page,
        )
        shown, files = _plain(made), _drawn(made, svg, pdf)
    _tell(shown, files, as_json)


@place_codes.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_place_codes(as_json: bool) -> None:
    """List the posters that hang."""
    with transaction(reading=True):
        shown = [_plain(one) for one in places.hanging_posters()]
    if as_json:
        click.echo(json.dumps({"place_codes": shown}, ensure_ascii=False))
        return
    for one in shown:
        does = f"{one['service']}:{one['purpose'] or one['page']}"
        click.echo(f"{one['number']:>5}  {does}  {one['name']}  {one['id']}  {one['poster']}")


@place_codes.command("print")
@click.argument("place_id", metavar="ID")
@SVG_FILE
@PDF_FILE
@click.option("--json", "as_json", is_flag=True)
def print_anew(place_id: str, svg: Path | None, pdf: Path | None, as_json: bool) -> None:
    """Print the poster of a place anew; the one that hangs is void."""
    with told_on_the_command_line(), transaction():
        made = posters.print_anew(place_id)
        shown, files = _plain(made), _drawn(made, svg, pdf)
    _tell(shown, files, as_json)


@place_codes.command("void")
@click.argument("place_id", metavar="ID")
def void(place_id: str) -> None:
    """Take a poster out of use."""
    with told_on_the_command_line(), transaction():
        number = posters.void(place_id).kiosk.number
    click.echo(f"the poster of place {number} is void")


def _plain(code: PlaceCode) -> dict[str, Any]:
    told: dict[str, Any] = PlaceCodeSchema().dump(code)
    return told


def _drawn(code: PlaceCode, svg: Path | None, pdf: Path | None) -> dict[Path, bytes]:
    """What is to be written where, once the print is stored."""
    sheet = (code, places.address_of(code.token), current_settings().city)
    files = {} if svg is None else {svg: draw_poster(*sheet)}
    return files if pdf is None else {**files, pdf: poster_pdf(*sheet)}


def _tell(shown: dict[str, Any], files: dict[Path, bytes], as_json: bool) -> None:
    for file, content in files.items():
        file.write_bytes(content)
    if as_json:
        click.echo(json.dumps({"place_code": shown}, ensure_ascii=False))
        return
    click.echo(f"place {shown['number']} {shown['id']}")
    click.echo(f"the code says {shown['address']}")
    click.echo(f"print it from {shown['poster']}" + "".join(f", or from {file}" for file in files))
