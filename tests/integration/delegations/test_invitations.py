"""Invited, accepted, declined, withdrawn, revoked: by whom, and what the other side sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from citizen_app import clock
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.delegations.operations import end_all_of
from citizen_app.delegations.rules import MOST_HELPERS, MOST_WARDS
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.delegations.conftest import PATH, delegate, person, token_of, with_token

Ask = Callable[..., Any]
TRIPS = "/api/v1/services/bus/trips"


def found(citizen: TestCitizen) -> list[dict[str, Any]]:
    answer = citizen.get(PATH)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_a_carer_is_invited_accepts_and_acts(
    city: City, elder: TestCitizen, daughter: TestCitizen, ask: Ask
) -> None:
    asked = ask(elder, daughter.phone, services=["bus"])
    assert asked.status_code == 201, asked.text
    mine = asked.get_json()
    assert (mine["role"], mine["state"], mine["answer_needed"]) == ("ward", "invited", False)
    assert mine["masked_name"] is None
    assert "****" in mine["masked_phone"]
    (theirs,) = found(daughter)
    assert (theirs["role"], theirs["answer_needed"], theirs["masked_name"]) == ("agent", True, "李*英")
    assert theirs["masked_phone"] is None
    accepted = daughter.call("POST", f"{PATH}/{mine['id']}/acceptance")
    assert accepted.status_code == 200, accepted.text
    assert (accepted.get_json()["state"], accepted.get_json()["proof"]) == ("active", "accepted")
    assert daughter.call("POST", f"{PATH}/{mine['id']}/acceptance").get_json()["state"] == "active"
    (ward,) = daughter.get("/api/v1/me").get_json()["wards"]
    assert ward == {
        "citizen_id": elder.id,
        "masked_name": "李*英",
        "delegation_id": mine["id"],
        "kind": "carer",
        "services": ["bus"],
    }
    assert found(elder)[0]["masked_name"] == "王*华"
    token = token_of(daughter, mine["id"])
    assert with_token(city, token, "GET", TRIPS).status_code == 200
    assert with_token(city, token, "GET", "/api/v1/services/pass/guests").status_code in (403, 404)
    assert elder.call("POST", f"{PATH}/{mine['id']}/token").status_code == 404  # a ward is no agent


def test_the_answer_is_the_same_for_a_number_without_an_account(
    elder: TestCitizen, daughter: TestCitizen, ask: Ask
) -> None:
    known, unknown = ask(elder, daughter.phone).get_json(), ask(elder, "13911110000").get_json()
    told = {"id", "masked_phone", "created_at", "valid_from"}
    assert {k: v for k, v in known.items() if k not in told} == {
        k: v for k, v in unknown.items() if k not in told
    }


def test_whoever_proves_the_number_later_finds_the_invitation(
    city: City, elder: TestCitizen, ask: Ask
) -> None:
    ask(elder, "13911110001")
    later = person(city)
    assert found(later) == []
    city.change_phone(later, "+8613911110001")
    (one,) = found(later)
    assert one["answer_needed"] is True
    city.change_phone(later)
    assert found(later) == []
    assert later.call("POST", f"{PATH}/{one['id']}/acceptance").status_code == 404


def test_nothing_of_it_is_readable_in_the_database(city: City, elder: TestCitizen, ask: Ask) -> None:
    ask(elder, "13911110002")
    with city.app.app_context(), transaction(reading=True):
        rows = db.session.execute(text("SELECT * FROM delegations")).all()
    assert rows
    assert "3911110002" not in repr(rows)


def test_declined_withdrawn_and_revoked_are_told_apart(
    city: City, elder: TestCitizen, daughter: TestCitizen, ask: Ask
) -> None:
    declined = ask(elder, daughter.phone).get_json()["id"]
    assert daughter.call("DELETE", f"{PATH}/{declined}").status_code == 204
    withdrawn = ask(elder, daughter.phone).get_json()["id"]
    assert elder.call("DELETE", f"{PATH}/{withdrawn}").status_code == 204
    revoked = ask(elder, daughter.phone).get_json()["id"]
    daughter.call("POST", f"{PATH}/{revoked}/acceptance")
    assert [elder.call("DELETE", f"{PATH}/{revoked}").status_code for _ in range(2)] == [204, 409]
    seen = {one["id"]: (one["state"], one["ended_by"], one["ended_why"]) for one in found(elder)}
    assert seen == {
        declined: ("ended", "agent", "declined"),
        withdrawn: ("ended", "ward", "withdrawn"),
        revoked: ("ended", "ward", "revoked"),
    }
    assert [one["id"] for one in found(daughter)] == [revoked]
    assert daughter.call("POST", f"{PATH}/{withdrawn}/acceptance").status_code == 404


def test_either_side_revokes_and_the_token_is_refused_at_once(
    city: City, elder: TestCitizen, daughter: TestCitizen
) -> None:
    for side in (elder, daughter):
        delegation_id = delegate(city, daughter, elder)
        token = token_of(daughter, delegation_id)
        assert with_token(city, token, "GET", TRIPS).status_code == 200
        assert side.call("DELETE", f"{PATH}/{delegation_id}").status_code == 204
        assert with_token(city, token, "GET", TRIPS).status_code == 401
        again = daughter.call("POST", f"{PATH}/{delegation_id}/token")
        assert again.status_code == 410


def test_strangers_find_nothing(city: City, elder: TestCitizen, daughter: TestCitizen) -> None:
    delegation_id, stranger = delegate(city, daughter, elder), person(city)
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/acceptance"), ("POST", "/token")):
        assert stranger.call(method, f"{PATH}/{delegation_id}{path}").status_code == 404
        assert stranger.call(method, f"{PATH}/{new_id()}{path}").status_code == 404
    assert found(stranger) == []


def test_nobody_is_their_own_helper(elder: TestCitizen, ask: Ask) -> None:
    assert ask(elder, elder.phone).status_code == 409


def test_an_agent_has_proved_their_name(city: City, elder: TestCitizen, ask: Ask) -> None:
    nameless = city.citizen(level=AssuranceLevel.PHONE)
    assert ask(nameless, elder.phone, role="agent").status_code == 403
    asked = ask(elder, nameless.phone).get_json()["id"]
    refused = nameless.call("POST", f"{PATH}/{asked}/acceptance")
    assert (refused.status_code, refused.get_json()["type"]) == (403, "/problems/assurance-too-low")


def test_a_guardian_is_for_a_minor(city: City, daughter: TestCitizen, elder: TestCitizen, ask: Ask) -> None:
    teenager = person(city, 15, "周小宇")
    assert ask(elder, daughter.phone, kind="guardian").status_code == 409
    asked = ask(daughter, elder.phone, role="agent", kind="guardian").get_json()["id"]
    assert elder.call("POST", f"{PATH}/{asked}/acceptance").status_code == 409
    of_teenager = ask(daughter, teenager.phone, role="agent", kind="guardian").get_json()["id"]
    accepted = teenager.call("POST", f"{PATH}/{of_teenager}/acceptance")
    assert (accepted.status_code, accepted.get_json()["kind"]) == (200, "guardian")


def test_an_agents_delegation_is_narrow(elder: TestCitizen, daughter: TestCitizen, ask: Ask) -> None:
    soon = (clock.now() + timedelta(days=30)).isoformat()
    late = (clock.now() + timedelta(days=400)).isoformat()
    for wrong in (
        {},
        {"services": ["bus"]},
        {"valid_to": soon},
        {"services": ["bus"], "valid_to": late},
        {"services": ["bus"], "valid_to": soon, "role": "agent"},
    ):
        assert ask(elder, daughter.phone, **{"kind": "agent", **wrong}).status_code == 422
    assert ask(elder, daughter.phone, kind="agent", services=["bus"], valid_to=soon).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"services": []},
        {"services": ["nowhere"]},
        {"kind": "clerk"},
        {"role": "city"},
        {"uses": 0},
        {"valid_to": "2020-01-01T00:00:00Z"},
        {"phone": "12"},
        {"agent_id": "x"},
    ],
)
def test_what_makes_no_sense_is_refused(elder: TestCitizen, ask: Ask, wrong: dict[str, Any]) -> None:
    sent = {"phone": "13911110003", **wrong}
    assert ask(elder, sent.pop("phone"), **sent).status_code == 422


def test_so_many_helpers_and_so_many_wards(
    city: City, elder: TestCitizen, daughter: TestCitizen, ask: Ask
) -> None:
    for number in range(MOST_HELPERS):
        assert ask(elder, f"1391111{number:04d}").status_code == 201
    assert ask(elder, daughter.phone).status_code == 409
    for _ in range(MOST_WARDS):
        delegate(city, daughter, person(city, 70))
    asked = ask(person(city, 71), daughter.phone).get_json()["id"]
    assert daughter.call("POST", f"{PATH}/{asked}/acceptance").status_code == 409
    other = person(city, 72)
    assert ask(daughter, other.phone, role="agent").status_code == 409


def test_an_invitation_waits_a_fortnight(
    city: City, elder: TestCitizen, daughter: TestCitizen, ask: Ask
) -> None:
    asked = ask(elder, daughter.phone).get_json()["id"]
    with time_machine.travel(clock.now() + timedelta(days=14, seconds=1)):
        assert daughter.call("POST", f"{PATH}/{asked}/acceptance").status_code == 410
        assert (found(daughter)[0]["state"], found(daughter)[0]["answer_needed"]) == ("ended", False)


def test_giving_power_away_needs_a_fresh_sign_in(elder: TestCitizen, daughter: TestCitizen, ask: Ask) -> None:
    asked = ask(daughter, elder.phone, role="agent").get_json()["id"]
    with time_machine.travel(clock.now() + timedelta(seconds=301)):
        stale = ask(elder, daughter.phone)
        assert (stale.status_code, stale.get_json()["type"]) == (401, "/problems/reauthentication-required")
        assert elder.call("POST", f"{PATH}/{asked}/acceptance").status_code == 401
        assert ask(daughter, "13911110004", role="agent").status_code == 201
        assert elder.call("DELETE", f"{PATH}/{asked}").status_code == 204  # taking it back never does


def test_in_time_and_to_an_end(city: City, elder: TestCitizen, daughter: TestCitizen) -> None:
    moment = clock.now()
    delegation_id = delegate(
        city, daughter, elder, valid_from=moment + timedelta(hours=1), valid_to=moment + timedelta(hours=2)
    )
    path = f"{PATH}/{delegation_id}/token"
    assert daughter.call("POST", path).status_code == 410
    with time_machine.travel(moment + timedelta(hours=2, seconds=-60), tick=False) as clocks:
        answer = daughter.call("POST", path).get_json()
        assert answer["expires_in"] == 60
        token = answer["access_token"]
        clocks.shift(59)
        assert with_token(city, token, "GET", TRIPS).status_code == 200
        clocks.shift(2)
        assert with_token(city, token, "GET", TRIPS).status_code == 401
        assert daughter.call("POST", path).status_code == 410
        assert (found(elder)[0]["state"], found(elder)[0]["ended_why"]) == ("ended", "expired")
        assert daughter.get("/api/v1/me").get_json()["wards"] == []


def test_an_acting_session_goes_on_and_ends_with_the_agents_sign_in(
    city: City, elder: TestCitizen, daughter: TestCitizen
) -> None:
    delegation_id = delegate(city, daughter, elder)
    first, second = token_of(daughter, delegation_id), token_of(daughter, delegation_id)
    assert city.count("acting_sessions") == 1
    assert daughter.call("POST", "/api/v1/auth/logout").status_code == 204
    for token in (first, second):
        assert with_token(city, token, "GET", TRIPS).status_code == 401


def test_a_death_ends_whatever_somebody_was_in(city: City, elder: TestCitizen, daughter: TestCitizen) -> None:
    delegate(city, daughter, elder)
    delegate(city, elder, person(city, 80))
    with city.app.app_context(), transaction():
        assert end_all_of(elder.id) == 2
    assert {one["ended_why"] for one in found(elder)} == {"deceased"}


def test_a_teenager_with_a_phone_is_asked_and_a_child_is_not(city: City, daughter: TestCitizen) -> None:
    teenager, child = person(city, 14), person(city, 13)
    waits = delegate(city, daughter, teenager, ActingKind.GUARDIAN)
    assert daughter.call("POST", f"{PATH}/{waits}/token").status_code == 410
    assert found(teenager)[0]["answer_needed"] is True
    accepted = teenager.call("POST", f"{PATH}/{waits}/acceptance").get_json()
    assert (accepted["state"], accepted["proof"]) == ("active", "desk")
    token_of(daughter, waits)
    token_of(daughter, delegate(city, daughter, child, ActingKind.GUARDIAN))
