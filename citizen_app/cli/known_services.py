"""A service named on the command line: one that is installed, or that the log still speaks of; otherwise words with the nearest name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import click

from citizen_app.registry.words import known_services


def require_known(service: str | None) -> None:
    """Raises a usage error for a service of which nothing can be in the log; None stands for all of them. In a unit of work."""
    if service is None:
        return
    known = known_services()
    if service not in known:
        raise click.BadParameter(unknown(service, known), param_hint="--service")


def unknown(service: str, known: Iterable[str]) -> str:
    """What to say of a service that nobody knows."""
    there = sorted(known)
    near = get_close_matches(service, there, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    return f"no service {service!r}; {meant}there are: {', '.join(there) or 'none'}"
