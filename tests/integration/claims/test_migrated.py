"""Fare classes and age bands of the version before become claims, and nobody loses a fare; back again too."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import AgeBand, FareClass
from citizen_app.claims import operations
from citizen_app.claims.queries import known_of
from citizen_app.clock import now
from citizen_app.factory import CitizenFlask
from citizen_app.registry import lineages, state
from citizen_app.registry.modules import current_registry
from citizen_app.storage.dialects import standalone_engine
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen

YOUNG, OLD = {"child", "minor"}, {"senior", "age_65", "age_70"}
BEFORE = (
    (FareClass.ADULT, AgeBand.FROM_18, False, set()),
    (FareClass.STUDENT, AgeBand.FROM_14, False, {"student", "minor"}),
    (FareClass.STUDENT, AgeBand.FROM_14, True, {"student"}),
    (FareClass.SENIOR, AgeBand.FROM_70, False, OLD),
    (FareClass.SENIOR, AgeBand.FROM_60, True, {"senior"}),
    (FareClass.CHILD, AgeBand.UNDER_6, False, YOUNG),
    (FareClass.DISABLED, AgeBand.UNKNOWN, False, {"disabled"}),
    (FareClass.VETERAN, AgeBand.FROM_65, False, {"veteran", "senior", "age_65"}),
    (FareClass.ADULT, AgeBand.FROM_6, False, {"minor"}),
)
"""Fare class, age band, whether a date of birth is known (1990), and the claims that come of it."""


@pytest.fixture
def upgraded(app: CitizenFlask) -> Any:
    """People of the version before, and the city after the upgrade."""
    city = City(app)
    with app.app_context():
        engine = standalone_engine(app.extensions["settings"])
        people = [city.citizen(born=date(1990, 1, 1) if known else None) for *_, known, _ in BEFORE]
        lineages.downgrade(engine, current_registry(), "core", "core_0007")
        for person, (fare, band, *_) in zip(people, BEFORE, strict=True):
            told = {"fare_class": fare, "age_band": band, "created_at": now() - timedelta(days=500)}
            with transaction():
                db.session.execute(update(Citizen).where(Citizen.id == person.id).values(told))
        with transaction():
            row_of_bus = state._row("bus")
            row_of_bus.granted_scopes = ["age_band", "fare_class"]
            state._changed(row_of_bus)
        lineages.upgrade(engine, current_registry())
        yield city, people, engine
        engine.dispose()


def held(citizen: TestCitizen, moment: Any) -> set[str]:
    with transaction(reading=True):
        known = known_of(citizen.id)
    assert known is not None
    return {name for name in operations.CLAIMS if known.has(name, moment)}


def test_everybody_keeps_what_they_had(upgraded: Any) -> None:
    _, people, _ = upgraded
    for person, (*_, expected) in zip(people, BEFORE, strict=True):
        for moment in (now(), now() - timedelta(days=3), now() + timedelta(days=365)):
            assert held(person, moment) == expected
    child = people[5]
    assert held(child, now() + timedelta(days=7 * 366)) == {"minor"}, "nobody is a child for seven years"
    assert held(child, now() + timedelta(days=19 * 366)) == set()


def test_the_bus_takes_them_at_their_fare_at_once(upgraded: Any) -> None:
    city, people, _ = upgraded
    kiosk, fares = city.kiosk("bus"), []
    for person in people:
        decision = kiosk.scan(
            person.code(), "board", context={"line": "1路", "vehicle": person.id}
        ).get_json()
        fares.append(decision["outcome"]["fare"])
    assert fares == [200, 100, 100, 0, 0, 0, 0, 0, 200]


def test_what_was_carried_over_says_so(upgraded: Any) -> None:
    _, people, _ = upgraded
    (claim,) = people[6].get("/api/v1/me/claims").get_json()["items"]
    assert (claim["source"], claim["basis"], claim["type"]) == ("carried_over", "legal_duty", "disabled")
    assert claim["source_title"] == "沿用升级前的登记"


def test_back_again_the_columns_say_what_holds(upgraded: Any) -> None:
    city, people, engine = upgraded
    with transaction():
        city.grant_claim(people[0].id, "disabled")
        row = (
            db.session.query(operations.CitizenClaim).filter_by(citizen_id=people[1].id, type="student").one()
        )
        operations.end_claim(row.id, ended_by=None, reason="x")
    lineages.downgrade(engine, current_registry(), "core", "core_0007")
    with transaction(reading=True):
        fares = dict(db.session.execute(text("SELECT id, fare_class FROM citizens")).all())
        granted = db.session.get_one(state.ServiceState, "bus").granted_scopes
    by_id = {str(key).replace("-", ""): fare for key, fare in fares.items()}
    assert [by_id[person.id.replace("-", "")] for person in people] == [4, 0, 1, 2, 2, 3, 4, 5, 0]
    assert {"fare_class", "age_band"} <= set(granted)
    lineages.upgrade(engine, current_registry())
    assert held(people[0], now()) == {"disabled"}
