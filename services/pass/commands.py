"""`flask --app wsgi pass …`: places and lists of people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click
from sqlalchemy import select

from citizen_app.toolkit.commands import JSON, LANGUAGE, AppGroup, Language, failed, progress_bar, transaction
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.files import FileUnreadable, told

from .models import PassPlace
from .operations.importing import Target, import_long_list
from .schemas.places import PassPlaceSchema

COMMANDS: Final = AppGroup("pass", help="The pass service: places and lists of people.")

IGNORED: Final = Text(
    "没有认出的列，内容未导入：{columns}", "columns that are not known, not taken: {columns}"
)
UNKNOWN: Final = Text(
    "没有场所 {place}；用 flask --app wsgi pass places 查看。",
    "There is no place {place}; see flask --app wsgi pass places.",
)
NO_LIST: Final = Text("名单文件须以 .csv 或 .xlsx 结尾。", "The list must be a .csv or .xlsx file.")


@COMMANDS.command("places")
@JSON
def list_places(as_json: bool) -> None:
    """List the places."""
    with transaction(reading=True):
        rows = session().scalars(select(PassPlace).order_by(PassPlace.id)).all()
        found = PassPlaceSchema().dump(rows, many=True)
    if as_json:
        click.echo(json.dumps({"places": found}, ensure_ascii=False))
        return
    for place in found:
        click.echo(f"{place['id']}  {place['kind']:<12} {place['name']['zh']} {place['name']['en']}")


@COMMANDS.command("import-people")
@click.argument("place_id")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would become of it.")
@JSON
@LANGUAGE
def import_list(place_id: str, path: Path, dry_run: bool, as_json: bool, language: Language) -> None:
    """Take the list at PATH (CSV or XLSX) into the place PLACE_ID; exit status 1 when rows were rejected."""
    with transaction(reading=True):
        place = session().get(PassPlace, place_id) if len(place_id) in (32, 36) else None
    if place is None:
        raise click.UsageError(UNKNOWN.fill(place=place_id).say(language))
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise click.UsageError(NO_LIST.say(language))
    try:
        with path.open("rb") as stream, progress_bar("导入 Importing") as bar:
            done = import_long_list(Target(place.id, place.kind, dry_run), stream, path.name, bar)
    except FileUnreadable as refused:
        raise failed(refused.words, language) from refused
    said = done.say(language, dry_run=dry_run)
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else told(said, IGNORED, language))
    if done.counts["rejected"]:
        raise SystemExit(1)
