"""The ledger: who gave what when, and that nobody changes it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from citizen_app.citizens.models import Citizen
from citizen_app.consent import operations
from citizen_app.consent.models import ConsentEvent
from citizen_app.consent.operations import Actor
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.consent.conftest import accept

CHANGES = {"update": update(ConsentEvent).values(act="withdrawn"), "delete": delete(ConsentEvent)}


def ledger(city: City) -> list[tuple[Any, ...]]:
    """Act, service, fields, channel and actor of each event, in their order."""
    with city.app.app_context(), transaction(reading=True):
        rows = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id)).all()
        return [(row.act, row.service, tuple(row.scopes), row.channel, row.actor) for row in rows]


def test_every_act_is_in_the_ledger_with_what_changed_and_by_whom(city: City) -> None:
    citizen = city.citizen(consents=False)
    accept(city, citizen)
    citizen.agree("probe")
    delegation = new_id()
    with city.app.app_context(), transaction():
        operations.agree(citizen.id, "probe", ["masked_name"], Actor("guardian", delegation))
    assert ledger(city) == [
        ("given", None, (), "notice", "self"),
        ("given", "probe", ("masked_name",), "notice", "self"),
        ("withdrawn", "probe", ("masked_name",), "service", "self"),
        ("given", "probe", ("masked_name",), "service", "guardian"),
    ]
    assert city.count("consent_events", "notice IS NOT NULL") == 4
    with city.app.app_context(), transaction(reading=True):
        assert db.session.scalars(select(ConsentEvent.delegation_id)).all()[-1] == delegation


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_changes_the_ledger(city: City, change: str) -> None:
    city.citizen()
    before = ledger(city)
    with city.app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(CHANGES[change].execution_options(synchronize_session=False))
    assert ledger(city) == before != []


def test_nobody_empties_the_ledger(city: City) -> None:
    city.citizen()
    with city.app.app_context():
        on_sqlite = db.engine.dialect.name == "sqlite"
    emptied = "DELETE FROM consent_events" if on_sqlite else "TRUNCATE consent_events"
    with city.app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text(emptied))


def test_whoever_is_erased_leaves_events_that_belong_to_nobody(city: City) -> None:
    citizen: TestCitizen = city.citizen()
    with city.app.app_context(), transaction():
        db.session.execute(delete(Citizen).where(Citizen.id == citizen.id))
    assert city.count("citizen_consents") == city.count("notice_acceptances") == 0
    assert len(ledger(city)) == 2
    with city.app.app_context(), transaction(reading=True):
        keys = db.session.scalars(select(ConsentEvent.subject_key)).all()
        assert citizen.id not in keys
