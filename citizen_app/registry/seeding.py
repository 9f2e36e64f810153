"""What a service brings to the demo city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from citizen_app.text import Text


@dataclass(frozen=True, slots=True)
class SeedKiosk:
    """A kiosk of the service in the demo city; `context` is an example that works now."""

    name: str
    purposes: tuple[str, ...]
    place: Text
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seed:
    """What a module's `seed()` answers after it has stored its demo data (once: it is called again at every load)."""

    kiosks: tuple[SeedKiosk, ...] = ()
