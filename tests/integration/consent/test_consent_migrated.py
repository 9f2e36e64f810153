"""The upgrade: what a service saw of those it has met is carried over and said to be so; nobody loses a
fare."""

from __future__ import annotations

from citizen_app.ids import new_id
from citizen_app.registry import lineages
from citizen_app.registry.modules import current_registry
from citizen_app.storage.dialects import standalone_engine
from citizen_app.toolkit.testing import City, TestKiosk
from tests.integration.consent.conftest import (
    CONSENTS,
    CONTACT,
    FARE,
    NAME,
    Upgrade,
    accept,
    disclosed,
    scan,
    standing,
    states,
)


def test_whom_a_service_has_met_keeps_what_it_saw_and_may_take_it_back(
    city: City, kiosk: TestKiosk, upgrade: Upgrade
) -> None:
    met, stranger = city.citizen(consents=False), city.citizen(consents=False)
    scan(kiosk, met)
    with city.app.app_context():
        engine = standalone_engine(city.app.extensions["settings"])
        try:
            for _ in range(2):
                lineages.downgrade(engine, current_registry(), "core", "core_0007")
                lineages.upgrade(engine, current_registry())
        finally:
            engine.dispose()
    assert city.count("citizen_consents") == city.count("consent_events") == 1
    assert city.count("consent_events", "act = 'carried_over' AND actor = 'system'") == 1
    name = standing(met)["scopes"][1]
    assert (name["state"], name["carried_over"], name["by_name"]) == ("agreed", True, False)
    assert name["since"].endswith("Z")
    assert met.get(CONSENTS).get_json()["notice"]["state"] == "not_accepted"
    assert scan(kiosk, met)["granted"] == {"masked_name": "张*三"}
    assert scan(kiosk, stranger)["granted"] == {}

    upgrade(FARE, NAME, CONTACT)
    city.grant("probe", "senior", "masked_name", "contact_ref")
    assert states(met)["contact_ref"] == "withheld", "what is new was not carried over"
    accept(city, met)
    fields = {field["name"]: field["carried_over"] for field in standing(met)["scopes"]}
    assert not any(fields.values()), "agreed to, from now on"
    assert city.count("consent_events", "act = 'given' AND service = 'probe'") == 1
    met.agree("probe")
    scan(kiosk, met)
    assert disclosed(met) == ["senior"]


def test_the_ids_that_the_database_makes_are_ids_like_ours(city: City, kiosk: TestKiosk) -> None:
    scan(kiosk, city.citizen(consents=False))
    scan(kiosk, city.citizen(consents=False))
    before = new_id()
    with city.app.app_context():
        engine = standalone_engine(city.app.extensions["settings"])
        try:
            lineages.downgrade(engine, current_registry(), "core", "core_0007")
            lineages.upgrade(engine, current_registry())
            with engine.connect() as connection:
                found = connection.exec_driver_sql("SELECT id FROM consent_events").scalars().all()
        finally:
            engine.dispose()
    ids = [str(one).replace("-", "") for one in found]
    assert len(set(ids)) == 2
    for one in ids:
        assert (len(one), one[12], one[16]) == (32, "7", "8")
        assert before.replace("-", "")[:12] <= one[:12] <= new_id().replace("-", "")[:12]
