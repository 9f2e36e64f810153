"""Places as every scan needs them, in each worker's memory: rules, gates, the kiosks at them, and open
emergencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import CachedValue, table_of
from citizen_app.toolkit.time import city_zone, now

from .models import PassEmergency, PassGate, PassGateKiosk, PassPlace
from .operations.hours import Group, Hours
from .operations.policy import Policy

TOPIC: Final = "pass:places"
"""Moves whenever a place, a gate, a kiosk's gate or an emergency changes."""

GONE: Final = Text("已不存在", "No longer there")
STILL_TOLD: Final = timedelta(days=8)
"""How long after an emergency a gate that was offline may still tell of it."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency that has been opened; it holds from `opened_at` to `until`."""

    id: str
    opened_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """One place with its rules."""

    id: str
    kind: str
    name: Text
    closed: bool
    policy: Policy
    hours: Hours
    trail_days: int
    emergencies: tuple[Emergency, ...] = ()

    def emergency_at(self, moment: datetime) -> Emergency | None:
        """The emergency that holds at a moment."""
        return next((e for e in self.emergencies if e.opened_at <= moment < e.until), None)

    def open_to(self, group: Group, moment: datetime) -> bool:
        """Whether the place is open to a group at a moment."""
        return self.hours.open_at(moment.astimezone(city_zone()).replace(tzinfo=None), group)


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate in use."""

    id: str
    code: str
    name: Text
    direction: str
    place: Place


@dataclass(frozen=True, slots=True)
class Books:
    """All places by id, and the gate of each kiosk."""

    places: Mapping[str, Place]
    gates: Mapping[str, Gate]
    gate_of_kiosk: Mapping[str, Gate]


def rules_of(row: Any, emergencies: Iterable[Emergency] = ()) -> Place:
    """A row of `pass_places` as rules."""
    return Place(
        row.id,
        row.kind,
        Text(row.name_zh, row.name_en),
        row.closed,
        Policy.from_dict(row.policy, row.accompanied),
        Hours.from_dict(row.hours),
        row.trail_days,
        tuple(emergencies),
    )


def _load(connection: Connection) -> Books:
    emergencies: dict[str, list[Emergency]] = {}
    table = table_of(PassEmergency)
    for row in connection.execute(
        select(table).where(table.c.until > now() - STILL_TOLD).order_by(table.c.id)
    ):
        emergencies.setdefault(row.place_id, []).append(Emergency(row.id, row.opened_at, row.until))
    places = {
        row.id: rules_of(row, emergencies.get(row.id, ()))
        for row in connection.execute(select(table_of(PassPlace)))
    }
    gates = {
        row.id: Gate(row.id, row.code, Text(row.name_zh, row.name_en), row.direction, places[row.place_id])
        for row in connection.execute(select(table_of(PassGate)))
    }
    bound = connection.execute(
        select(PassGateKiosk.kiosk_id, PassGateKiosk.gate_id)
        .join(PassGate, PassGate.id == PassGateKiosk.gate_id)
        .where(PassGate.in_use)
    )
    return Books(places, gates, {row.kiosk_id: gates[row.gate_id] for row in bound})


_books: Final = CachedValue(TOPIC, _load)


def books() -> Books:
    """What all scans need, from memory."""
    return _books.get()


def open_emergency(place_id: str) -> Emergency | None:
    """The emergency that is open at a place now."""
    place = books().places.get(place_id)
    return place.emergency_at(now()) if place else None


def title_of_place(place_id: str) -> Text:
    """What a place is called."""
    found = books().places.get(place_id)
    return found.name if found else GONE


def title_of_gate(gate_id: str) -> Text:
    """What a gate is called."""
    found = books().gates.get(gate_id)
    return found.name if found else GONE
