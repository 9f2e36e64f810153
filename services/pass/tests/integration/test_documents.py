"""People who are known by an identity document: no phone is needed to be listed, invited, or to apply."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.time import now

from ..conftest import BASE, MakeSite, Site, verdict
from .test_sealing import run

TABLES = (
    "pass_members",
    "pass_claims",
    "pass_invitations",
    "pass_passages",
    "audit_events",
    "usage_looks_waiting",
)


def stored(city: City) -> str:
    """Everything in the tables about people, bytes as text too."""
    rows = [value for table in TABLES for row in run(city, f"SELECT * FROM {table}") for value in row]
    binary = [bytes(value) for value in rows if isinstance(value, bytes | memoryview)]
    return repr(rows) + "".join(value.decode(errors="replace") + value.hex() for value in binary)


def disclosed(citizen: TestCitizen) -> list[list[str]]:
    """What each use told of the citizen, the newest first."""
    return [[seen["name"] for seen in use["disclosed"]] for use in citizen.usage()]


def test_a_resident_of_75_without_a_phone_is_listed_by_document_and_enters_with_a_code(site: Site) -> None:
    resident = site.city.card_holder(date(1951, 10, 1))
    site.list_citizen(resident)
    (listed,) = site.office("GET", "/members")["items"]
    assert (listed["masked_phone"], listed["masked_document"]) == (None, f"****{resident.id_number[-4:]}")
    assert listed["met"] is False
    told = site.scan(resident)
    assert (verdict(told), told["granted"]) == ("allow member", {})
    assert site.office("GET", "/members")["items"][0]["met"] is True
    site.scan(resident, "exit")
    assert verdict(site.scan(resident, at=site.other)) == "allow member"
    assert disclosed(resident) == [[], [], ["contact_ref", "identity_ref"]]
    assert [place["role"] for place in site.mine(resident, "GET", "/places")["items"]] == ["resident"]
    everything = stored(site.city)
    for words in (resident.id_number, resident.id_number[-4:], resident.id_number[6:14]):
        assert words not in everything
        assert words.encode().hex() not in everything


def test_whoever_is_met_by_phone_is_not_asked_for_a_document(site: Site) -> None:
    resident = site.city.card_holder(with_phone=True)
    site.list_citizen(resident)
    assert verdict(site.scan(resident)) == "allow member"
    assert disclosed(resident) == [["contact_ref"]]


def test_where_anyone_may_pass_nobody_is_asked_for_a_document(make_site: MakeSite) -> None:
    site, citizen = make_site("checkpoint", policy={"admits": "anyone"}), None
    citizen = site.city.card_holder()
    assert verdict(site.scan(citizen)) == "allow anyone"
    assert disclosed(citizen) == [["contact_ref"]]


def test_a_document_in_other_hands_opens_nothing(site: Site) -> None:
    """The member was met; whoever has the same number later is another person."""
    resident, heir = site.city.card_holder(), site.city.card_holder()
    site.list_citizen(resident)
    site.scan(resident)
    site.city.give_document(heir, resident.id_number)
    assert verdict(site.scan(heir)) == "not_a_member"
    assert verdict(site.scan(resident, at=site.other)) == "allow member"


def test_the_number_of_nobody_is_answered_like_any_other(site: Site) -> None:
    registered = site.city.card_holder()
    answers = [
        site.office("POST", "/members", 201, id_number=number, name="王秀兰", role="resident")
        for number in (registered.id_number, site.city.unused_id_number())
    ]
    for answer in answers:
        del answer["id"], answer["masked_document"]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "/phone", "either"),
        ({"phone": "13800138000", "id_number": "E12345678"}, "/phone", "either"),
        ({"phone": "13800138000", "document_kind": "passport"}, "/document_kind", "id_number only"),
        ({"id_number": "329901195110010015"}, "/id_number", "look at each"),
        ({"id_number": "329901195113010015"}, "/id_number", "date of birth"),
        ({"id_number": "E12345678", "document_kind": "resident_id"}, "/id_number", "18 characters"),
        ({"id_number": "E12345678", "document_kind": "library_card"}, "/document_kind", "Must be one of"),
        ({"id_number": "1"}, "/id_number", "Length"),
    ],
)
def test_one_way_of_naming_somebody_is_needed(
    site: Site, body: dict[str, str], field: str, words: str
) -> None:
    answer = site.operator.call(
        "POST",
        f"{BASE}/operator/places/{site.id}/members",
        json={"name": "张三", "role": "resident", **body},
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 422, answer.text
    faults = {fault["pointer"]: fault["message"] for fault in answer.get_json()["errors"]}
    assert words in faults[field]
    assert site.city.count("pass_members") == 0


def test_a_number_is_read_as_people_write_it_and_listed_once(site: Site) -> None:
    number = site.city.unused_id_number()
    body = {"name": "王秀兰", "role": "resident"}
    site.office("POST", "/members", 201, id_number=f"{number[:6]} {number[6:14]}-{number[14:]}", **body)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in number.lower())
    site.office("POST", "/members", 409, id_number=wide, document_kind="resident_id", **body)


def test_a_guest_without_a_phone_is_invited_by_document(site: Site) -> None:
    host, guest, stranger = (
        site.city.citizen(),
        site.city.card_holder(date(2018, 6, 1)),
        site.city.card_holder(),
    )
    site.list_citizen(host)
    body = site.invitation(None, id_number=guest.id_number)
    made = site.mine(host, "POST", "/invitations", 201, **body)
    assert (made["masked_phone"], made["masked_document"]) == (None, f"****{guest.id_number[-4:]}")
    assert site.mine(host, "POST", "/invitations", 201, **body) == made
    site.mine(host, "POST", "/invitations", 422, **{**body, "id_number": stranger.id_number})
    assert [visit["id"] for visit in site.mine(guest, "GET", "/visits")["items"]] == [made["id"]]
    assert verdict(site.scan(stranger)) == "not_a_member"
    assert verdict(site.scan(guest)) == "allow guest"
    assert verdict(site.scan(guest, at=site.other)) == "invitation_used"
    site.city.give_document(stranger, guest.id_number)
    assert verdict(site.scan(stranger)) == "not_a_member"


def test_without_the_scope_nobody_is_known_by_a_document(site: Site) -> None:
    met, unmet = site.city.card_holder(), site.city.card_holder()
    for person in (met, unmet):
        site.list_citizen(person)
    site.scan(met)
    site.city.grant("pass", "contact_ref")
    assert verdict(site.scan(met, at=site.other)) == "allow member"
    assert verdict(site.scan(unmet)) == "not_a_member"
    assert site.mine(unmet, "GET", "/places")["items"] == []


def test_scans_told_afterwards_know_people_by_document(site: Site) -> None:
    people = [site.city.card_holder() for _ in range(3)]
    for person in people[:2]:
        site.list_citizen(person)
    moment = now() - timedelta(minutes=1)
    told = site.upload(*((person, "enter", moment) for person in people))
    assert [verdict(one) for one in told] == ["allow member", "allow member", "allow none"]


def apply(site: Site, citizen: TestCitizen, name: str = "王秀兰") -> str:
    """An application; its id."""
    body = {"place_id": site.id, "role": "resident", "unit": "9-9-9", "name": name}
    claim_id: str = site.mine(citizen, "POST", "/claims", 201, **body)["id"]
    return claim_id


def test_whoever_has_no_phone_applies_too_and_a_list_entry_of_theirs_becomes_theirs(site: Site) -> None:
    listed, unlisted = site.city.card_holder(), site.city.card_holder()
    member = site.list_citizen(listed, unit="1-1-1")
    for person in (listed, unlisted):
        site.office("POST", f"/claims/{apply(site, person)}/approve")
    units = {one["id"]: one["unit"] for one in site.office("GET", "/members")["items"]}
    assert (len(units), units[member]) == (2, "1-1-1")
    for person in (listed, unlisted):
        assert verdict(site.scan(person)) == "allow member"


def test_who_has_neither_phone_nor_number_is_met_by_their_application(site: Site) -> None:
    """An outside eID tells no number."""
    citizen = site.city.card_holder()
    site.city.give_document(site.city.card_holder(), citizen.id_number)
    site.office("POST", f"/claims/{apply(site, citizen)}/approve")
    assert verdict(site.scan(citizen)) == "allow member"


def test_the_next_owner_of_a_number_applies_and_takes_nothing_over(site: Site) -> None:
    resident, heir = site.city.citizen(), site.city.citizen()
    member = site.list_citizen(resident)
    site.scan(resident)
    number = resident.phone
    site.city.change_phone(resident)
    site.city.change_phone(heir, number)
    site.office("POST", f"/claims/{apply(site, heir)}/approve")
    assert verdict(site.scan(heir)) == verdict(site.scan(resident, at=site.other)) == "allow member"
    assert {one["id"] for one in site.office("GET", "/members")["items"]} > {member}


def test_whoever_is_on_a_list_by_document_finds_who_looked(site: Site) -> None:
    """Before they have an account too; and nobody else does."""
    number = site.city.unused_id_number(date(2018, 6, 1))
    site.office("POST", "/members", 201, id_number=number, name="张小小", role="resident")
    site.office("GET", "/members")
    other, child = site.city.card_holder(), site.city.card_holder()
    assert child.get("/api/v1/me/looks").get_json()["items"] == []
    site.city.give_document(child, number)
    (look,) = child.get("/api/v1/me/looks").get_json()["items"]
    assert look["reason"] == "查看“骆马湖花园”的成员名单"
    assert site.city.count("usage_looks_waiting") == 0
    site.city.give_document(other, number)
    assert other.get("/api/v1/me/looks").get_json()["items"] == []


def test_the_way_back_keeps_everybody_and_knows_nobody_by_document(site: Site) -> None:
    met, unmet, phoned, guest = (site.city.card_holder(with_phone=n == 2) for n in range(4))
    for person in (met, unmet, phoned):
        site.list_citizen(person)
    site.invite(phoned, None, id_number=guest.id_number)
    claim = apply(site, guest)
    site.scan(met)
    runner = site.city.app.test_cli_runner()
    done = runner.invoke(args=["db", "downgrade", "pass", "pass_0002", "--yes"])
    assert done.exit_code == 0, done.output
    assert len(run(site.city, "SELECT contact_ref FROM pass_members WHERE contact_ref IS NOT NULL")) == 3
    done = runner.invoke(args=["db", "upgrade"])
    assert done.exit_code == 0, done.output
    assert verdict(site.scan(met, at=site.other)) == verdict(site.scan(phoned)) == "allow member"
    assert verdict(site.scan(unmet)) == "not_a_member"
    site.office("POST", f"/claims/{claim}/approve")
