"""At once: accepted and withdrawn, accepted beyond a limit, a token asked for while it is revoked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest

from citizen_app.delegations import acting, operations, rules
from citizen_app.extensions import limiter
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.delegations.conftest import PATH, delegate, person, with_token

Ask = Callable[..., Any]
TRIPS = "/api/v1/services/bus/trips"


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What calls that start together answer."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


@pytest.mark.parametrize("turn", range(4))
def test_accepted_or_withdrawn_and_never_half(
    city: City, elder: TestCitizen, daughter: TestCitizen, ask: Ask, turn: int
) -> None:
    asked = ask(elder, daughter.phone).get_json()["id"]
    accepted, ended = at_once(
        lambda: daughter.call("POST", f"{PATH}/{asked}/acceptance"),
        lambda: elder.call("DELETE", f"{PATH}/{asked}"),
    )
    assert ended.status_code == 204
    assert accepted.status_code in (200, 404, 410)
    assert elder.get(f"{PATH}/{asked}").get_json()["state"] == "ended"
    assert daughter.call("POST", f"{PATH}/{asked}/token").status_code in (404, 410)
    assert daughter.get("/api/v1/me").get_json()["wards"] == []


@contextmanager
def without_locks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The control: accounts are read, not locked, and everybody counts before anybody writes."""
    together = Barrier(2, timeout=5)

    def read(*ids: str) -> list[Any]:
        return [db.session.get(operations.Citizen, one) for one in ids]

    check = rules.check_room

    def counted(**asked: Any) -> None:
        check(**asked)
        together.wait()

    with monkeypatch.context() as patched:
        patched.setattr(operations, "locked_citizens", read)
        patched.setattr(rules, "check_room", counted)
        yield


def full_but_one(city: City, agent: TestCitizen, ask: Ask) -> list[str]:
    """An agent who may take one more ward, and two invitations that wait for them."""
    for _ in range(rules.MOST_WARDS - 1):
        delegate(city, agent, person(city, 70))
    return [ask(person(city, 71), agent.phone).get_json()["id"] for _ in range(2)]


def test_a_limit_holds_for_concurrent_acceptances(city: City, daughter: TestCitizen, ask: Ask) -> None:
    waiting = full_but_one(city, daughter, ask)
    answers = at_once(
        *(lambda one=one: daughter.call("POST", f"{PATH}/{one}/acceptance") for one in waiting)  # type: ignore[misc]
    )
    assert sorted(one.status_code for one in answers) == [200, 409]


def test_without_locks_the_limit_would_not_hold(
    city: City, daughter: TestCitizen, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL; SQLite serialises whoever writes, and there the control cannot meet."""
    if city.app.extensions["settings"].on_sqlite:
        pytest.skip("writers take turns")
    waiting = full_but_one(city, daughter, ask)
    with without_locks(monkeypatch):
        answers = at_once(
            *(lambda one=one: daughter.call("POST", f"{PATH}/{one}/acceptance") for one in waiting)  # type: ignore[misc]
        )
    assert [one.status_code for one in answers] == [200, 200]


@pytest.mark.parametrize("turn", range(4))
def test_no_token_outlives_a_revocation_of_the_same_moment(
    city: City, elder: TestCitizen, daughter: TestCitizen, turn: int
) -> None:
    made = delegate(city, daughter, elder)
    asked, ended = at_once(
        lambda: daughter.call("POST", f"{PATH}/{made}/token"),
        lambda: elder.call("DELETE", f"{PATH}/{made}"),
    )
    assert ended.status_code == 204
    assert asked.status_code in (200, 410)
    if asked.status_code == 200:
        token = asked.get_json()["access_token"]
        assert with_token(city, token, "GET", TRIPS).status_code == 401
    assert city.count("acting_sessions", "ended_at IS NULL") == 0


def test_a_token_that_does_not_wait_for_the_revocation_would_outlive_it(
    city: City, elder: TestCitizen, daughter: TestCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the delegation is read without a lock, and revoked before the session is written."""
    if city.app.extensions["settings"].on_sqlite:
        pytest.skip("writers take turns")
    made = delegate(city, daughter, elder)
    read, revoked = acting.ward_present, Barrier(2, timeout=5)

    def late(ward_id: str) -> Any:
        revoked.wait()  # the delegation is read
        revoked.wait()  # and revoked
        return read(ward_id)

    def revoke() -> Any:
        revoked.wait()
        answer = elder.call("DELETE", f"{PATH}/{made}")
        revoked.wait()
        return answer

    monkeypatch.setattr(acting, "ward_present", late)
    monkeypatch.setattr(acting, "lock_row", lambda model, key: db.session.get(model, key))
    asked, _ = at_once(lambda: daughter.call("POST", f"{PATH}/{made}/token"), revoke)
    token = asked.get_json()["access_token"]
    assert with_token(city, token, "GET", TRIPS).status_code == 200
