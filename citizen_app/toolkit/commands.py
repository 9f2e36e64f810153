"""A service's own command line: a click group as `COMMANDS` in `commands.py`, run as `flask --app wsgi <id>
…`.

What a command says to a person is a `Text`, in the language of `@LANGUAGE`; `raise failed(text, language)`
ends it with that sentence and exit status 1. What a program reads is JSON, with `@JSON`.

    COMMANDS = AppGroup("parlour", help="Visits and closed days.")

    @COMMANDS.command("closed-days")
    @JSON
    @LANGUAGE
    def closed_days(as_json: bool, language: Language) -> None: …
"""

from __future__ import annotations

from typing import Final

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import record as audit
from citizen_app.process.progress import progress_bar
from citizen_app.storage.transactions import transaction
from citizen_app.text import Language, Text

JSON: Final = click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
LANGUAGE: Final = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", help="Of what is said to people."
)


def failed(words: Text, language: Language, **facts: object) -> click.ClickException:
    """What ends a command with exit status 1; `facts` fill the sentence, which stands as it is without
    any."""
    return click.ClickException((words.fill(**facts) if facts else words).say(language))


__all__ = ["JSON", "LANGUAGE", "AppGroup", "Language", "audit", "failed", "progress_bar", "transaction"]
