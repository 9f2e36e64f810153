"""Missed bookings and appeals, trade in numbers, figures: as the managers of a hospital read and decide
them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from time_machine import Traveller
from werkzeug.datastructures import MultiDict

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.time import now
from services.hospital.models import HospitalBooking, HospitalPool
from services.hospital.operations import sweeping
from services.hospital.operations.arriving import check_in
from services.hospital.operations.calling import QUEUES

from .conftest import BASE, MakeWard, Ward, call, hours
from .test_rules_page import send

LADDER = {"kinds": ["no_show"], "strikes": 1, "within_days": 30, "suspend_days": 30}
MISSED = "/console/services/hospital/missed"


def missed_by(ward: Ward, city: City, time_travel: Traveller) -> Any:
    """Somebody who did not come."""
    citizen = city.citizen("王小明")
    ward.entity("POST", "/templates", 201, **ward.line(valid_until="2026-05-23"))
    wednesday, _ = ward.sessions()
    ward.book(citizen, ward.slots(wednesday)[0])
    time_travel.move_to("2026-05-13T02:00:00+00:00")
    city.run_jobs("hospital")
    return citizen


def test_an_appeal_is_read_and_decided_in_the_console(
    make_ward: MakeWard, city: City, time_travel: Traveller
) -> None:
    ward = make_ward(ladders=[LADDER])
    citizen = missed_by(ward, city, time_travel)
    (strike,) = ward.mine(citizen, "GET", "/strikes")["items"]
    ward.mine(citizen, "POST", f"/strikes/{strike['id']}/appeal", 204, reason="到了，机器坏了")
    officer = city.operator("hospital", unit=ward.id)
    assert "到了，机器坏了" in officer.browser().get(f"{MISSED}/").text
    (appeal,) = ward.office("GET", "/appeals?state=waiting")["items"]
    address = f"missed/{ward.id}/appeals/{appeal['id']}"
    assert "王*明" in officer.browser().get(f"/console/services/hospital/{address}").text
    send(officer, address, MultiDict({"answer": "属实"}), 422)
    send(officer, address, MultiDict({"decision": "granted", "answer": "属实"}), 303)
    (decided,) = ward.mine(citizen, "GET", "/strikes")["items"]
    assert (decided["appeal"], decided["answer"], decided["forgiven"]) == ("granted", "属实", True)
    assert "申诉" in citizen.get("/api/v1/me/notices").get_json()["items"][0]["title"]
    assert len(citizen.get("/api/v1/me/looks").get_json()["items"]) == 4, (
        "two pages, the list of the API, the page of the one"
    )


@pytest.mark.parametrize(("granted", "counts"), [(True, False), (False, True)])
def test_whoever_appealed_is_told_once_that_it_is_decided_and_where_to_read_it(
    make_ward: MakeWard, city: City, time_travel: Traveller, granted: bool, counts: bool
) -> None:
    ward = make_ward(ladders=[LADDER])
    other = city.citizen("李建国")
    citizen = missed_by(ward, city, time_travel)
    (strike,) = ward.mine(citizen, "GET", "/strikes")["items"]
    ward.mine(citizen, "POST", f"/strikes/{strike['id']}/appeal", 204, reason="到了，机器坏了")
    assert told_of_appeal(citizen) == [], "nothing is decided yet"
    (appeal,) = ward.office("GET", "/appeals?state=waiting")["items"]
    decision = f"/appeals/{appeal['id']}/decision"
    ward.office("POST", decision, granted=granted, answer="已核实")
    ward.office("POST", decision, 409, granted=not granted, answer="改主意")
    (told,) = told_of_appeal(citizen)
    assert (told["title"], told["body"]) == ("申诉有结果", "您的申诉已有结果，请查看“爽约记录”。")
    assert (told["service"], told["read_at"], told_of_appeal(other)) == ("hospital", None, [])
    page = citizen.browser().get(told["link"]).text
    assert ("已核实" in page, "改主意" in page) == (True, False)
    ward.hold(citizen, ward.slots(ward.sessions()[-1])[0], 403 if counts else 201)


def told_of_appeal(citizen: TestCitizen) -> list[dict[str, Any]]:
    """The notices that somebody has of an appeal."""
    items = citizen.get("/api/v1/me/notices").get_json()["items"]
    return [one for one in items if one["notice"] == "appeal_decided"]


def test_a_suspension_is_listed_and_ends_early_with_a_reason(
    make_ward: MakeWard, city: City, time_travel: Traveller
) -> None:
    ward = make_ward(ladders=[LADDER])
    citizen = missed_by(ward, city, time_travel)
    next_week = ward.sessions()[-1]
    ward.hold(citizen, ward.slots(next_week)[0], 403)
    (one,) = ward.office("GET", "/suspended")["items"]
    assert (one["patient"]["masked_name"], one["until"][:10]) == ("王*明", "2026-06-12")
    (strike,) = ward.office("GET", "/strikes")["items"]
    assert (strike["kind"], strike["forgiven"]) == ("no_show", False)
    officer = city.operator("hospital", unit=ward.id)
    for page in ("suspended", "list"):
        assert "王*明" in officer.browser().get(f"{MISSED}/{page}").text
    address = f"missed/{ward.id}/patients/{one['patient']['id']}/free"
    send(officer, address, MultiDict({"reason": ""}), 422)
    send(officer, address, MultiDict({"reason": "系统故障"}), 303)
    assert ward.hold(citizen, ward.slots(next_week)[0])["state"] == "held"
    assert ward.office("GET", "/suspended")["items"] == []
    assert "可以重新预约" in citizen.get("/api/v1/me/notices").get_json()["items"][0]["title"]
    send(officer, address, MultiDict({"reason": "再来一次"}), 409)
    assert city.count("audit_events", "action = 'hospital.free_again'") == 1


def test_one_network_and_fast_returns_stand_out_from_the_number_on_that_the_rules_say(
    make_ward: MakeWard, city: City, time_travel: Traveller
) -> None:
    ward = make_ward(ladders=[], watch_network=3, watch_taken=2, watch_cancelled=2)
    slot = ward.slots(ward.open())[0]
    trader, buyer = city.citizen(), city.citizen()
    for again in (False, True):
        assert ward.office("GET", "/suspicions")["items"] == []
        booked = ward.book(trader, slot)
        ward.mine(trader, "POST", f"/bookings/{booked['id']}/cancel")
        taken = ward.book(buyer, slot)
        if not again:
            time_travel.shift(hours(0.1))
            ward.mine(buyer, "POST", f"/bookings/{taken['id']}/cancel")
            time_travel.shift(hours(0.1))
    found = {one["kind"]: one for one in ward.office("GET", "/suspicions")["items"]}
    assert set(found) == {"cancelled", "handover", "taken"}
    assert (found["handover"]["subject"], found["taken"]["subject"]) == ("病案号 00000001", "病案号 00000002")
    assert [len(one.get("/api/v1/me/looks").get_json()["items"]) for one in (trader, buyer)] == [1, 1]
    ward.hold(city.citizen(), ward.slots(ward.open(starts="10:00:00", ends="11:00:00"))[0])
    (network,) = (one for one in ward.office("GET", "/suspicions")["items"] if one["kind"] == "network")
    assert (network["count"], network["subject"][:3]) == (3, "网络 ")
    shown = city.operator("hospital", unit=ward.id).browser().get("/console/services/hospital/watch/").text
    assert "退号后被他人秒约的就诊人" in shown
    assert trader.ref("hospital") not in shown
    time_travel.shift(hours(24 * 91))
    city.run_jobs("hospital")
    assert city.count("hospital_bookings", "network IS NOT NULL OR account IS NOT NULL") == 0


def test_figures_by_day_and_department(ward: Ward, city: City, time_travel: Traveller) -> None:
    ward.change("departments", ward.department, name_zh="=cmd|calc", name_en="=cmd|calc")
    first, second = ward.slots(ward.open(fee=0))
    people = [city.citizen() for _ in range(3)]
    booked = [ward.book(one, slot) for one, slot in zip(people, (first, first, second), strict=True)]
    ward.mine(people[1], "POST", f"/bookings/{booked[1]['id']}/cancel")
    patient = ward.desk("POST", "/patients", 201, name="无名氏")["id"]
    window = ward.desk("POST", f"/patients/{patient}/bookings", 201, slot_id=_window(city))
    assert window["state"] == "booked"
    time_travel.move_to("2026-05-12T23:50:00+00:00")

    def visit() -> None:
        arrived = check_in(session().get_one(HospitalBooking, booked[0]["id"]), now())
        QUEUES.call_next(arrived.place.id, "1", now() + timedelta(minutes=20), "test")

    with city.app.app_context(), transaction():
        visit()
    time_travel.move_to("2026-05-13T03:00:00+00:00")
    with city.app.app_context():
        sweeping.miss(now(), transaction)
    found = ward.office("GET", "/statistics?first=2026-05-13&last=2026-05-13")
    (one,) = found["items"]
    expected = {
        "released": 6, "added": 0, "booked": 3, "walk_ins": 1, "cancelled": 1, "stopped": 0, "came": 1, "missed": 2,
        "missed_percent": 67, "mean_wait": 20,
    }  # fmt: skip
    assert {name: one[name] for name in expected} == expected
    assert {use["channel"]: (use["numbers"], use["taken"]) for use in found["channels"]} == {
        "app": (4, 2),
        "window": (2, 1),
    }
    call(
        ward.operator,
        "GET",
        f"{BASE}/operator/hospitals/{ward.id}/statistics?first=2026-01-01&last=2026-05-13",
        422,
    )
    officer = city.operator("hospital", unit=ward.id)
    pages = "/console/services/hospital/figures"
    days = "?first=2026-05-13&last=2026-05-13"
    assert "67" in officer.browser().get(f"{pages}/{days}").text
    sent = officer.browser().get(f"{pages}/{ward.id}/figures.csv{days}")
    assert sent.headers["Content-Type"].startswith("text/csv")
    head, row = list(csv.reader(io.StringIO(sent.get_data().decode("utf-8-sig"))))
    assert (head[0], row[0], row[1]) == ("日期", "2026-05-13", "'=cmd|calc"), "no formula leaves"


def _window(city: City) -> str:
    """A slot of the window."""
    slots = select(HospitalPool.id).where(HospitalPool.channel == "window").order_by(HospitalPool.starts_at)
    with city.app.app_context(), transaction(reading=True):
        return str(session().scalars(slots).first())
