"""Commands that need a migrated database say so in one sentence where there is none, and leave no files
behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import click
from flask.cli import with_appcontext
from marshmallow import ValidationError, fields
from sqlalchemy import inspect

from citizen_app.demo_secrets import FILE
from citizen_app.setting_fields import file_of, normalised_database_url
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.text import Text

NO_CITY: Final = Text(
    "这里没有城市数据（{place}）：CITIZEN_DATA_DIR 设对了吗？要新建一座，请先运行 flask --app wsgi db upgrade。",
    "No city here ({place}): is CITIZEN_DATA_DIR set? To begin one, run: flask --app wsgi db upgrade",
)
WITHOUT: Final = frozenset(
    {
        ("backup", "restore"),
        ("backup", "verify"),
        ("db", "upgrade"),
        ("flask", "doctor"),
        ("services", "check"),
        ("services", "new"),
    }
)
"""Commands, by group and name, that start a city, work on files only, or report themselves what is
missing."""
FLASKS_OWN: Final = frozenset({"routes", "shell", "--help", "--version"})
WITH_VALUE: Final = frozenset({"--app", "-A", "--env-file", "-e"})


def no_city_for(arguments: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """Asked before the application is made, which makes a data folder: a sentence in both languages, or
    None."""
    if not _needs_city(arguments):
        return None
    folder = Path(environ.get("CITIZEN_DATA_DIR") or "instance").expanduser().absolute()
    try:
        file = file_of(normalised_database_url(environ.get("CITIZEN_DATABASE_URL"), folder))
        is_demo = fields.Boolean().deserialize(environ.get("CITIZEN_DEMO", "0"))
    except ValidationError:  # the settings say what is wrong
        return None
    if file is not None and not file.exists():
        return _sentence(file)
    if is_demo and "CITIZEN_SECRET_KEYS" not in environ and not (folder / FILE).exists():
        return _sentence(folder)
    return None


def guard(command: click.Command, group: str = "flask") -> None:
    """Let a command, or every one of a group, ask first whether the database is one of ours."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            guard(inner, command.name or "")
        return
    asks = getattr(command.callback, "asks_for_city", False)
    if command.callback is not None and not asks and (group, command.name) not in WITHOUT:
        command.callback = _asking(command.callback)


def _asking(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def ask_first(*args: Any, **kwargs: Any) -> Any:
        if not _is_migrated():
            file = current_settings().database_file
            raise click.ClickException(_sentence(file or "CITIZEN_DATABASE_URL"))
        return callback(*args, **kwargs)

    ask_first.asks_for_city = True  # type: ignore[attr-defined]
    return with_appcontext(ask_first)


def _is_migrated() -> bool:
    file = current_settings().database_file
    if file is not None and not file.exists():
        return False
    with db.engine.connect() as connection:
        return inspect(connection).has_table("alembic_version")


def _sentence(place: object) -> str:
    return "\n".join(NO_CITY.fill(place=place).as_dict().values())


def _needs_city(arguments: Sequence[str]) -> bool:
    program, *given = arguments
    if "flask" not in (Path(program).name, Path(program).parent.name) or FLASKS_OWN.intersection(given):
        return False
    words = [
        word
        for before, word in pairwise(["", *given])
        if not word.startswith("-") and before not in WITH_VALUE
    ]
    return bool(words) and not WITHOUT.intersection({("flask", words[0]), tuple(words[:2])})
