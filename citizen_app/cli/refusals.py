"""Problems on the command line: the message names the option or argument where the API would give a JSON
Pointer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from citizen_app.wire.problems import InputError, Problem


@contextmanager
def told_on_the_command_line() -> Iterator[None]:
    """Turns a `Problem` into the words of the command line."""
    try:
        yield
    except Problem as problem:
        said = "; ".join(_said(fault) for fault in problem.errors)
        raise click.ClickException(said or problem.detail.en) from problem


def _said(fault: InputError) -> str:
    return f"{_typed(fault.pointer)}: {fault.say('en')}"


def _typed(pointer: str) -> str:
    """`/purposes/0` as `--purpose`, `/context/pier` as `--context pier`; a pointer without an option
    unchanged."""
    name, _, member = pointer.lstrip("/?").partition("/")
    for parameter in click.get_current_context().command.params:
        if parameter.name == name:
            typed = (
                parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
            )
            return typed if not member or member.isdigit() else f"{typed} {member}"
    return pointer
