"""What the facade's codes and identifiers are called, and what our states are in those of FHIR."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.fhir import HL7, Json, concept
from services.hospital.manifest import ALL_CHANNELS, KINDS
from services.hospital.snapshot import One, structure

OURS: Final = "urn:citizen-app:hospital"
KIND: Final = f"{OURS}:kind"
CHANNEL: Final = f"{OURS}:channel"
PLACES_LEFT: Final = f"{OURS}:places-left"
"""Extension of a Slot: how many numbers it has left."""
HELD_UNTIL: Final = f"{OURS}:held-until"
"""Extension of a pending Appointment: when the hold ends."""
PROFILES: Final = "https://profiles.ihe.net/ITI/Scheduling"
VISITS: Final = {"app": "ROUTINE", "window": "WALKIN", "follow_up": "FOLLOWUP"}
"""Channels in the codes of HL7 v2 table 0276, where it has one."""

STATUS: Final = {
    "held": "pending",
    "booked": "booked",
    "checked_in": "arrived",
    "called": "checked-in",
    "fulfilled": "fulfilled",
    "cancelled": "cancelled",
    "lapsed": "cancelled",
    "moved": "cancelled",
    "no_show": "noshow",
    "stopped": "cancelled",
}
"""Appointment.status of each state of a booking."""
CANCELLED: Final = {
    "cancelled": ("pat", Text("退号", "Given up")),
    "lapsed": ("other", Text("未按时确认", "Not confirmed in time")),
    "moved": ("pat", Text("已改期", "Moved to another time")),
    "stopped": ("prov", Text("停诊", "Clinic cancelled")),
}
"""Why, in the codes of appointment-cancellation-reason."""


def system(what: str, hospital: One) -> str:
    """The system of what one hospital numbers itself: its departments, doctors, records, bookings."""
    return f"{OURS}:{what}:{quote(hospital.code, safe='')}"


def kind_of(session: Any) -> Json:
    """普通, 专家 or 特需."""
    return concept(KIND, session.kind, KINDS[session.kind])


def channel_of(channel: str) -> Json:
    """Who sells a number."""
    found = concept(CHANNEL, channel, ALL_CHANNELS[channel])
    if channel in VISITS:
        found["coding"].append({"system": f"{HL7}/v2-0276", "code": VISITS[channel]})
    return found


def system_of(what: str | None, one: One) -> str:
    """The system of the identifier that a thing of a hospital has; None for hospitals themselves."""
    return f"{OURS}:code" if what is None else system(what, structure().hospitals[one.hospital_id])


def own_system(unit: str | None, what: str) -> str | None:
    """The system in which a hospital numbers something."""
    hospital = structure().hospitals.get(unit or "")
    return system(what, hospital) if hospital is not None else None
