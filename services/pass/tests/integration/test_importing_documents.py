"""Lists of people with phones, with documents, or with both."""

from __future__ import annotations

from ..conftest import Site, verdict
from .test_importing import counts, send


def by_document(text: str) -> bytes:
    """A list with both columns."""
    return f"姓名,手机号,身份证号,房号\n{text}".encode()


def test_a_list_of_people_with_and_without_phones(site: Site) -> None:
    by_phone, elder, both = (
        site.city.citizen(),
        site.city.card_holder(),
        site.city.card_holder(with_phone=True),
    )
    content = by_document(
        f"张三,{by_phone.phone},,1-1\n王秀兰,,{elder.id_number},1-1\n李四,{both.phone},{both.id_number},2-2\n"
        f"王秀兰,,{elder.id_number},9-9\n赵六,,,3-3\n"
    )
    for query, expected in (("?dry_run=true", (3, 0, 0, 2)), ("", (3, 0, 0, 2)), ("", (0, 0, 3, 2))):
        said = send(site, content, query=query).get_json()
        assert counts(said) == expected
        told = [(one["row"], one["column"]) for one in said["rejects"]]
        assert told == [(5, "身份证号"), (6, "手机号")]
        assert "第 3 行" in said["rejects"][0]["reason"]
    for person in (by_phone, elder, both):
        assert verdict(site.scan(person)) == "allow member"
    assert site.city.count("pass_members", "citizen_ref IS NOT NULL") == 3


def test_of_a_row_with_both_the_document_says_who_it_is(site: Site) -> None:
    """The list has the daughter's phone beside her mother's document. Who has proved no document is known by
    the phone."""
    daughter, mother = site.city.card_holder(with_phone=True), site.city.card_holder()
    unproved, number = site.city.citizen(), site.city.unused_id_number()
    rows = f"母亲,{daughter.phone},{mother.id_number},1\n赵六,{unproved.phone},{number},2\n"
    assert counts(send(site, by_document(rows)).get_json()) == (2, 0, 0, 0)
    assert verdict(site.scan(daughter)) == "not_a_member"
    assert verdict(site.scan(mother)) == verdict(site.scan(unproved)) == "allow member"
    assert site.mine(daughter, "GET", "/places")["items"] == []


def test_a_phone_that_a_family_shares_is_the_first_ones(site: Site) -> None:
    parent, child = site.city.card_holder(with_phone=True), site.city.card_holder()
    rows = f"父亲,{parent.phone},{parent.id_number},1\n孩子,{parent.phone},{child.id_number},1\n"
    assert counts(send(site, by_document(rows)).get_json()) == (2, 0, 0, 0)
    assert counts(send(site, by_document(rows)).get_json()) == (0, 0, 2, 0)
    masked = {one["masked_name"]: one["masked_phone"] for one in site.office("GET", "/members")["items"]}
    assert (masked["孩*"], masked["父*"]) == (None, f"{parent.phone[3:6]}****{parent.phone[-4:]}")
    assert verdict(site.scan(parent)) == verdict(site.scan(child)) == "allow member"


def test_a_document_is_added_to_whoever_was_listed_by_phone_under_the_same_name(site: Site) -> None:
    parent = site.city.card_holder(with_phone=True)
    site.list_citizen(parent, name="父亲")
    child = site.city.card_holder()
    as_child = by_document(f"孩子,{parent.phone},{child.id_number},3-2-1201\n")
    assert counts(send(site, as_child).get_json()) == (1, 0, 0, 0)
    as_parent = by_document(f"父亲,{parent.phone},{parent.id_number},3-2-1201\n")
    assert counts(send(site, as_parent).get_json()) == (0, 1, 0, 0)
    assert site.city.count("pass_members") == 2
    assert site.city.count("pass_members", "contact_ref IS NOT NULL AND identity_ref IS NOT NULL") == 1


def test_a_list_brings_nobody_back_who_was_revoked_by_document(site: Site) -> None:
    person = site.city.card_holder()
    member = site.list_citizen(person)
    site.office("POST", f"/members/{member}/revoke")
    said = send(site, by_document(f"王秀兰,,{person.id_number},\n")).get_json()
    assert [one["column"] for one in said["rejects"]] == ["证件号码"]
