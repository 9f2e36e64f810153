"""At the gate: who is let in by which right, who is not and why, and in which words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from citizen_app.toolkit.data import new_id
from citizen_app.toolkit.testing import City, Statements
from citizen_app.toolkit.time import now, rfc3339

from ..conftest import BASE, MakeSite, Site, verdict


def test_a_resident_on_the_list_enters_and_leaves(site: Site) -> None:
    resident = site.city.citizen()
    site.list_citizen(resident)
    told = site.scan(resident)
    assert verdict(told) == "allow member"
    assert (told["display"]["title"], told["display"]["speak"]) == ("请进", "请进")
    assert told["display"]["lines"] == ["骆马湖花园", "住户"]
    assert [person["unit"] for person in site.inside()] == ["3-2-1201"]
    assert verdict(site.scan(resident, "exit")) == "allow member"
    assert site.inside() == []
    passages = site.mine(resident, "GET", "/passages")["items"]
    assert [p["direction"] for p in passages] == ["out", "in"]
    assert passages[0]["gate"] == "东门"


def test_a_stranger_is_told_what_to_do(site: Site) -> None:
    told = site.scan(site.city.citizen())
    assert verdict(told) == "not_a_member"
    assert "主人" in told["display"]["lines"][-1]
    assert site.city.count("pass_passages") == site.city.count("pass_presence") == 0


def test_a_guest_enters_by_code_alone_and_the_guard_reads_why(site: Site) -> None:
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    site.invite(host, guest.phone, plate="苏N12345", entries=2)
    told = site.scan(guest)
    assert (verdict(told), told["display"]["title"]) == ("allow guest", "访客请进")
    lines = " ".join(told["display"]["lines"])
    for words in ("访问 3-2-1201", "事由 探亲", "车牌 苏N12345", "还可进入 1 次"):
        assert words in lines
    assert guest.phone[-8:] not in str(told)
    assert "张小三" not in str(told)


def test_the_reference_of_the_phone_is_logged_as_seen_and_not_told_to_the_kiosk(site: Site) -> None:
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    site.invite(host, guest.phone)
    assert site.scan(guest)["granted"] == {}
    assert [seen["name"] for seen in guest.usage()[0]["disclosed"]] == ["contact_ref"]


def test_a_member_who_was_met_is_known_without_the_number(site: Site) -> None:
    resident = site.city.citizen()
    site.list_citizen(resident)
    site.scan(resident)
    site.scan(resident, "exit")
    assert [[seen["name"] for seen in use["disclosed"]] for use in resident.usage()] == [[], ["contact_ref"]]


def test_a_number_that_passed_to_somebody_else_opens_nothing(site: Site) -> None:
    """The member was met; the same number in other hands is another person."""
    resident, heir = site.city.citizen(), site.city.citizen()
    site.list_citizen(resident)
    site.scan(resident)
    number = resident.phone
    site.city.change_phone(resident)
    site.city.change_phone(heir, number)
    assert verdict(site.scan(heir)) == "not_a_member"
    assert verdict(site.scan(resident, at=site.other)) == "allow member"


@pytest.mark.parametrize(
    ("member", "code"),
    [
        ({"valid_from": timedelta(days=1)}, "not_yet"),
        ({"valid_until": timedelta(seconds=-5)}, "expired"),
    ],
)
def test_membership_has_its_time(site: Site, member: dict[str, timedelta], code: str) -> None:
    resident = site.city.citizen()
    site.list_citizen(resident, **{name: rfc3339(now() + span) for name, span in member.items()})
    assert verdict(site.scan(resident)) == code


@pytest.mark.parametrize(("action", "code"), [("suspend", "suspended"), ("revoke", "revoked")])
def test_standing_works_at_the_next_scan(site: Site, action: str, code: str) -> None:
    resident = site.city.citizen()
    member = site.list_citizen(resident)
    assert verdict(site.scan(resident)) == "allow member"
    site.office("POST", f"/members/{member}/{action}")
    assert verdict(site.scan(resident, at=site.other)) == code
    assert verdict(site.scan(resident, "exit")) == "allow member"  # nobody is held inside
    site.office("POST", f"/members/{member}/restore")
    assert verdict(site.scan(resident, at=site.other)) == "allow member"


def test_a_revoked_host_takes_their_guests_along(site: Site) -> None:
    host, guest = site.city.citizen(), site.city.citizen()
    member = site.list_citizen(host)
    site.invite(host, guest.phone, entries=None)
    assert verdict(site.scan(guest)) == "allow guest"
    site.office("POST", f"/members/{member}/revoke")
    assert verdict(site.scan(guest, at=site.other)) == "host_left"


def test_an_invitation_is_used_up_not_yet_over_or_revoked(site: Site) -> None:
    host = site.city.citizen()
    site.list_citizen(host)
    site.change(policy={"guests_per_host": 20})
    once, early, late, gone = (site.city.citizen() for _ in range(4))
    site.invite(host, once.phone, entries=1)
    assert verdict(site.scan(once)) == "allow guest"
    assert verdict(site.scan(once, at=site.other)) == "invitation_used"
    site.invite(host, early.phone, starts=now() + timedelta(hours=2))
    assert verdict(site.scan(early)) == "not_yet"
    start = now() - timedelta(hours=1)
    site.invite(host, late.phone, starts=start, ends_at=rfc3339(now() + timedelta(seconds=1)))
    assert verdict(site.scan(late, occurred_at=rfc3339(now() + timedelta(seconds=2)))) == "expired"
    invited = site.invite(host, gone.phone)
    site.mine(host, "POST", f"/invitations/{invited['id']}/revoke")
    assert verdict(site.scan(gone)) == "revoked"


def test_a_slow_barrier_costs_no_second_entry(site: Site) -> None:
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    site.invite(host, guest.phone, entries=1)
    site.scan(guest)
    again = site.scan(guest)
    assert (verdict(again), again["outcome"]["again"]) == ("allow guest", True)
    assert site.city.count("pass_passages") == 1


def test_visitors_come_in_opening_hours_and_residents_always(make_site: MakeSite) -> None:
    wall = now() + timedelta(hours=8)  # Asia/Shanghai
    closes, opens = wall - timedelta(hours=1), wall - timedelta(hours=2)
    window = {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
    site = make_site(hours={"weekly": {"guest": [window]}})
    host, guest = site.city.citizen(), site.city.citizen()
    site.list_citizen(host)
    site.invite(host, guest.phone)
    assert verdict(site.scan(host)) == "allow member"
    told = site.scan(guest)
    assert verdict(told) == "outside_hours"
    assert told["display"]["lines"][0].startswith("今日开放")
    today = {
        "day": f"{wall:%Y-%m-%d}",
        "groups": ["guest"],
        "windows": [{"opens": "00:00", "closes": "00:00"}],
    }
    site.change(hours={"weekly": {"guest": [window]}, "exceptions": [today]})
    assert verdict(site.scan(guest)) == "allow guest"


def test_a_checkpoint_lets_anyone_with_a_code_pass_and_writes_it_down(make_site: MakeSite) -> None:
    site = make_site("checkpoint", policy={"admits": "anyone"})
    assert verdict(site.scan(site.city.citizen())) == "allow anyone"
    site.change(closed=True)
    assert verdict(site.scan(site.city.citizen())) == "place_closed"


def test_a_kiosk_speaks_for_its_own_gate_only(site: Site, make_site: MakeSite, city: City) -> None:
    resident, elsewhere = site.city.citizen(), make_site("factory")
    site.list_citizen(resident)
    assert verdict(site.scan(resident, context={"gate": "W1"})) == "wrong_gate"
    assert verdict(site.scan(resident, context={"gate": " e1 "})) == "allow member"
    assert verdict(site.scan(resident, at=elsewhere.kiosk)) == "not_a_member"
    assert verdict(site.scan(resident, at=city.kiosk("pass"))) == "no_gate"
    gate = site.office("GET", "/gates")["items"][0]
    Site.call(site.operator, "PATCH", f"{BASE}/operator/gates/{gate['id']}", 200, direction="out")
    assert verdict(site.scan(resident)) == "wrong_gate"
    assert verdict(site.scan(resident, "exit")) == "allow member"
    bus_like = new_id()
    Site.call(site.operator, "POST", f"{BASE}/operator/gates/{gate['id']}/kiosks", 422, kiosk_id=bus_like)
    Site.call(site.operator, "DELETE", f"{BASE}/operator/gates/{gate['id']}/kiosks/{site.kiosk.id}", 204)
    assert verdict(site.scan(resident, "exit")) == "no_gate"


@pytest.mark.parametrize(
    ("mode", "expected"), [("hard", "already_inside"), ("soft", "allow member"), ("off", "allow member")]
)
def test_anti_passback(make_site: MakeSite, mode: str, expected: str) -> None:
    site = make_site(policy={"anti_passback": mode})
    resident = site.city.citizen()
    site.list_citizen(resident)
    site.scan(resident)
    told = site.scan(resident, at=site.other)
    assert verdict(told) == expected
    assert told["outcome"].get("note") == ("already_inside" if mode == "soft" else None)
    site.scan(resident, "exit", at=site.other)
    assert verdict(site.scan(resident, at=site.other)) == "allow member"


def test_without_the_scope_only_people_met_before_are_known(site: Site, app: Any) -> None:
    met, unmet = site.city.citizen(), site.city.citizen()
    site.list_citizen(met)
    site.list_citizen(unmet)
    site.scan(met)
    site.city.grant("pass")
    assert verdict(site.scan(met, at=site.other)) == "allow member"
    assert verdict(site.scan(unmet)) == "not_a_member"


def test_a_member_costs_four_statements_and_a_stranger_none_that_write(
    site: Site, statements: Statements
) -> None:
    resident = site.city.citizen()
    site.list_citizen(resident)
    site.scan(resident)
    with statements() as met:
        site.scan(resident, at=site.other)
    with statements() as left:
        site.scan(resident, "exit")
    with statements() as strange:
        site.scan(site.city.citizen())
    assert [s.split()[0] for s in met] == ["SELECT", "INSERT", "INSERT", "UPDATE"]
    assert [s.split()[0] for s in left] == ["INSERT", "INSERT", "UPDATE"]
    assert {s.split()[0] for s in strange} == {"SELECT"}
