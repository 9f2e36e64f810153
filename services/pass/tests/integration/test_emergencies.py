"""An emergency opens every gate, is written down, ends by itself, and heads are counted afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from citizen_app.toolkit.time import now, rfc3339

from ..conftest import BASE, MakeSite, Site, verdict


def in_hours(hours: float) -> str:
    """A moment from now."""
    return rfc3339(now() + timedelta(hours=hours))


def test_every_readable_code_passes_and_is_written_down(site: Site) -> None:
    manager, stranger = site.city.citizen(), site.city.citizen()
    site.list_citizen(manager, "manager")
    assert verdict(site.scan(stranger)) == "not_a_member"
    site.manage(manager, "POST", "/emergency", 201, reason="地震疏散", until=in_hours(1))
    site.manage(manager, "POST", "/emergency", 409, reason="地震疏散", until=in_hours(1))
    told = site.scan(stranger)
    assert (verdict(told), told["display"]["title"]) == ("allow emergency", "紧急开放")
    assert verdict(site.scan(stranger, "exit")) == "allow emergency"
    assert site.city.count("pass_passages", "basis = 'emergency'") == 2
    assert site.mine(manager, "GET", "/places")["items"][0]["emergency"] is True
    ended = site.manage(manager, "POST", "/emergency/end")
    assert ended["open"] is False
    assert verdict(site.scan(stranger)) == "not_a_member"
    site.manage(manager, "POST", "/emergency/end", 409)


def test_it_ends_by_itself_and_opens_closed_places(make_site: MakeSite, time_travel: Any) -> None:
    site = make_site("factory", policy={"anti_passback": "hard"})
    site.change(closed=True)
    worker = site.city.citizen()
    site.list_citizen(worker, "employee")
    assert verdict(site.scan(worker)) == "place_closed"
    site.office("POST", "/emergency", 201, reason="火警", until=in_hours(0.5))
    assert verdict(site.scan(worker)) == "allow emergency"
    assert verdict(site.scan(worker, at=site.other)) == "allow emergency"
    time_travel.shift(31 * 60)
    assert verdict(site.scan(worker)) == "place_closed"


def test_it_is_bounded(site: Site) -> None:
    for until in (in_hours(-1), in_hours(12.1)):
        site.office("POST", "/emergency", 422, reason="火警", until=until)
    site.office("GET", "/emergency", 404)
    site.office("GET", "/muster", 404)


def test_heads_are_counted(site: Site) -> None:
    inside, found, leaving, guest = (site.city.citizen() for _ in range(4))
    for number, person in enumerate((inside, found, leaving)):
        site.list_citizen(person, name=f"张小{'甲乙丙'[number]}", unit=f"1-{number}")
    site.invite(inside, guest.phone)
    for person in (inside, found, leaving, guest):
        site.scan(person)
    site.office("POST", "/emergency", 201, reason="火警", until=in_hours(1))
    site.scan(leaving, "exit")
    people = {one["name"]: one for one in site.office("GET", "/muster")["items"]}
    assert set(people) == {"张小甲", "张小乙", "张小丙", "王客人"}
    assert (people["王客人"]["unit"], people["王客人"]["as_guest"]) == ("1-0", True)
    for _ in range(2):
        site.office("POST", f"/muster/{people['张小乙']['person_id']}", 204)
    mustered = site.office("GET", "/muster")
    assert mustered["missing"] == 2
    states = {one["name"]: one["state"] for one in mustered["items"]}
    assert states == {"张小甲": "missing", "张小乙": "accounted", "张小丙": "left", "王客人": "missing"}
    sheet = site.office("GET", "/muster/sheet").splitlines()
    paper = site.operator.get(f"{BASE}/operator/places/{site.id}/muster/sheet.pdf")
    assert (paper.status_code, paper.mimetype, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert "骆马湖花园 清点名单" in sheet[0]
    assert sheet[1] == "共 4 人，未到 2 人"
    assert sorted(line.split()[0] for line in sheet[3:]) == ["☐", "☐", "☑", "☑"]
    assert any("访客" in line and "王客人" in line for line in sheet)


def test_a_gate_that_was_offline_tells_of_it_later(site: Site) -> None:
    stranger, before = site.city.citizen(), now()
    site.office("POST", "/emergency", 201, reason="火警", until=in_hours(1))
    told = site.upload((stranger, "enter", before - timedelta(minutes=1)), (stranger, "exit", now()))
    assert [verdict(one) for one in told] == ["allow none", "allow emergency"]
