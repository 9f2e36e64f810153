"""A request is one unit of work (`CitizenFlask.dispatch_request`), unless its route opens its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def opens_its_own_units(view: View) -> View:
    """Mark a route that opens its own units of work: it parses a file before it writes (`file_argument` sets
    the mark itself), or commits before it answers, as in a group commit. The caller is authenticated before
    that, in a separate unit of work or from memory."""
    view.opens_its_own_units = True  # type: ignore[attr-defined]
    return view


def has_its_own_units(view: Callable[..., Any]) -> bool:
    """Whether the route opens its own units of work."""
    return getattr(view, "opens_its_own_units", False)
