"""The interface between the demo city and a service's `seed`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from citizen_app.text import Text


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A citizen of the demo city, as a list of residents would name them: the phone in E.164. None of them
    exists."""

    phone: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoCity:
    """What a seed is told of the demo city. Its citizens always stand in the same order."""

    citizens: tuple[DemoPerson, ...]


@dataclass(frozen=True, slots=True)
class SeedKiosk:
    """A kiosk of the service in the demo city; `context` is an example that works now.

    `enrolled` is told the kiosk's id at every load, for a service that keeps rules about its kiosks.
    """

    name: str
    purposes: tuple[str, ...]
    place: Text
    context: Mapping[str, Any] = field(default_factory=dict)
    enrolled: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """What a module's `seed(demo)` answers after it has stored its demo data (once: it is called again at
    every load)."""

    kiosks: tuple[SeedKiosk, ...] = ()
