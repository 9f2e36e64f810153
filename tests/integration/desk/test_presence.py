"""Somebody stands at the counter, and a clerk acts for them: proved, bound to a session, short, told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from citizen_app.citizens.documents import Source, proof_of
from citizen_app.citizens.operations import set_real_name
from citizen_app.clock import now
from citizen_app.codes.format import Kind
from citizen_app.codes.issuing import issue_online_code
from citizen_app.codes.keys import issuing_key
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.staff.models import StaffSession
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import run_concurrently
from tests.integration.desk.conftest import BORN, CITIZENS, NAME, REASON, Clerk, fresh_number

Hire = Callable[..., Clerk]
INVITATIONS = "/api/v1/services/pass/my/invitations"
PLACES = "/api/v1/services/pass/my/places"


def begin(clerk: Clerk, found: str, **body: str) -> Any:
    return clerk.post(f"{CITIZENS}/{found}/presence", body)


def confirm(clerk: Clerk, found: str, **body: str) -> Any:
    return clerk.post(f"{CITIZENS}/{found}/presence/confirmation", body)


def act(clerk: Clerk, found: str, *services: str) -> Any:
    return clerk.post(f"{CITIZENS}/{found}/acting", {"services": list(services) or None})


def call(city: City, token: str, path: str) -> Any:
    return city.client.get(path, headers={"Authorization": f"Bearer {token}"})


def documented(city: City) -> tuple[TestCitizen, str]:
    number, citizen = fresh_number(), city.citizen(NAME)
    with city.app.app_context(), transaction():
        proof = proof_of(Document(DocumentKind.RESIDENT_ID, number, BORN), Source.LOCAL)
        set_real_name(citizen.id, NAME, proof)
    return citizen, number


def test_nobody_acts_for_who_is_not_there(city: City, clerk: Clerk) -> None:
    found = clerk.find(phone=city.citizen().phone)
    refused = act(clerk, found)
    assert (refused.status_code, refused.get_json()["type"]) == (403, "/problems/presence-required")


def test_a_code_shown_at_the_counter_is_used_up_by_it(city: City, clerk: Clerk, second: Clerk) -> None:
    citizen = city.citizen()
    found, other, code = clerk.find(phone=citizen.phone), second.find(phone=citizen.phone), citizen.code()
    begun = begin(clerk, found, method="code", code=code).get_json()
    assert begun["confirmed"] is True
    assert begin(clerk, found, method="code", code=code).status_code == 409
    assert begin(second, other, method="code", code=code).status_code == 409
    assert city.kiosk("pass").scan(code, "enter").get_json()["reason"] == "replayed"
    scanned = citizen.code()
    city.kiosk("pass").scan(scanned, "enter")
    assert begin(clerk, found, method="code", code=scanned).status_code == 409
    assert act(clerk, found).status_code == 200, "a mistake does not end what stands"


def test_a_code_proves_its_own_holder_only_and_while_it_is_fresh(city: City, clerk: Clerk) -> None:
    citizen, other = city.citizen(), city.citizen()
    found = clerk.find(phone=citizen.phone)
    with city.app.app_context():
        delegate = issue_online_code(
            citizen.subject_number, issuing_key(), int(now().timestamp()), kind=Kind.DELEGATE
        ).text
    old = citizen.code(at=int(now().timestamp()) - 70)
    for code in (other.code(), delegate, old, citizen.code()[:-2] + "AA", "rubbish", "CC1:0"):
        assert begin(clerk, found, method="code", code=code).status_code == 409, code
    assert act(clerk, found).status_code == 403


def test_of_two_counters_that_read_one_code_at_once_one_has_it(city: City, hire_clerk: Hire) -> None:
    citizen = city.citizen()
    clerks = [hire_clerk() for _ in range(3)]
    code = citizen.code()
    works = [
        lambda clerk=clerk, found=clerk.find(phone=citizen.phone): (
            begin(clerk, found, method="code", code=code).status_code
        )
        for clerk in clerks
    ]
    assert sorted(run_concurrently(works)) == [200, 409, 409]


def test_an_otp_to_their_phone_within_three_tries(city: City, clerk: Clerk, newest_otp: Any) -> None:
    found = clerk.find(phone=city.citizen().phone)
    assert begin(clerk, found, method="phone").get_json()["confirmed"] is False
    right = newest_otp()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(3):
        assert confirm(clerk, found, otp=wrong).status_code == 409
    assert confirm(clerk, found, otp=right).status_code == 409
    begin(clerk, found, method="phone")
    assert confirm(clerk, found, otp=newest_otp()).get_json()["confirmed"] is True
    assert act(clerk, found).status_code == 200


def test_an_otp_is_for_the_clerk_who_had_it_sent(
    city: City, clerk: Clerk, second: Clerk, newest_otp: Any
) -> None:
    citizen = city.citizen()
    found, other = clerk.find(phone=citizen.phone), second.find(phone=citizen.phone)
    begin(clerk, found, method="phone")
    assert confirm(second, other, otp=newest_otp()).status_code == 409


def test_a_document_is_seen_by_two_clerks(city: City, clerk: Clerk, second: Clerk) -> None:
    citizen, number = documented(city)
    found, other = clerk.find(phone=citizen.phone), second.find(id_number=number)
    assert confirm(second, other, id_number=number).status_code == 409, "nobody has looked before"
    assert begin(clerk, found, method="document", id_number=fresh_number()).status_code == 409
    assert begin(clerk, found, method="document", id_number=number).get_json()["confirmed"] is False
    assert act(clerk, found).status_code == 403
    assert confirm(clerk, found, id_number=number).status_code == 409, "the same clerk twice is one"
    assert confirm(second, other, id_number=fresh_number()).status_code == 409
    assert confirm(second, other, id_number=number).get_json()["confirmed"] is True
    assert act(clerk, found).status_code == 200
    assert act(second, other).status_code == 403, "it is the first clerk before whom they stand"
    assert confirm(second, other, id_number=number).status_code == 409


def test_the_second_clerk_comes_within_minutes(
    city: City, clerk: Clerk, second: Clerk, time_travel: Any
) -> None:
    citizen, number = documented(city)
    found, other = clerk.find(phone=citizen.phone), second.find(id_number=number)
    begin(clerk, found, method="document", id_number=number)
    time_travel.shift(timedelta(minutes=5, seconds=1))
    assert confirm(second, other, id_number=number).status_code == 409


def test_a_clerk_acts_within_the_services_and_the_citizen_is_told(city: City, clerk: Clerk) -> None:
    citizen = city.citizen()
    found = clerk.find(phone=citizen.phone)
    begin(clerk, found, method="code", code=citizen.code())
    before = city.count("outbox_messages")
    token = act(clerk, found, "pass").get_json()["access_token"]
    assert city.count("outbox_messages") == before + 1
    assert call(city, token, PLACES).status_code == 200
    assert call(city, token, "/api/v1/services/bus/my/boardings").status_code in (403, 404)
    assert call(city, token, "/api/v1/me/delegations").status_code == 403
    next_one = act(clerk, found, "pass").get_json()
    assert call(city, next_one["access_token"], PLACES).status_code == 200
    assert call(city, token, PLACES).status_code == 200, "the next token of the same session"
    assert city.count("outbox_messages") == before + 1, "told once"
    assert city.count("acting_sessions", "kind = 'clerk'") == 1


def test_unknown_services_are_refused(city: City, clerk: Clerk) -> None:
    citizen = city.citizen()
    found = clerk.find(phone=citizen.phone)
    begin(clerk, found, method="code", code=citizen.code())
    assert act(clerk, found, "nowhere").status_code == 422


@pytest.mark.parametrize("end", ["done", "signed out", "next citizen", "time", "code stopped", "death"])
def test_acting_ends(city: City, clerk: Clerk, second: Clerk, time_travel: Any, end: str) -> None:
    citizen = city.citizen()
    found = clerk.find(phone=citizen.phone)
    begin(clerk, found, method="code", code=citizen.code())
    token = act(clerk, found).get_json()["access_token"]
    assert call(city, token, PLACES).status_code == 200
    if end == "done":
        done = clerk.client.delete(f"{CITIZENS}/{found}/presence", headers=clerk.headers)
        assert done.status_code == 204
        assert act(clerk, found).status_code == 403
    elif end == "signed out":
        clerk.client.delete("/api/v1/staff/sessions/current", headers=clerk.headers)
    elif end == "next citizen":
        other = city.citizen()
        begin(clerk, clerk.find(phone=other.phone), method="code", code=other.code())
        assert act(clerk, found).status_code == 403
    elif end == "time":
        time_travel.shift(timedelta(minutes=14))
        with city.app.app_context(), transaction():
            db.session.execute(update(StaffSession).values(last_seen_at=now()))
        token = act(clerk, found).get_json()["access_token"]
        assert call(city, token, PLACES).status_code == 200
        time_travel.shift(timedelta(seconds=61))
        assert act(clerk, found).status_code == 403
    elif end == "code stopped":
        second.post(f"{CITIZENS}/{second.find(phone=citizen.phone)}/freeze")
    else:
        body = {"proof": "court_declaration", "reference": "1"}
        second.post(f"{CITIZENS}/{second.find(phone=citizen.phone)}/death", body)
    assert call(city, token, PLACES).status_code == 401


def test_a_token_for_automation_serves_nobody(city: City, clerk: Clerk) -> None:
    operator = city.operator(None, role="desk_clerk")
    citizen = city.citizen()
    body = {"phone": citizen.phone, "reason": REASON}
    found = operator.call("POST", f"{CITIZENS}/search", json=body).get_json()["items"][0]["id"]
    for path, sent in (
        ("presence", {"method": "code", "code": citizen.code()}),
        ("presence/confirmation", {"otp": "000000"}),
        ("acting", {}),
    ):
        answer = operator.call("POST", f"{CITIZENS}/{found}/{path}", json=sent)
        assert answer.status_code == 403, path


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"method": "word"},
        {"method": "code"},
        {"method": "phone", "code": "x"},
        {"method": "document"},
        {"method": "document", "id_number": "123"},
        {"method": "code", "code": "x", "id_number": "11010519491231002X"},
    ],
)
def test_what_the_method_does_not_take_is_refused(city: City, clerk: Clerk, body: dict[str, str]) -> None:
    found = clerk.find(phone=city.citizen().phone)
    assert clerk.post(f"{CITIZENS}/{found}/presence", body).status_code == 422
