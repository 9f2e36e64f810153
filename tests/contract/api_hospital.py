"""A hospital, for the walks over the API: its office, its desk, and a citizen with a number of it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from citizen_app import clock
from citizen_app.factory import CitizenFlask
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import TestCitizen
from citizen_app.toolkit.time import city_zone
from services.hospital.models import HospitalPool, HospitalTemplate
from services.hospital.operations.booking import By, hold
from services.hospital.operations.patients import patient_at_desk
from services.hospital.operations.paying import confirm
from services.hospital.operations.timetable import refit
from tests.contract.api_hospital_records import written_about
from tests.contract.api_owners import Headers, Owner, signed_in
from tests.contract.api_town import Town

if TYPE_CHECKING:  # the city that has a hospital is not there yet
    from tests.contract.api_repeating import Kind

HOSPITAL: Final = "/api/v1/services/hospital"
_codes: Final = count(1)
_AT: Final = f"{HOSPITAL}/operator/hospitals/{{hospital_id}}"
_DESK: Final = f"{HOSPITAL}/desk/{{hospital_id}}"
LISTED_AT: Final = {f"{HOSPITAL}/desk": f"{HOSPITAL}/operator/hospitals"}
"""Where things are listed that an address names below another one."""
ENTITIES: Final = ("hospitals", "campuses", "departments", "doctors", "templates", "closures")
HOSPITAL_WRITES: Final[dict[str, Kind]] = {
    f"POST {HOSPITAL}/bookings": "key",
    f"POST {HOSPITAL}/bookings/{{booking_id}}/confirm": "once",
    f"POST {HOSPITAL}/bookings/{{booking_id}}/cancel": "once",
    f"POST {HOSPITAL}/bookings/{{booking_id}}/move": "once",
    f"POST {HOSPITAL}/waiting": "once",
    f"DELETE {HOSPITAL}/waiting/{{session_id}}": "once",
    f"POST {HOSPITAL}/strikes/{{strike_id}}/appeal": "once",
    f"PUT {HOSPITAL}/sharing": "state",
    f"POST {_DESK}/sessions/{{session_id}}/stop": "once",
    f"POST {_DESK}/patients": "key",
    f"POST {_DESK}/patients/{{patient_id}}/bookings": "key",
    f"POST {_DESK}/sessions/{{session_id}}/added": "key",
    f"POST {_DESK}/bookings/{{booking_id}}/cancel": "once",
    f"POST {_DESK}/bookings/{{booking_id}}/seen": "once",
    f"POST {_AT}/policies": "key",
    f"POST {_AT}/policies/effect": "fresh",
    f"POST {_AT}/appeals/{{appeal_id}}/decision": "once",
    f"POST {_AT}/patients/{{patient_id}}/free": "once",
    **{f"POST {HOSPITAL}/operator/{name}": "key" for name in ENTITIES},
    **{f"PATCH {HOSPITAL}/operator/{name}/{{row_id}}": "once" for name in ENTITIES},
    **{f"POST {HOSPITAL}/operator/{name}/{{row_id}}/close": "state" for name in ENTITIES},
    **{f"POST {HOSPITAL}/operator/{name}/{{row_id}}/reopen": "state" for name in ENTITIES},
}


def ladder_of_one() -> dict[str, Any]:
    """Rules by which one number given back counts, and is on record; numbers are released already."""
    ladder = {"kinds": ["late_cancel"], "strikes": 50, "within_days": 1, "suspend_days": 1}
    rules = {"release_days": 60, "pays": "window", "back_least": 0, "back_most": 0, "cancel_days": 14}
    return {**rules, "ladders": [ladder]}


def hospital_of(town: Town, office: Headers) -> dict[str, str]:
    """A hospital with a department, a doctor and a line of the timetable that holds the day after
    tomorrow."""
    named = {"name_zh": "示范医院", "name_en": "Demonstration hospital"}
    code = f"W{next(_codes)}"
    hospital = town.ask(office, "POST", f"{HOSPITAL}/operator/hospitals", {**named, "code": code})["id"]

    def made(name: str, **body: Any) -> str:
        sent = {"hospital_id": hospital, **body}
        return str(town.ask(office, "POST", f"{HOSPITAL}/operator/{name}", sent)["id"])

    rules = f"{HOSPITAL}/operator/hospitals/{hospital}/policies"
    town.ask(office, "POST", rules, {"rules": ladder_of_one()})
    campus = made("campuses", **named)
    department = made("departments", **named, campus_id=campus, code="int")
    doctor = made("doctors", **named, department_id=department, code="d", title="chief")
    day = (clock.now() + timedelta(days=2)).date()
    line = {
        "department_id": department,
        "doctor_id": doctor,
        "weekday": day.weekday(),
        "segment": "morning",
        "starts": "08:00:00",
        "ends": "09:00:00",
        "slot_minutes": 60,
        "kind": "general",
        "fee": 0,
        "app_places": 3,
        "window_places": 3,
        "days": "always",
        "valid_from": day.isoformat(),
        "valid_until": day.isoformat(),
    }
    made("templates", **line)
    made(
        "templates", **{**line, "doctor_id": None, "starts": "14:00:00", "ends": "15:00:00", "app_places": 1}
    )
    return {"hospital_id": hospital, "campus_id": campus, "department_id": department, "row_id": hospital}


def two_more_and(town: Town, office: Headers) -> dict[str, str]:
    """A hospital, beside two at least to which it can send its patients."""
    while town.city.count("hospital_hospitals") < 2:
        hospital_of(town, office)
    return hospital_of(town, office)


def slots_of(town: Town, ids: dict[str, str]) -> list[tuple[str, str]]:
    """Its sessions to come, each with its first slot."""
    asked = town.city.app.test_client().get(f"{HOSPITAL}/sessions?hospital_id={ids['hospital_id']}")
    found = []
    for one in asked.get_json()["items"]:
        slots = town.city.app.test_client().get(f"{HOSPITAL}/sessions/{one['id']}/slots").get_json()["items"]
        found.append((str(one["id"]), str(slots[0]["id"])))
    return found


def booked(town: Town, citizen: TestCitizen, slot_id: str) -> str:
    """A number that a citizen has."""
    mine = signed_in(citizen)
    held = town.ask(mine, "POST", f"{HOSPITAL}/bookings", {"slot_id": slot_id})["id"]
    return str(town.ask(mine, "POST", f"{HOSPITAL}/bookings/{held}/confirm", {})["id"])


def a_patient(town: Town) -> Owner:
    """A citizen with a number, who waits for another, and against whom something counts."""
    office = town.office("hospital")
    ids = two_more_and(town, office)
    (_, slot), (full, last) = slots_of(town, ids)
    citizen, other = town.city.citizen(), town.city.citizen()
    mine = signed_in(citizen)
    late = booked(town, citizen, slot)
    town.ask(mine, "POST", f"{HOSPITAL}/bookings/{late}/cancel")
    (strike,) = town.ask(mine, "GET", f"{HOSPITAL}/strikes")["items"]
    booked(town, other, last)
    town.ask(mine, "POST", f"{HOSPITAL}/waiting", {"session_id": full})
    booking = town.ask(mine, "POST", f"{HOSPITAL}/bookings", {"slot_id": slot})["id"]
    named = {"booking_id": booking, "strike_id": strike["id"], "session_id": full, "slot_id": slot}
    return Owner(mine, {**named, **written_about(town.city.app, ids["hospital_id"], citizen.ref("hospital"))})


def a_hospital(town: Town) -> Owner:
    """An operator, and a hospital with a patient, a number, a session, an appeal and a letter."""
    office = town.office("hospital")
    ids = two_more_and(town, office)
    (session_id, slot), _ = slots_of(town, ids)
    at = {name: address.format(**ids) for name, address in (("desk", _DESK), ("office", _AT))}
    nobody = town.ask(office, "POST", f"{at['desk']}/patients", {"name": "无名氏"})["id"]
    booking = town.ask(office, "POST", f"{at['desk']}/patients/{nobody}/bookings", {"slot_id": slot})["id"]
    citizen = town.city.citizen()
    mine = signed_in(citizen)
    town.ask(mine, "POST", f"{HOSPITAL}/bookings/{booked(town, citizen, slot)}/cancel")
    (strike,) = town.ask(mine, "GET", f"{HOSPITAL}/strikes")["items"]
    town.ask(mine, "POST", f"{HOSPITAL}/strikes/{strike['id']}/appeal", {"reason": "我到了"})
    (appeal,) = town.ask(office, "GET", f"{at['office']}/appeals")["items"]
    written = written_about(town.city.app, ids["hospital_id"])
    return Owner(
        office,
        {
            **ids,
            **written,
            "booking_id": booking,
            "session_id": session_id,
            "appeal_id": appeal["id"],
            "slot_id": slot,
        },
    )


def entity_of(name: str) -> Any:
    """An operator, and one of what an office keeps."""

    def make(town: Town) -> Owner:
        office = town.office("hospital")
        ids = hospital_of(town, office)
        if name == "closures":
            body = {"hospital_id": ids["hospital_id"], "first_day": "2030-01-01", "last_day": "2030-01-02"}
            return Owner(
                office, {"row_id": town.ask(office, "POST", f"{HOSPITAL}/operator/closures", body)["id"]}
            )
        found = town.ask(office, "GET", f"{HOSPITAL}/operator/{name}")["items"]
        return Owner(office, {"row_id": found[0]["id"]})

    return make


def much_at_one(app: CitizenFlask, office: Headers, mine: Headers) -> None:
    """At the hospital that an office sees first, and for one citizen: two of everything that has pages."""
    send = app.test_client().open

    def ask(who: Headers, method: str, path: str, body: Any = None) -> Any:
        answer = send(f"{HOSPITAL}{path}", method=method, json=body, headers=who)
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)

    hospital = ask(office, "GET", "/operator/hospitals")["items"][0]["id"]
    ask(office, "POST", f"/operator/hospitals/{hospital}/policies", {"rules": ladder_of_one()})
    for year in (2040, 2041):
        days = {"first_day": f"{year}-01-01", "last_day": f"{year}-01-02"}
        ask(office, "POST", "/operator/closures", {"hospital_id": hospital, **days})
    _made_in_the_morning(app, hospital)
    session_id = ask(office, "GET", f"/desk/{hospital}/sessions")["items"][0]["id"]
    _at_the_window(app, hospital, session_id)
    late, kept = _slots_to_come(app, hospital)
    for _ in range(2):
        held = ask(mine, "POST", "/bookings", {"slot_id": late})["id"]
        ask(mine, "POST", f"/bookings/{held}/confirm", {})
        ask(mine, "POST", f"/bookings/{held}/cancel")
    for strike in ask(mine, "GET", "/strikes")["items"]:
        ask(mine, "POST", f"/strikes/{strike['id']}/appeal", {"reason": "我到了"})
    for number, slot_id in enumerate((late, kept), 1):
        ask(mine, "POST", "/bookings", {"slot_id": slot_id})
        written_about(app, hospital, source=number)


def _made_in_the_morning(app: CitizenFlask, hospital_id: str) -> None:
    """The hospital has sessions of today, also those that are over by now."""
    with app.app_context(), transaction():
        today = clock.now().astimezone(city_zone()).date()
        of_hospital = select(HospitalTemplate).where(HospitalTemplate.hospital_id == hospital_id)
        for line in db.session.scalars(of_hospital).all():
            refit(line, today, today, datetime.combine(today, time(), city_zone()))


def _at_the_window(app: CitizenFlask, hospital_id: str, session_id: str) -> None:
    """Two have numbers of a session of today: they came before it began, whatever the time is now."""
    with app.app_context(), transaction():
        of_window = (HospitalPool.session_id == session_id) & (HospitalPool.channel == "window")
        pools = db.session.scalars(select(HospitalPool).where(of_window).limit(2)).all()
        for name, pool in zip(("无名氏", "某人"), pools, strict=True):
            moment, by = pool.starts_at - timedelta(hours=1), By("staff", "staff demo")
            patient = patient_at_desk(hospital_id, name, None, moment)
            confirm(hold(patient, pool.id, moment, by), "purse", moment, by)


def _slots_to_come(app: CitizenFlask, hospital_id: str) -> tuple[str, str]:
    """Slots of two days on which nobody has a number yet, of a department for people of any age."""
    client = app.test_client()
    days = [clock.now().date() + timedelta(days=after) for after in (3, 4)]
    departments = client.get(f"{HOSPITAL}/departments?hospital_id={hospital_id}").get_json()["items"]
    ages = ("from_age", "below_age")
    for_all = next(one["id"] for one in departments if {one[name] for name in ages} == {None})
    found = []
    for day in days:
        asked = f"department_id={for_all}&first={day}&last={day}"
        session = client.get(f"{HOSPITAL}/sessions?{asked}").get_json()["items"][0]
        slots = client.get(f"{HOSPITAL}/sessions/{session['id']}/slots").get_json()["items"]
        found.append(str(slots[0]["id"]))
    late, kept = found
    return late, kept
