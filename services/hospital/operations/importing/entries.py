"""The entries of a FHIR Bundle, one by one: whose sessions a Schedule is about, when a Slot is. What others
send may have any shape: nothing is believed before it was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.time import city_zone
from services.hospital.manifest import CHANNELS, KINDS
from services.hospital.snapshot import One, structure

SCHEDULE, SLOT = "Schedule", "Slot"
TYPES: Final = frozenset({"transaction", "batch", "collection", "searchset"})
MOST_PLACES: Final = 500
VISITS: Final = {"WALKIN": "window", "FOLLOWUP": "follow_up", "ROUTINE": "app"}
NO_ACTOR: Final = Text("找不到这位医生或科室（编码或 id）", "no such doctor or department, by code or id")
NO_DEPARTMENT: Final = Text("没有写明科室", "names no department")
NO_SCHEDULE: Final = Text(
    "文件中没有这个 Schedule，或它有错误", "its Schedule is not in the file, or is faulty"
)
NO_TIME: Final = Text("不是带时区的时间", "is no time with a zone")
NO_LENGTH: Final = Text("应晚于开始，且在同一天", "must lie after the start, on the same day")
PAST: Final = Text("已经过去", "has passed")
NO_PLACES: Final = Text("应为 1 到 {most} 的整数", "a whole number from 1 to {most}")
NOT_PUT: Final = Text("只能新增或修改", "can only be added or changed")
OF_PLACES: Final = ("places-left", "places", "slot-capacity", "slotCapacity")
"""How the extension may end that says how many numbers a Slot has."""


class Faulty(Exception):
    """An entry that is not taken: which element, and why."""

    def __init__(self, element: str, why: Text) -> None:
        super().__init__(why.en)
        self.element, self.why = element, why


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of the bundle; `number` counts from 1, `names` are how others refer to it."""

    number: int
    type: str
    names: tuple[str, ...]
    resource: Mapping[str, Any]
    method: str


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


def entries_of(bundle: Any) -> list[Entry] | None:
    """The resources of a bundle; None for what is no bundle of resources."""
    is_bundle = isinstance(bundle, dict) and bundle.get("resourceType") == "Bundle"
    if not is_bundle or bundle.get("type") not in TYPES or not _dicts(bundle.get("entry")):
        return None
    found = []
    for number, entry in enumerate(bundle["entry"], 1):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            kind, own = str(resource.get("resourceType")), resource.get("id")
            names = tuple(str(name) for name in (entry.get("fullUrl"), own and f"{kind}/{own}") if name)
            method = (
                entry["request"].get("method", "POST") if isinstance(entry.get("request"), dict) else "POST"
            )
            found.append(Entry(number, kind, names, resource, str(method)))
    return found


def place_of(entry: Entry, entries: list[Entry], hospital_id: str, usual_kind: str) -> Place:
    """Whose sessions a Schedule is about. Raises `Faulty`."""
    _writes(entry)
    held = structure()
    doctor = department = None
    for actor in _dicts(entry.resource.get("actor")):
        named = str(actor.get("reference") or actor.get("type") or "")
        known = _known(actor, entries)
        if "Practitioner" in named or any(one.startswith("Practitioner/") for one in known):
            doctor = _one(held.doctors, known, hospital_id)
        elif "HealthcareService" in named or any(one.startswith("HealthcareService/") for one in known):
            department = _one(held.departments, known, hospital_id)
    if department is None:
        codes = _codes(entry.resource.get("specialty"))
        found = [one for one in _open(held.departments, hospital_id) if one.code in codes]
        department = found[0] if found else held.departments[doctor.department_id] if doctor else None
    if department is None:
        raise Faulty("Schedule.actor", NO_DEPARTMENT)
    if doctor is not None and doctor.department_id != department.id:
        raise Faulty("Schedule.actor", NO_ACTOR)
    types = _codes(entry.resource.get("serviceType"))
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
    _writes(entry)
    schedule = entry.resource.get("schedule")
    place = places.get(str(schedule.get("reference"))) if isinstance(schedule, dict) else None
    if place is None:
        raise Faulty("Slot.schedule", NO_SCHEDULE)
    starts, ends = (_moment(entry, name) for name in ("start", "end"))
    local, last = starts.astimezone(city_zone()), ends.astimezone(city_zone())
    if ends <= starts or local.date() != last.date():
        raise Faulty("Slot.end", NO_LENGTH)
    if ends <= moment:
        raise Faulty("Slot.start", PAST)
    if entry.resource.get("status") != "free":
        return None
    segment = "morning" if local.hour < 12 else "afternoon" if local.hour < 18 else "evening"
    codes = [VISITS.get(code, code) for code in _codes([entry.resource.get("appointmentType")])]
    channel = next((code for code in codes if code in CHANNELS), "app")
    return Slot(entry.number, place, local.date(), segment, starts, ends, channel, _places(entry))


def _places(entry: Entry) -> int:
    for one in _dicts(entry.resource.get("extension")):
        if str(one.get("url")).replace("/", ":").endswith(tuple(f":{name}" for name in OF_PLACES)):
            places = one.get("valueInteger", one.get("valuePositiveInt"))
            if not isinstance(places, int) or isinstance(places, bool) or not 1 <= places <= MOST_PLACES:
                raise Faulty("Slot.extension", NO_PLACES.fill(most=MOST_PLACES))
            return places
    return 1


def _moment(entry: Entry, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(entry.resource.get(name)).replace("Z", "+00:00"))
    except ValueError as wrong:
        raise Faulty(f"Slot.{name}", NO_TIME) from wrong
    if found.tzinfo is None:
        raise Faulty(f"Slot.{name}", NO_TIME)
    return found


def _writes(entry: Entry) -> None:
    if entry.method not in ("POST", "PUT"):
        raise Faulty("request.method", NOT_PUT)


def _known(actor: Mapping[str, Any], entries: list[Entry]) -> set[str]:
    """Everything by which an actor may be known: id, identifiers, those of its own entry in the bundle."""
    reference = str(actor.get("reference") or "")
    found = {reference, reference.rpartition("/")[2]}
    identifiers = [actor.get("identifier")]
    for entry in entries:
        if reference and reference in entry.names:
            found |= set(entry.names) | {str(entry.resource.get("id"))}
            identifiers += _dicts(entry.resource.get("identifier"))
    return (found | {str(one.get("value")) for one in _dicts(identifiers)}) - {""}


def _one(things: Mapping[str, One], known: set[str], hospital_id: str) -> One:
    found = [one for one in _open(things, hospital_id) if one.id in known or one.code in known]
    if len(found) != 1:
        raise Faulty("Schedule.actor", NO_ACTOR)
    return found[0]


def _open(things: Mapping[str, One], hospital_id: str) -> list[One]:
    return [one for one in things.values() if one.hospital_id == hospital_id and not one.closed]


def _codes(concepts: Any) -> list[str]:
    return [str(code.get("code")) for one in _dicts(concepts) for code in _dicts(one.get("coding"))]


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
