"""A day of a hospital over HTTP, from the release of its numbers to the last patient: paid from purses and by
the provider, one clinic cancelled, numbers given back in time and late, one passed over, one never there. At
the end every 分, every number, every citizen's log and notices are as they should be."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.contract.samples import cells
from tests.functional.hospital_day import BASE, Hospital, Nurse, sent


@pytest.fixture(autouse=True)
def sunday(time_travel: Traveller) -> None:
    """Before there is a city it is a Sunday in May."""
    time_travel.move_to(datetime.fromisoformat("2026-05-10T10:00:00+08:00"))


@pytest.fixture
def hospital(city: City, time_travel: Traveller) -> Hospital:
    """Its numbers for Wednesday are released on Monday at seven."""
    return Hospital(city, time_travel)


def released_and_paid(h: Hospital) -> None:
    """Monday: everybody books who has waited for the release."""
    for name, money in (
        ("安", 5_000),
        ("柏", 0),
        ("岑", 3_000),
        ("丁", 0),
        ("方", 1_201),
        ("侯", 2_000),
        ("贾", 1_201),
    ):
        h.comes(name, money)
    h.at("05-11 06:59")
    first, second = h.slot(h.morning, 0), h.slot(h.morning, 1)
    assert h.hold("安", first, 409)["opens_at"] == "2026-05-10T23:00:00.000Z"
    h.at("05-11 07:00")
    h.books("安", first)
    h.books("柏", first, provider=True)
    h.books("方", second)
    h.books("贾", second)
    h.books("岑", h.slot(h.afternoon, 0))
    h.books("丁", h.slot(h.afternoon, 0), provider=True)
    h.hold("侯", first, 409)
    h.mine("侯", "POST", "/waiting", 204, session_id=h.morning)


def given_back(h: Hospital) -> None:
    """Tuesday: one gives a number back in time, and who waits gets it; everybody is reminded."""
    h.at("05-12 10:00")
    h.mine("方", "POST", f"/bookings/{h.bookings['方']}/cancel")
    (offer,) = h.mine("侯", "GET", "/bookings")["items"]
    h.bookings["侯"] = offer["id"]
    h.pays("侯")
    h.at("05-12 18:00")
    h.city.run_jobs("hospital")


def early(h: Hospital) -> None:
    """Wednesday at seven: one cancels late, the afternoon is cancelled, the late number finds somebody."""
    h.at("05-13 07:00")
    done = h.mine("贾", "POST", f"/bookings/{h.bookings['贾']}/cancel")
    assert (done["paid"], done["refunded"]) == (1_201, 600)
    h.desk(f"/sessions/{h.afternoon}/stop", reason_zh="医生外出急诊", reason_en="Called away")
    h.comes("孔")
    second = h.slot(h.morning, 1)
    h.hold("孔", second, 409)
    h.at("05-13 07:11")
    h.books("孔", second, provider=True)


def arrivals(h: Hospital) -> list[str]:
    """From twenty to eight on they come: by code, by the poster, by the number of the booking, without an
    account; their numbers, as they are told."""
    kiosk = h.city.kiosk("hospital", context={"campus": h.campus})
    poster = h.city.poster("hospital", "check_in")

    def by_code(name: str) -> str:
        answer = kiosk.scan(h.people[name].code(), "check_in", context=dict(kiosk.context)).get_json()
        return str(answer["display"]["title"])

    h.at("05-13 07:40")
    told = [by_code("安"), h.people["柏"].scan_place(poster).get_json()["display"]["title"]]
    h.at("05-13 07:50")
    patient = h.desk("/patients", 201, name="刘奶奶")
    shown = sent(h.office, "GET", f"{BASE}/desk/{h.id}/sessions/{h.morning}/slots")["items"]
    window = next(one["id"] for one in shown if one["channel"] == "window" and one["left"])
    walk_in = h.desk(f"/patients/{patient['id']}/bookings", 201, slot_id=window)
    nurse = Nurse(h.city.operator("hospital", unit=h.department), h.morning)
    assert nurse.press("/check-in", number=walk_in["number"]) == "checked_in"
    h.at("05-13 07:55")
    return [*told, by_code("侯"), by_code("安")]


def called(h: Hospital) -> None:
    """From eight on they are called; one does not come at first and goes behind the next."""
    h.at("05-13 08:00")
    nurse = Nurse(h.city.operator("hospital", unit=h.department), h.morning)
    assert nurse.next() == "called"
    assert [h.state(name) for name in ("安", "柏", "侯")] == ["called", "checked_in", "checked_in"]
    assert nurse.press(f"/{nurse.inside()}", act="start") == "start"
    nurse.next()
    assert (h.state("安"), h.state("柏")) == ("fulfilled", "called")
    assert nurse.press(f"/{nurse.inside()}", act="pass") == "pass"
    nurse.next()
    assert [h.state(name) for name in ("柏", "侯")] == ["checked_in", "checked_in"], "it is 刘奶奶's turn"
    nurse.next()
    assert [h.state(name) for name in ("柏", "侯")] == ["called", "checked_in"], "behind one, not at the end"
    nurse.next()
    assert [h.state(name) for name in ("柏", "侯")] == ["fulfilled", "called"]
    assert nurse.next() == "nobody"


def swept(h: Hospital) -> None:
    """At ten everything has happened that time brings; twice is once."""
    h.at("05-13 10:00")
    for _ in range(2):
        h.city.run_jobs("hospital")


def test_a_day(hospital: Hospital, city: City) -> None:
    h = hospital
    released_and_paid(h)
    given_back(h)
    early(h)
    numbers = arrivals(h)
    called(h)
    swept(h)

    assert numbers == [f"报到成功，{number} 号" for number in (1, 2, 4, 1)], "刘奶奶 has the third"
    assert city.count("hospital_tickets") == city.count("hospital_tickets", "state = 'done'") == 4
    assert {name: h.state(name) for name in h.people} == {
        "安": "fulfilled", "柏": "fulfilled", "侯": "fulfilled", "方": "cancelled", "贾": "cancelled",
        "岑": "stopped", "丁": "stopped", "孔": "no_show",
    }  # fmt: skip
    places = "SELECT id FROM hospital_pools WHERE session_id = '{}'"
    for session_id, taken in ((h.morning, 5), (h.afternoon, 0)):
        of = places.format(
            session_id.replace("-", "") if city.app.extensions["settings"].on_sqlite else session_id
        )
        assert city.count("hospital_bookings", f"pool_id IN ({of}) AND hold_state = 'confirmed'") == taken
    assert city.count("hospital_pools", "taken > capacity") == 0
    assert city.count("hospital_strikes", "kind = 'no_show'") == 1
    assert city.count("hospital_strikes", "kind = 'late_cancel'") == 1
    money_is_right(h)
    everybody_knows(h)
    nobody_else_sees(h)


def money_is_right(h: Hospital) -> None:
    """To the 分: each purse, what the provider holds, what the hospital has taken, and the proof of it."""
    purses = {"安": 3_799, "柏": 0, "岑": 3_000, "丁": 2_500, "方": 1_201, "侯": 799, "贾": 600, "孔": 0}
    assert {name: h.purse(name) for name in h.people} == {name: (left, 0, 0) for name, left in purses.items()}
    done = h.city.app.test_cli_runner().invoke(args=["payments", "prove", "--json"])
    proof = json.loads(done.output)
    assert (proof["holds"], proof["faults"]) == (True, [])
    paid_in = 5_000 + 3_000 + 1_201 + 2_000 + 1_201  # into purses
    paid_for = 1_201 + 2_500 + 1_201  # 柏, 丁 and 孔, through the provider
    taken = 4 * 1_201 + 601  # 安, 柏, 侯 and 孔, who did not come; half of 贾, whose half 分 stays
    assert proof["balances"] == {
        "purse": sum(purses.values()), "held": 0, "debt": 0, "takings": taken, "clearing": -paid_in - paid_for,
    }  # fmt: skip


def everybody_knows(h: Hospital) -> None:
    """Each citizen's log has what was done, once; each was told what concerns them."""
    came = ["book", "check_in", "hold", "pay"]
    logs = {
        "安": [*came, "check_in"], "柏": came, "侯": ["book", "check_in", "pay", "wait"],
        "方": ["book", "cancel", "hold", "pay"], "贾": ["book", "cancel", "hold", "pay"],
        "岑": ["book", "hold", "pay", "stopped"], "丁": ["book", "hold", "pay", "stopped"],
        "孔": ["book", "hold", "missed", "pay"],
    }  # fmt: skip
    kept = {name: Counter(one["purpose"] for one in who.usage()) for name, who in h.people.items()}
    assert kept == {name: Counter(purposes) for name, purposes in logs.items()}
    assert not [one for who in h.people.values() for one in who.usage() if "内科" in str(one)]
    told = {
        "安": ["预约成功", "预约提醒"], "柏": ["预约成功", "预约提醒"],
        "侯": ["候补有号", "预约成功", "预约提醒"], "方": ["预约成功"], "贾": ["预约成功", "预约提醒"],
        "岑": ["预约成功", "预约提醒", "预约已停诊"], "丁": ["预约成功", "预约提醒", "预约已停诊"],
        "孔": ["预约成功", "未就诊"],
    }  # fmt: skip
    assert {name: h.notices(name) for name in h.people} == told


def nobody_else_sees(h: Hospital) -> None:
    """The bus, which knows some of the same people, finds nothing of it: not in the log, in counts or in
    exports, and not by laying tables side by side."""
    bus, riders = h.city.kiosk("bus"), [h.people[name] for name in ("安", "孔")]
    for number, rider in enumerate(riders):
        context = {"line": "1路", "vehicle": f"B{number}"}
        assert bus.scan(rider.code(), "board", context=context).get_json()["decision"] == "allow"
    of_bus, admin = h.city.operator("bus"), "/api/v1/admin"
    for rider in riders:
        for service, known_to, status in (
            ("bus", "bus", 200),
            ("bus", "hospital", 404),
            ("hospital", "hospital", 404),
        ):
            body = {"citizen_ref": rider.ref(known_to), "reason": "投诉核实"}
            seen = sent(of_bus, "POST", f"{admin}/services/{service}/usage/looks", status, **body)
            assert status != 200 or [one["purpose"] for one in seen["items"]] == ["board"]
    assert sent(of_bus, "GET", f"{admin}/usage/statistics")["total"] == 2
    exported = of_bus.get(f"{admin}/usage/export?format=csv").text
    of_hospital = [one["id"] for who in h.people.values() for one in who.usage() if one["purpose"] != "board"]
    assert not [one for one in of_hospital if one in exported]
    sent(of_bus, "GET", f"{admin}/usage/statistics?service=hospital", 403)
    sent(of_bus, "GET", f"{BASE}/desk/{h.id}/sessions", 404)
    values = [texts_of(h.city, service) for service in ("hospital", "bus")]
    assert all(values)
    assert values[0] & values[1] == set()


def texts_of(city: City, service: str) -> set[str]:
    """Every text of twenty characters or more that a service keeps: references, keys, ids."""
    module = city.app.extensions["registry"].get(service)
    return {value for _, value in cells(city, module) if isinstance(value, str) and len(value) >= 20}
