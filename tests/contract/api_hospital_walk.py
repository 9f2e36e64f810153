"""What makes generated requests about hospitals mean something, and which answers name their things
(`api_walk`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from tests.contract.api_hospital import HOSPITAL, a_hospital, booked, slots_of

if TYPE_CHECKING:
    from tests.contract.api_town import Town
    from tests.contract.api_walk import Walk

DESK: Final = f"{HOSPITAL}/desk/{{hospital_id}}"
OFFICE: Final = f"{HOSPITAL}/operator/hospitals/{{hospital_id}}"
KNOWN: Final = (
    DESK,
    OFFICE,
    f"{DESK}/sessions/{{session_id}}",
    f"{DESK}/patients/{{patient_id}}",
    f"{DESK}/bookings/{{booking_id}}",
    f"{OFFICE}/appeals/{{appeal_id}}",
    f"{DESK}/referrals/{{letter_id}}",
)
"""Addresses of what there is before anybody walks."""
HOSPITAL_NAMED: Final[Mapping[str, tuple[str, str]]] = {
    f"{HOSPITAL}/operator/hospitals": (DESK, "id"),
    f"{DESK}/sessions/{{session_id}}/bookings": (f"{DESK}/bookings/{{booking_id}}", "id"),
    f"{HOSPITAL}/waiting": (f"{HOSPITAL}/waiting/{{session_id}}", "session_id"),
}


def hospital_to_walk_in(town: Town) -> dict[str, str]:
    """One with a patient, a number and an appeal; the last number of the afternoon is somebody's."""
    ids = dict(a_hospital(town).ids)
    ids["full"], ids["last"] = slots_of(town, ids)[1]
    booked(town, town.city.citizen(), ids["last"])
    return ids


def _slot(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    return {"slot_id": walk.hospital["slot_id"]}


def _part(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    """Of the hospital: each member that names another part names one of the same."""
    named = ("hospital_id", "campus_id", "department_id")
    return {**body, **{name: walk.hospital[name] for name in named if name in body}}


def _named(kind: str) -> Callable[[Walk, dict[str, Any]], dict[str, Any]]:
    return lambda walk, body: {"version": 1, kind: "新的"}


def _line(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    hours = {"starts": "09:00:00", "ends": "10:00:00", "doctor_id": None}
    return {**_part(walk, body), **hours, "valid_from": "2026-01-01", "valid_until": None}


def _days(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    days = {"first_day": "2045-01-01", "last_day": "2045-01-02", "doctor_id": None}
    return {**_part(walk, body), **days}


HOSPITAL_SENSE: Final[Mapping[str, Callable[[Walk, dict[str, Any]], dict[str, Any]]]] = {
    r"POST .*/hospital/bookings": _slot,
    r"POST .*/hospital/bookings/\{booking_id\}/confirm": lambda walk, body: {},
    r"POST .*/hospital/bookings/\{booking_id\}/move": lambda walk, body: {
        "slot_id": walk.random.choice((walk.hospital["slot_id"], walk.hospital["last"]))
    },
    r"POST .*/hospital/waiting": lambda walk, body: {"session_id": walk.hospital["full"]},
    r"POST .*/hospital/desk/\{hospital_id\}/patients": lambda walk, body: {"name": "无名氏"},
    r"POST .*/patients/\{patient_id\}/bookings": _slot,
    r"POST .*/sessions/\{session_id\}/added": lambda walk, body: {
        "patient_id": walk.hospital["patient_id"],
        "reason": "加号",
    },
    r"POST .*/patients/\{patient_id\}/referrals": lambda walk, body: {
        "department_id": walk.hospital["to_department_id"],
        "reason": "请专科评估",
    },
    r"POST .*/policies(/effect)?": lambda walk, body: {"rules": {}},
    r"POST .*/hospital/operator/(campuses|departments|doctors)": _part,
    r"POST .*/hospital/operator/templates": _line,
    r"POST .*/hospital/operator/closures": _days,
    r"PATCH .*/hospital/operator/(hospitals|campuses|departments|doctors)/\{row_id\}": _named("name_zh"),
    r"PATCH .*/hospital/operator/templates/\{row_id\}": _named("room"),
    r"PATCH .*/hospital/operator/closures/\{row_id\}": _named("reason_zh"),
}
"""By the label of the operation (`api_walk.SENSE`)."""
