"""Fills the usage log for tests: citizens, a kiosk, and events at chosen moments."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from citizen_app import clock
from citizen_app.citizens.models import CitizenRef
from citizen_app.citizens.registration import create_citizen
from citizen_app.ids import new_id
from citizen_app.kiosks.models import Kiosk, Placement
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.usage.recording import NewEvent, record


@dataclass(frozen=True)
class Person:
    """A citizen of the test."""

    id: str
    log_key: str

    def ref(self, service: str) -> str:
        """How a service knows the person."""
        return current_vault().citizen_ref(service, self.id)


@dataclass(frozen=True)
class Stand:
    """A kiosk and where it stands."""

    kiosk_id: str
    placement_id: str


def citizen(app: Flask, *services: str) -> Person:
    """A new account, known to those services."""
    with app.app_context(), transaction():
        made = create_citizen(f"+86139{secrets.randbelow(10**8):08d}")
        person = Person(made.id, made.log_key)
        for service in services:
            db.session.add(CitizenRef(service=service, citizen_ref=person.ref(service), citizen_id=made.id))
    return person


def stand(app: Flask, service: str = "bus", name: str = "12 路 3 号车", place: str = "人民广场") -> Stand:
    """A new kiosk."""
    with app.app_context(), transaction():
        kiosk_id, moment = new_id(), clock.now()
        placement = Placement(
            id=new_id(), kiosk_id=kiosk_id, place_zh=place, place_en="People's Square", since=moment
        )
        kiosk = Kiosk(
            id=kiosk_id,
            number=secrets.randbelow(2**31 - 1) + 1,
            name=name,
            service=service,
            purposes=["board"],
            context={},
            placement=placement,
            state="active",
            created_at=moment,
            created_by="test",
        )
        db.session.add(kiosk)
        return Stand(kiosk_id, placement.id)


def id_at(moment: datetime) -> str:
    """A UUIDv7 of that moment (RFC 9562 §5.7)."""
    milliseconds = int(moment.timestamp() * 1000)
    number = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=number))


def event(
    subject_key: str, arrived: datetime | None = None, late_by: timedelta = timedelta(), **other: Any
) -> NewEvent:
    """An event that arrived then, and occurred `late_by` earlier."""
    moment = arrived or clock.now()
    values: dict[str, Any] = {
        "id": new_id() if arrived is None else id_at(moment),
        "subject_key": subject_key,
        "service": "bus",
        "purpose": "board",
        "code_kind": "online",
        "decision": "allow",
        "reason": "ok",
        "detail_code": None,
        "kiosk_id": new_id(),
        "placement_id": new_id(),
        "disclosed": [],
        "late": bool(late_by),
        "continues": None,
        "occurred_at": moment - late_by,
        "received_at": moment,
    }
    return NewEvent(**{**values, **other})


def write(app: Flask, *events: NewEvent) -> None:
    """Record them in one transaction."""
    with app.app_context(), transaction():
        record(events)
