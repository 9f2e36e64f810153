"""Capabilities: what one service does for others, without either knowing the other.

A capability has a name with a version (`journeys/1`) and the shapes of what is asked and answered. Whoever
offers another shape gives it another version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema

from citizen_app.registry.behaviour import CitizenView
from citizen_app.registry.modules import InstalledModule
from citizen_app.registry.state import enabled_modules

CAPABILITY: Final = re.compile(r"^[a-z][a-z0-9_]{1,39}/[1-9][0-9]?$")


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing that a service does for others: `run(asked, citizen)` takes what the schema `asks` loads, and
    gives what `answers` dumps, or None for no answer now.

    `citizen` is None where it is not about one. It only reads."""

    name: str
    asks: type[Schema]
    answers: type[Schema]
    run: Callable[[Mapping[str, Any], CitizenView | None], Any]


def capabilities_of(module: InstalledModule) -> Sequence[Capability]:
    """What a module does for others: `CAPABILITIES` in its `hooks.py`."""
    found: Sequence[Capability] = getattr(module.hooks, "CAPABILITIES", ())
    return found


def provider_of(name: str) -> tuple[InstalledModule, Capability] | None:
    """The enabled service that provides a capability, the first by its id where several do; None where none
    does."""
    for module in sorted(enabled_modules(), key=lambda one: one.id):
        for capability in capabilities_of(module):
            if capability.name == name:
                return module, capability
    return None
