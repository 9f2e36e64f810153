"""`flask claims …`: lists of claims, of any length."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from citizen_app.claims.importing import Taking, import_claims
from citizen_app.cli.identity import FILE, IGNORED, JSON, LANGUAGE
from citizen_app.process.progress import progress_bar
from citizen_app.sheets.limits import ON_THE_COMMAND_LINE, FileUnreadable
from citizen_app.sheets.report import told

claims = AppGroup("claims", help="What is true of citizens: students, residents, people with a disability.")


@claims.command("import")
@FILE
@click.option("--dry-run", is_flag=True, help="Only say what would become of it.")
@JSON
@LANGUAGE
def import_list(path: Path, dry_run: bool, as_json: bool, language: Any) -> None:
    """Take the claims on the list at PATH (CSV or XLSX).

    Columns: 证件号码, 姓名, 证件类型, 身份属性, 有效期起, 有效期止.
    """
    taking = Taking(dry_run=dry_run, limits=ON_THE_COMMAND_LINE)
    try:
        with path.open("rb") as stream, progress_bar("rows", None) as advance:
            report = import_claims(stream, path.name, taking, advance)
    except FileUnreadable as refused:
        raise click.ClickException(refused.words.say(language)) from refused
    said = report.say(language, dry_run=dry_run)
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else told(said, IGNORED, language))
