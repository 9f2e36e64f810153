"""`flask identity …`: the city's own register of names and numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import click
from flask.cli import AppGroup

from citizen_app.identity.importing import import_register
from citizen_app.process.progress import progress_bar
from citizen_app.sheets.limits import FileUnreadable
from citizen_app.sheets.report import Report, told
from citizen_app.text import Text

IGNORED: Final = Text("未采用的列：{columns}", "columns that name nothing: {columns}")
FILE: Final = click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
JSON: Final = click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
LANGUAGE: Final = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", help="Of what is said to people."
)

identity = AppGroup(
    "identity", help="The register that confirms real names (CITIZEN_IDENTITY_PROVIDER=local)."
)


@identity.command("import")
@FILE
@JSON
@LANGUAGE
def import_list(path: Path, as_json: bool, language: Any) -> None:
    """Take the people on the list at PATH (CSV or XLSX) into the register.

    Columns: 姓名, 证件号码, 证件类型, 出生日期.
    """
    _say(_imported(path, language, remove=False), as_json, language)


@identity.command("remove")
@FILE
@JSON
@LANGUAGE
def remove_list(path: Path, as_json: bool, language: Any) -> None:
    """Take the people on the list at PATH out of the register: they count as changed. Accounts stay as they
    are."""
    _say(_imported(path, language, remove=True), as_json, language)


def _imported(path: Path, language: Any, *, remove: bool) -> Report:
    try:
        with path.open("rb") as stream, progress_bar("people", None) as advance:
            return import_register(stream, path.name, remove=remove, progress=advance)
    except FileUnreadable as refused:
        raise click.ClickException(refused.words.say(language)) from refused


def _say(report: Report, as_json: bool, language: Any) -> None:
    said = report.say(language, dry_run=False)
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else told(said, IGNORED, language))
