"""Tokens of those who act for a citizen: what they open, and what ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from citizen_app import clock
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.models import ActingSession
from citizen_app.citizens.operations import suspend_citizen
from citizen_app.citizens.tokens import read_access_token
from citizen_app.delegations.acting import (
    CLERK_SECONDS,
    clerk_sessions,
    end_acting,
    renew_clerk,
    start_acting,
)
from citizen_app.ids import new_id
from citizen_app.staff.callers import StaffCaller
from citizen_app.staff.models import StaffSession
from citizen_app.staff.operations import create, disable
from citizen_app.staff.sessions import sign_out
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.city import PASSWORD
from citizen_app.wire.problems import Problem

TRIPS = "/api/v1/services/bus/trips"


class Clerk:
    """A member of staff in a session of their own."""

    def __init__(self, city: City) -> None:
        self.city, self.session_id = city, new_id()
        with city.app.app_context(), transaction():
            self.staff_id = create(f"clerk-{self.session_id[-8:]}", PASSWORD, []).staff.id
            moment = clock.now()
            db.session.add(
                StaffSession(
                    id=self.session_id,
                    staff_id=self.staff_id,
                    token_hash=self.session_id.encode()[:32],
                    created_at=moment,
                    last_seen_at=moment,
                    expires_at=moment + timedelta(hours=8),
                )
            )

    def acts_for(self, citizen: TestCitizen, *services: str, seconds: int = CLERK_SECONDS) -> str:
        """A token for a citizen who is present."""
        with self.city.app.app_context(), transaction():
            return start_acting(
                ActingKind.CLERK,
                citizen.id,
                self.staff_id,
                bound_to=self.session_id,
                services=frozenset(services) if services else None,
                seconds=seconds,
            ).access_token


@pytest.fixture
def clerk(city: City) -> Clerk:
    return Clerk(city)


def get(client: FlaskClient, token: str, path: str = TRIPS) -> tuple[int, str]:
    answer = client.get(path, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    said = answer.get_json()
    return answer.status_code, said.get("detail", "")


def test_a_clerk_calls_the_routes_of_services_for_a_citizen(
    city: City, client: FlaskClient, clerk: Clerk
) -> None:
    citizen = city.citizen()
    token = clerk.acts_for(citizen)
    assert get(client, token)[0] == 200
    with city.app.app_context():
        caller = read_access_token(token)
    assert (caller.citizen_id, caller.subject_number) == (citizen.id, citizen.subject_number)
    assert caller.acting is not None
    assert (caller.acting.kind, caller.acting.agent_id) == (ActingKind.CLERK, clerk.staff_id)
    assert city.count("acting_sessions", "kind = 'clerk' AND ended_at IS NULL") == 1


def test_only_services_of_the_scope_and_nothing_of_the_citizens_own(
    city: City, client: FlaskClient, clerk: Clerk
) -> None:
    token = clerk.acts_for(city.citizen(), "pass")
    status, why = get(client, token)
    assert status == 403 and "does not cover" in why
    status, why = get(client, token, "/api/v1/me")
    assert status == 403 and "Only the person" in why


def test_it_ends_with_done_with_sign_out_and_with_the_clerks_account(
    city: City, client: FlaskClient, clerk: Clerk
) -> None:
    citizen = city.citizen()
    done = clerk.acts_for(citizen)
    assert client.post("/api/v1/auth/logout", headers={"Authorization": f"Bearer {done}"}).status_code == 204
    assert get(client, done)[0] == 401
    assert citizen.get("/api/v1/me").status_code == 200  # their own session goes on
    signed_out = clerk.acts_for(citizen)
    with city.app.app_context(), transaction():
        sign_out(StaffCaller(clerk.staff_id, "clerk", {}, clerk.session_id))
    assert get(client, signed_out)[0] == 401
    other = Clerk(city)
    disabled = other.acts_for(citizen)
    with city.app.app_context(), transaction():
        disable(other.staff_id)
    assert get(client, disabled)[0] == 401


def test_it_ends_when_the_citizens_account_is_suspended(
    city: City, client: FlaskClient, clerk: Clerk
) -> None:
    citizen = city.citizen()
    token = clerk.acts_for(citizen)
    with city.app.app_context(), transaction():
        suspend_citizen(citizen.id)
    assert get(client, token)[0] == 401
    with pytest.raises(Problem) as refused:
        clerk.acts_for(citizen)
    assert refused.value.kind.slug == "conflict"


def test_one_citizen_at_a_time(city: City, client: FlaskClient, clerk: Clerk) -> None:
    first, second = clerk.acts_for(city.citizen()), clerk.acts_for(city.citizen())
    assert get(client, first)[0] == 401
    assert get(client, second)[0] == 200


def test_a_token_is_renewed_until_a_quarter_of_an_hour_is_over(
    city: City, client: FlaskClient, clerk: Clerk
) -> None:
    began = clock.now()
    with time_machine.travel(began, tick=False) as clocks:
        token = clerk.acts_for(city.citizen(), seconds=3600)
        clocks.shift(301)
        assert get(client, token)[0] == 401
        with city.app.app_context(), transaction():
            (session,) = clerk_sessions(clerk.session_id)
            token = renew_clerk(session.id, clerk.session_id).access_token
        assert get(client, token)[0] == 200
        clocks.shift(CLERK_SECONDS - 310)
        with city.app.app_context(), transaction():
            last = renew_clerk(session.id, clerk.session_id)
        assert last.expires_in == 9
        assert get(client, last.access_token)[0] == 200
        clocks.shift(10)
        assert get(client, last.access_token)[0] == 401
        with city.app.app_context(), transaction(), pytest.raises(Problem) as over:
            renew_clerk(session.id, clerk.session_id)
        assert over.value.kind.slug == "gone"
        with city.app.app_context(), transaction(), pytest.raises(Problem) as others:
            renew_clerk(session.id, new_id())
        assert others.value.kind.slug == "not-found"


def test_ending_twice_ends_once(city: City, clerk: Clerk) -> None:
    clerk.acts_for(city.citizen())
    with city.app.app_context(), transaction():
        assert len(end_acting(ActingSession.bound_to == clerk.session_id, why="done")) == 1
    with city.app.app_context(), transaction():
        assert end_acting(ActingSession.bound_to == clerk.session_id, why="done") == []
