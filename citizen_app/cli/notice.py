"""`flask notice …`: the city's privacy notice."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import record
from citizen_app.consent.notice import notice_shown, publish
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text

LONGEST_SUMMARY: Final = 600
LONGEST_BODY: Final = 50_000
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)

notice = AppGroup("notice", help="The city's privacy notice: show, publish.")


@notice.command("show")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
def show(language: str) -> None:
    """Print the notice in force."""
    with transaction(reading=True):
        shown = notice_shown()
    words = shown.words
    click.echo(f"{shown.version}\n\n{words.summary.as_dict()[language]}\n\n{words.body.as_dict()[language]}")


@notice.command("publish")
@click.option("--zh", "chinese", type=FILE, required=True, help="The text in Chinese.")
@click.option("--en", "english", type=FILE, required=True, help="The text in English.")
def publish_notice(chinese: Path, english: Path) -> None:
    """Put another text in force, of two files in UTF-8.

    The first paragraph of a file is the few sentences shown at sign-in, what follows after an empty line the
    whole notice. Citizens are asked to accept it; what they have agreed to stays.
    """
    (summary_zh, body_zh), (summary_en, body_en) = _parts(chinese), _parts(english)
    with transaction():
        number = publish(Text(summary_zh, summary_en), Text(body_zh, body_en))
        record("notice.publish", "notice", str(number))
    click.echo(f"notice {number} is in force")


def _parts(path: Path) -> tuple[str, str]:
    try:
        text = path.read_text(encoding="utf-8").strip().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path}: not UTF-8") from error
    summary, _, body = text.partition("\n\n")
    if not summary.strip() or not body.strip():
        raise click.ClickException(f"{path}: a first paragraph, an empty line, then the whole notice")
    if len(summary) > LONGEST_SUMMARY or len(body) > LONGEST_BODY:
        raise click.ClickException(
            f"{path}: at most {LONGEST_SUMMARY} characters in the first paragraph, {LONGEST_BODY} after it"
        )
    return summary.strip(), body.strip()
