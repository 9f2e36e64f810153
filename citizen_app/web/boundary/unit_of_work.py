"""A request is one unit of work (`CitizenFlask.dispatch_request`), unless its route opens its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def opens_its_own_units(view: View) -> View:
    """For a route that reads a file first and then writes (`file_argument` says so itself), or commits before it answers, with
    others' requests perhaps. Who calls is told before, in a unit of work of its own or from memory."""
    view.opens_its_own_units = True  # type: ignore[attr-defined]
    return view


def has_its_own_units(view: Callable[..., Any]) -> bool:
    """Whether the route opens its own units of work."""
    return getattr(view, "opens_its_own_units", False)
