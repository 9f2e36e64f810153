"""A child comes in with its mother: whose code is shown by somebody who has a right here needs none of their
own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from citizen_app.toolkit.testing import TestCitizen
from citizen_app.toolkit.time import now, rfc3339

from ..conftest import BASE, MakeSite, Site, verdict


def a_child(site: Site, guardian: TestCitizen) -> tuple[TestCitizen, TestCitizen]:
    """A child of eight whose code the guardian shows, and the child alone."""
    child = site.city.card_holder(date(2018, 6, 1), "陈乐乐")
    return site.city.acting(guardian, child, "guardian"), child


def a_guest(site: Site, **more: Any) -> TestCitizen:
    """Somebody with a phone who is invited."""
    host, guest = site.city.citizen(), site.city.citizen("王客人")
    site.list_citizen(host)
    site.invite(host, guest.phone, **more)
    return guest


def disclosed(citizen: TestCitizen) -> list[list[str]]:
    """What each line of the log says was told of the citizen, the newest first."""
    return [[seen["name"] for seen in use["disclosed"]] for use in citizen.usage()]


def test_a_guest_brings_a_child_without_using_up_an_entry(site: Site) -> None:
    guest = a_guest(site, entries=1)
    child, alone = a_child(site, guest)
    assert verdict(site.scan(guest)) == "allow guest"
    told = site.scan(child)
    assert (verdict(told), told["display"]["title"]) == ("allow companion", "随行人员请进")
    assert told["display"]["lines"][:2] == ["随访客进入", "访问 3-2-1201"]
    assert "王客人" not in str(told)
    assert site.city.count("pass_invitations", "entries_used = 1") == 1
    assert verdict(site.scan(alone, at=site.other)) == "not_a_member", "alone it has no right"


def test_the_child_may_be_read_first(site: Site) -> None:
    guest = a_guest(site, entries=1)
    assert verdict(site.scan(a_child(site, guest)[0])) == "allow companion"
    assert verdict(site.scan(guest)) == "allow guest"
    assert verdict(site.scan(guest, at=site.other)) == "invitation_used"


def test_whoever_has_left_brings_nobody_by_an_entry_that_is_used(site: Site) -> None:
    guest = a_guest(site, entries=1)
    child, _ = a_child(site, guest)
    site.scan(guest)
    site.scan(guest, "exit")
    assert verdict(site.scan(child)) == "not_a_member"


def test_a_resident_brings_their_child_and_a_carer_whom_they_care_for(site: Site) -> None:
    resident, elder = site.city.citizen(), site.city.card_holder()
    site.list_citizen(resident)
    told = site.scan(a_child(site, resident)[0])
    assert verdict(told) == "allow companion"
    assert told["display"]["lines"] == ["骆马湖花园", "随住户进入"]
    assert verdict(site.scan(site.city.acting(resident, elder))) == "allow companion"


def test_an_agent_of_an_enterprise_brings_nobody(site: Site) -> None:
    resident, other = site.city.citizen(), site.city.citizen()
    site.list_citizen(resident)
    assert verdict(site.scan(site.city.acting(resident, other, "agent"))) == "not_a_member"


def test_whoever_has_no_right_brings_nobody(site: Site) -> None:
    stranger = site.city.citizen()
    assert verdict(site.scan(a_child(site, stranger)[0])) == "not_a_member"
    suspended = site.city.citizen()
    site.office("POST", f"/members/{site.list_citizen(suspended)}/suspend")
    assert verdict(site.scan(a_child(site, suspended)[0])) == "not_a_member"


def test_a_ward_with_a_right_uses_their_own(site: Site) -> None:
    resident = site.city.citizen()
    site.list_citizen(resident)
    child, alone = a_child(site, resident)
    site.list_citizen(alone)
    assert verdict(site.scan(child)) == "allow member"
    assert disclosed(resident)[0] == [], "nobody looked at the guardian"


def test_nobody_brings_in_who_was_told_no(site: Site) -> None:
    resident = site.city.citizen()
    site.list_citizen(resident)
    child, alone = a_child(site, resident)
    site.office("POST", f"/members/{site.list_citizen(alone)}/revoke")
    assert verdict(site.scan(child)) == "revoked"


def test_what_was_asked_of_the_guardian_stands_in_their_log_and_what_of_the_child_in_its(site: Site) -> None:
    guest = a_guest(site)
    child, alone = a_child(site, guest)
    told = site.scan(child)
    assert told["granted"] == {}
    (of_guest,), (of_child,) = guest.usage(), alone.usage()
    assert of_guest["id"] == of_child["id"] == told["usage_id"]
    assert (of_guest["done_for"], of_child["by"]["kind"]) == ("陈*乐", "guardian")
    assert disclosed(guest) == [["contact_ref"]]
    assert disclosed(alone) == [["contact_ref", "identity_ref"]]


def test_the_guardian_is_seen_under_the_scopes_of_the_service(site: Site) -> None:
    guest = a_guest(site)
    child, _ = a_child(site, guest)
    site.city.grant("pass", "identity_ref")
    assert verdict(site.scan(child)) == "not_a_member"
    assert disclosed(guest) == [["identity_ref"]]


@pytest.mark.parametrize(
    ("accompanied", "expected", "used"),
    [
        ("free", ["allow companion"] * 3, 1),
        ("counted", ["allow companion", "not_a_member"], 2),
        ("refused", [], 1),
    ],
)
def test_whether_children_use_up_entries_is_the_places_policy(
    make_site: MakeSite, accompanied: str, expected: list[str], used: int
) -> None:
    site = make_site(policy={"accompanied": accompanied})
    assert site.office("GET", "")["policy"]["accompanied"] == accompanied
    guest = a_guest(site, entries=2)
    children = [a_child(site, guest)[0] for _ in range(3)]
    assert verdict(site.scan(guest)) == "allow guest"
    seen = [verdict(site.scan(child)) for child in children]
    assert seen == expected + ["not_a_member"] * (3 - len(expected))
    assert site.city.count("pass_invitations", f"entries_used = {used}") == 1


def test_the_trail_names_both_rights_and_the_muster_list_counts_the_child(site: Site) -> None:
    guest = a_guest(site)
    child, _ = a_child(site, guest)
    site.scan(guest)
    site.scan(child)
    until = rfc3339(now() + timedelta(minutes=30))
    site.office("POST", "/emergency", 201, reason="演练", until=until)
    mustered = site.office("GET", "/muster")
    assert mustered["missing"] == 2
    (of_child,) = [one for one in mustered["items"] if one["accompanied_by"]]
    assert (of_child["name"], of_child["accompanied_by"], of_child["unit"], of_child["as_guest"]) == (
        None, "王客人", "3-2-1201", True,
    )  # fmt: skip
    assert "3-2-1201  不在名单  随王客人  访客" in site.office("GET", "/muster/sheet")
    (passage, _) = site.office("POST", "/trail", reason="抽查")["items"]
    assert (passage["basis"], passage["basis_title"]) == ("companion", "随行")
    assert passage["masked_accompanied_by"] == "王*人"
    (guests,) = site.office("GET", "/invitations")["items"]
    of_both = site.office("POST", "/trail", reason="抽查", invitation_id=guests["id"])["items"]
    assert [one["basis"] for one in of_both] == ["companion", "guest"]
    today = rfc3339(now())[:10]
    counted = site.office("GET", f"/statistics?first={today}&last={today}")
    if counted["items"]:  # the city's day may be another than this one's
        assert {one["basis"] for one in counted["items"]} == {"companion", "guest"}
    (own,) = site.mine(child, "GET", "/passages")["items"]
    assert own["basis"] == "companion"
    looks = [look["reason"] for look in guest.get("/api/v1/me/looks").get_json()["items"]]
    assert looks.count("查看“骆马湖花园”的访客邀请") == 1


def test_who_brought_a_child_finds_who_read_of_them(site: Site) -> None:
    """The guardian is not inside; the list of those inside names them beside the child."""
    guest = a_guest(site)
    site.scan(a_child(site, guest)[0])
    site.office("GET", "/presence")
    (look,) = guest.get("/api/v1/me/looks").get_json()["items"]
    assert look["reason"] == "查看此刻在“骆马湖花园”内的人员"


def test_a_child_leaves_as_it_came(site: Site) -> None:
    guest = a_guest(site)
    child, _ = a_child(site, guest)
    site.scan(child)
    assert verdict(site.scan(child, "exit")) == "allow companion"
    assert site.inside() == []


def test_what_happened_offline_is_written_down_with_the_right_of_who_brought_it(site: Site) -> None:
    guest = a_guest(site)
    told = site.upload((a_child(site, guest)[0], "enter", now()))
    assert [verdict(one) for one in told] == ["allow companion"]


def test_a_guardian_acts_for_a_ward_who_is_a_resident_without_a_phone(site: Site) -> None:
    """Every route takes the ward, and nothing of the guardian's."""
    guardian, stranger = site.city.citizen(), site.city.citizen()
    child, alone = a_child(site, guardian)
    member = site.list_citizen(alone)
    assert [place["unit"] for place in site.mine(child, "GET", "/places")["items"]] == ["3-2-1201"]
    assert site.mine(guardian, "GET", "/places")["items"] == []
    made = site.invite(child, stranger.phone)
    assert site.city.count("pass_invitations", f"host_id = '{_stored(site, member)}'") == 1
    assert [one["id"] for one in site.mine(child, "GET", "/invitations")["items"]] == [made["id"]]
    assert site.mine(guardian, "GET", "/invitations")["items"] == []
    assert verdict(site.scan(stranger)) == "allow guest"
    site.mine(child, "POST", f"/invitations/{made['id']}/revoke")
    unlisted = site.city.card_holder()
    elder = site.city.acting(guardian, unlisted)
    body = {"place_id": site.id, "role": "resident", "unit": "9-9", "name": "王秀兰"}
    claim = site.mine(elder, "POST", "/claims", 201, **body)["id"]
    assert [one["id"] for one in site.mine(elder, "GET", "/claims")["items"]] == [claim]
    site.office("POST", f"/claims/{claim}/approve")
    assert verdict(site.scan(unlisted)) == "allow member"
    assert site.mine(guardian, "GET", "/visits")["items"] == site.mine(elder, "GET", "/visits")["items"] == []
    assert verdict(site.scan(guardian)) == "not_a_member"


def _stored(site: Site, row_id: str) -> str:
    with site.city.app.app_context():
        on_sqlite = site.city.app.extensions["settings"].database_url.startswith("sqlite")
    return row_id.replace("-", "") if on_sqlite else row_id


def test_the_version_before_reads_what_a_place_has_decided(site: Site) -> None:
    """Its policy has no member that 1.1 does not know."""
    site.change(policy={"accompanied": "counted"})
    place = site.call(site.operator, "GET", f"{BASE}/operator/places/{site.id}", 200)
    assert place["policy"]["accompanied"] == "counted"
    assert site.city.count("pass_places", "CAST(policy AS TEXT) LIKE '%accompanied%'") == 0
