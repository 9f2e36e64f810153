"""The interface between the demo city and a service's `seed`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from citizen_app.text import Text


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A citizen of the demo city, as a list of residents would name them: the phone in E.164. None of them
    exists. `ref` is the service's own reference of whoever has an account, as if it had met them."""

    phone: str
    name: str
    ref: str | None = None


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
class SeedPoster:
    """A poster of the service in the demo city, for a purpose that accepts place codes or for a public page
    (its path below the service's pages), which needs a `title`.

    `hung` is told the id of its virtual kiosk at every load.
    """

    name: str
    place: Text
    purpose: str | None = None
    page: str | None = None
    title: Text | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    hung: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class SeedCharge:
    """Something that a demo citizen has paid the service, so long ago (`refunded` of it came back), in 分.
    Stored once under its key."""

    person: DemoPerson
    amount: int
    key: str
    ago: timedelta
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class Seed:
    """What a module's `seed(demo)` answers after it has stored its demo data (once: it is called again at
    every load)."""

    kiosks: tuple[SeedKiosk, ...] = ()
    posters: tuple[SeedPoster, ...] = ()
    charges: tuple[SeedCharge, ...] = ()
