"""The entries of a FHIR Bundle, one by one: whose sessions a Schedule is about, when a Slot is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.fhir import Entry, Faulty, codes_in, known_as, objects
from citizen_app.toolkit.time import city_zone
from services.hospital.manifest import CHANNELS, KINDS
from services.hospital.snapshot import One, structure

SCHEDULE, SLOT = "Schedule", "Slot"
MOST_PLACES: Final = 500
VISITS: Final = {"WALKIN": "window", "FOLLOWUP": "follow_up", "ROUTINE": "app"}
NO_ACTOR: Final = Text("找不到这位医生或科室（编码或 id）", "no such doctor or department, by code or id")
NO_DEPARTMENT: Final = Text("没有写明科室", "names no department")
NO_SCHEDULE: Final = Text(
    "文件中没有这个 Schedule，或它有错误", "its Schedule is not in the file, or is faulty"
)
NO_LENGTH: Final = Text("应晚于开始，且在同一天", "must lie after the start, on the same day")
PAST: Final = Text("已经过去", "has passed")
NO_PLACES: Final = Text("应为 1 到 {most} 的整数", "a whole number from 1 to {most}")
OF_PLACES: Final = ("places-left", "places", "slot-capacity", "slotCapacity")
"""How the extension may end that says how many numbers a Slot has."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose session it is, and where."""

    department_id: str
    campus_id: str
    doctor_id: str | None
    kind: str
    room: str | None


@dataclass(frozen=True, slots=True)
class Slot:
    """Some numbers at one time."""

    number: int
    place: Place
    day: date
    segment: str
    starts: datetime
    ends: datetime
    channel: str
    places: int


def place_of(entry: Entry, entries: list[Entry], hospital_id: str, usual_kind: str) -> Place:
    """Whose sessions a Schedule is about. Raises `Faulty`."""
    entry.require_write()
    held = structure()
    doctor = department = None
    for actor in objects(entry.resource.get("actor")):
        named = str(actor.get("reference") or actor.get("type") or "")
        known = known_as(actor, entries)
        if "Practitioner" in named or any(one.startswith("Practitioner/") for one in known):
            doctor = _one(held.doctors, known, hospital_id)
        elif "HealthcareService" in named or any(one.startswith("HealthcareService/") for one in known):
            department = _one(held.departments, known, hospital_id)
    if department is None:
        codes = codes_in(entry.resource.get("specialty"))
        found = [one for one in _open(held.departments, hospital_id) if one.code in codes]
        department = found[0] if found else held.departments[doctor.department_id] if doctor else None
    if department is None:
        raise Faulty("Schedule.actor", NO_DEPARTMENT)
    if doctor is not None and doctor.department_id != department.id:
        raise Faulty("Schedule.actor", NO_ACTOR)
    types = codes_in(entry.resource.get("serviceType"))
    kind = next((code for code in types if code in KINDS), usual_kind)
    room = entry.resource.get("comment")
    return Place(
        department.id,
        department.campus_id,
        doctor.id if doctor else None,
        kind,
        room[:40] if isinstance(room, str) and room.strip() else None,
    )


def slot_of(entry: Entry, places: Mapping[str, Place | None], moment: datetime) -> Slot | None:
    """What a Slot says; None for one that sells nothing. Raises `Faulty`."""
    entry.require_write()
    schedule = entry.resource.get("schedule")
    place = places.get(str(schedule.get("reference"))) if isinstance(schedule, dict) else None
    if place is None:
        raise Faulty("Slot.schedule", NO_SCHEDULE)
    starts, ends = (entry.moment(name) for name in ("start", "end"))
    local, last = starts.astimezone(city_zone()), ends.astimezone(city_zone())
    if ends <= starts or local.date() != last.date():
        raise Faulty("Slot.end", NO_LENGTH)
    if ends <= moment:
        raise Faulty("Slot.start", PAST)
    if entry.resource.get("status") != "free":
        return None
    segment = "morning" if local.hour < 12 else "afternoon" if local.hour < 18 else "evening"
    codes = [VISITS.get(code, code) for code in codes_in([entry.resource.get("appointmentType")])]
    channel = next((code for code in codes if code in CHANNELS), "app")
    return Slot(entry.number, place, local.date(), segment, starts, ends, channel, _places(entry))


def _places(entry: Entry) -> int:
    for one in objects(entry.resource.get("extension")):
        if str(one.get("url")).replace("/", ":").endswith(tuple(f":{name}" for name in OF_PLACES)):
            places = one.get("valueInteger", one.get("valuePositiveInt"))
            if not isinstance(places, int) or isinstance(places, bool) or not 1 <= places <= MOST_PLACES:
                raise Faulty("Slot.extension", NO_PLACES.fill(most=MOST_PLACES))
            return places
    return 1


def _one(things: Mapping[str, One], known: set[str], hospital_id: str) -> One:
    found = [one for one in _open(things, hospital_id) if one.id in known or one.code in known]
    if len(found) != 1:
        raise Faulty("Schedule.actor", NO_ACTOR)
    return found[0]


def _open(things: Mapping[str, One], hospital_id: str) -> list[One]:
    return [one for one in things.values() if one.hospital_id == hospital_id and not one.closed]
