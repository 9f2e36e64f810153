"""Service arguments of commands: an installed service, or one that is still in the log; otherwise an error
with the nearest name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import click

from citizen_app.registry.words import known_services


def require_known(service: str | None) -> None:
    """Raises a usage error for a service that cannot be in the log; None means all services. Needs a unit of
    work."""
    if service is None:
        return
    known = known_services()
    if service not in known:
        raise click.BadParameter(unknown(service, known), param_hint="--service")


def unknown(service: str, known: Iterable[str]) -> str:
    """The message for an unknown service."""
    there = sorted(known)
    near = get_close_matches(service, there, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    return f"no service {service!r}; {meant}there are: {', '.join(there) or 'none'}"
