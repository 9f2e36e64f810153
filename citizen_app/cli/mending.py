"""Commands that must work when the application cannot start: those that help to repair a broken module, and
`--help`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from flask import Flask

from citizen_app.cli.commands import COMMANDS


def only_explains(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for help and for nothing else."""
    return "--help" in arguments


def explaining_app() -> Flask:
    """An application that has the core's commands and can run none of them, where the settings make no
    other."""
    app = Flask("citizen_app")
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def mends_services(arguments: Sequence[str]) -> bool:
    """Whether a command line is `… services check …` or `… services new …`: they look at the modules
    themselves."""
    return any(first == "services" and second in ("check", "new") for first, second in pairwise(arguments))
