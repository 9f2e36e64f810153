"""What a hospital knows of somebody stays there: no text message, no other service, no staff without the
hospital learns what for they come; the bus is asked for a way and learns nothing."""

from __future__ import annotations

import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from citizen_app.clock import now
from citizen_app.jobs.outbox import send_due
from citizen_app.notices import channels
from citizen_app.registry.state import disable, enable
from citizen_app.rights.copying import made
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from services.bus.tests.conftest import Import, import_path, import_small
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalDepartment, HospitalDoctor
from tests.integration.notices.people import Gateway

__all__ = ["import_path", "import_small"]
HOSPITAL = "/api/v1/services/hospital"


def secrets_of(city: City) -> set[str]:
    """Names of departments and doctors, in both languages."""
    with city.app.app_context(), transaction(reading=True):
        rows = [
            one for model in (HospitalDepartment, HospitalDoctor) for one in db.session.scalars(select(model))
        ]
        return {name for row in rows for name in (row.name_zh, row.name_en)}


def a_booking(city: City, citizen: TestCitizen) -> dict[str, Any]:
    """Somebody books a number in three days, of a department for people of any age."""
    day = now().date() + timedelta(days=3)
    departments = city.client.get(f"{HOSPITAL}/departments").get_json()["items"]
    one = next(d for d in departments if d["from_age"] is None and d["below_age"] is None)
    asked = f"department_id={one['id']}&first={day}&last={day}"
    of = city.client.get(f"{HOSPITAL}/sessions?{asked}").get_json()["items"][0]
    slot = city.client.get(f"{HOSPITAL}/sessions/{of['id']}/slots").get_json()["items"][0]
    city.top_up(citizen, 10_000)
    held = citizen.call("POST", f"{HOSPITAL}/bookings", json={"slot_id": slot["id"]}).get_json()
    made = citizen.call("POST", f"{HOSPITAL}/bookings/{held['id']}/confirm", json={})
    assert made.status_code == 200, made.text
    return dict(made.get_json())


def test_messages_name_neither_department_nor_doctor(
    city: City, monkeypatch: pytest.MonkeyPatch, time_travel: Any
) -> None:
    for notice in SERVICE.notices:
        said = notice.leaves
        named = set(re.findall(r"\{(\w+)\}", said.zh + said.en + notice.title.zh + notice.title.en))
        assert not notice.channels or not named & {"department", "doctor", "title", "kind"}, notice.id
    caught = Gateway()
    monkeypatch.setattr(channels, "sms_adapter", lambda settings: caught)
    city.seed("hospital")
    time_travel.move_to(now().replace(hour=4))  # noon in the city
    citizen = city.citizen()
    booking = a_booking(city, citizen)
    assert citizen.call("POST", f"{HOSPITAL}/bookings/{booking['id']}/cancel").status_code == 200
    with city.app.app_context():
        send_due()
    sent = [text for _, text in caught.sent]
    assert any("您已预约" in text for text in sent), sent
    assert not [name for name in secrets_of(city) for text in sent if name in text]
    assert not [name for name in secrets_of(city) if name in str(citizen.get("/api/v1/me/usage").get_json())]


def test_others_copies_and_staff_hold_nothing_of_it(city: City) -> None:
    city.seed("hospital")
    citizen = city.citizen()
    booking = a_booking(city, citizen)
    with city.app.app_context(), made(citizen.id) as (stream, _), zipfile.ZipFile(stream) as copy:
        parts = {name: copy.read(name).decode() for name in copy.namelist()}
    assert booking["number"] in parts["hospital/bookings.json"]
    copies = {name: part for name, part in parts.items() if name.startswith(("bus/", "pass/"))}
    assert {name.partition("/")[0] for name in copies} == {"bus", "pass"}
    marks = {booking["id"], booking["number"], booking["hospital"], *secrets_of(city)}
    assert not [(one, mark) for one, copy in copies.items() for mark in marks if mark in copy]
    for service in ("bus", "pass"):
        other = city.operator(service)
        hospital = city.client.get(f"{HOSPITAL}/hospitals").get_json()["items"][0]["id"]
        for path in (f"/desk/{hospital}/sessions", f"/desk/{hospital}/referrals"):
            assert other.call("GET", f"{HOSPITAL}{path}").status_code == 404


def test_the_way_is_there_while_the_bus_is(city: City, import_small: Import) -> None:
    city.seed("hospital")
    import_small()  # one of its stops is some four hundred metres from the first hospital
    citizen = city.citizen()
    booking = a_booking(city, citizen)
    path = f"{HOSPITAL}/bookings/{booking['id']}/way"
    way = citizen.get(path).get_json()["way"]
    assert [stop["name"] for stop in way["stops"]] != []
    page = f"/services/hospital/bookings/{booking['id']}"
    assert "怎么去" in citizen.browser().get(page).text
    with city.app.app_context(), transaction():
        disable("bus")
    assert citizen.get(path).get_json() == {"way": None}
    assert "怎么去" not in citizen.browser().get(page).text
    with city.app.app_context(), transaction():
        enable("bus")
    assert citizen.get(path).get_json()["way"] is not None
