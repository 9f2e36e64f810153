"""Giving and taking back at the same moment: acts of one citizen take turns. A control without the lock."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from citizen_app.consent import operations
from citizen_app.consent.models import CitizenConsent, ConsentEvent
from citizen_app.consent.notice import notice_in_force
from citizen_app.extensions import limiter
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import before_commit, run_concurrently
from tests.integration.consent.conftest import CONTACT, FARE, NAME, Upgrade

AT_ONCE = 12


def row(city: City, citizen: TestCitizen) -> set[str]:
    """The fields agreed to."""
    with city.app.app_context(), transaction(reading=True):
        found = db.session.get(CitizenConsent, (citizen.id, "probe"))
        return set(found.agreed) if found else set()


def told_by_ledger(city: City) -> set[str]:
    """The same, from everything that happened, one after the other."""
    held: set[str] = set()
    with city.app.app_context(), transaction(reading=True):
        events = select(ConsentEvent).where(ConsentEvent.service == "probe").order_by(ConsentEvent.id)
        for event in db.session.scalars(events):
            held = held | set(event.scopes) if event.act == "given" else held - set(event.scopes)
    return held


def accept(citizen: TestCitizen) -> object:
    """Accept the notice in force."""
    return operations.accept_notice(citizen.id, notice_in_force().version)


def widen(city: City, upgrade: Upgrade) -> None:
    """The probe asks for more, and staff approve."""
    upgrade(FARE, NAME, CONTACT)
    city.grant("probe", "senior", "masked_name", "contact_ref")


def test_a_notice_accepted_meanwhile_does_not_bring_back_what_was_taken(city: City, upgrade: Upgrade) -> None:
    citizen = city.citizen()
    widen(city, upgrade)
    before_commit(city.app, partial(operations.withdraw, citizen.id, "probe"), partial(accept, citizen))
    assert row(city, citizen) == told_by_ledger(city) == set()


def test_what_is_taken_back_meanwhile_is_gone_once_the_notice_is_accepted(
    city: City, upgrade: Upgrade
) -> None:
    citizen = city.citizen()
    widen(city, upgrade)
    before_commit(city.app, partial(accept, citizen), partial(operations.withdraw, citizen.id, "probe"))
    assert row(city, citizen) == told_by_ledger(city) == set()


def test_control_without_the_lock_the_notice_brings_it_back(
    city: City, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite units of work that write are one after the other anyhow."""
    citizen = city.citizen()
    widen(city, upgrade)
    monkeypatch.setattr(operations, "lock_row", lambda model, key: db.session.get(model, key))
    before_commit(city.app, partial(operations.withdraw, citizen.id, "probe"), partial(accept, citizen))
    with city.app.app_context():
        on_postgresql = db.engine.dialect.name == "postgresql"
    assert bool(row(city, citizen)) is on_postgresql


def test_many_at_once_leave_what_the_ledger_tells(
    city: City, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    widen(city, upgrade)
    citizen = city.citizen(consents=False)
    version = city.client.get("/api/v1/privacy-notice").get_json()["version"]
    headers = {"Authorization": f"Bearer {citizen.access_token}"}
    acts: list[tuple[str, str, Any]] = [
        ("PUT", "notice", {"version": version}),
        ("PUT", "probe", {"scopes": ["masked_name"]}),
        ("PUT", "probe", {"scopes": ["contact_ref", "masked_name"]}),
        ("DELETE", "probe", None),
    ]

    def act(method: str, what: str, body: Any) -> int:
        client = city.app.test_client()
        path = f"/api/v1/me/consents/{what}"
        return client.open(path, method=method, json=body, headers=headers).status_code

    statuses = run_concurrently([partial(act, *acts[n % len(acts)]) for n in range(AT_ONCE)])
    assert set(statuses) <= {200, 204}
    assert row(city, citizen) == told_by_ledger(city)
    assert city.count("citizen_consents") == 1
