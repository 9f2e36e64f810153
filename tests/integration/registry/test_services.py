"""Installed services: switched on and off everywhere within two seconds, settings, migrations, the entry."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.registry import lineages, state
from citizen_app.registry.catalogue import search
from citizen_app.registry.modules import Registry, current_registry
from citizen_app.storage.orm import Model, db
from citizen_app.storage.transactions import current_connection, transaction
from citizen_app.toolkit.testing import City
from citizen_app.wire.problems import Problem


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


def _soon(what: Callable[[], bool]) -> bool:
    """On a busy machine too: how often a worker looks is a setting, not what is tried here."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


def test_switching_reaches_every_worker_without_restart(
    app: CitizenFlask, other_worker: CitizenFlask
) -> None:
    city, client = City(app), other_worker.test_client()
    client.get("/healthz")  # its watch begins with the first request

    def listed() -> bool:
        return [s["id"] for s in client.get("/api/v1/services").get_json()["items"]] == ["probe"]

    assert _soon(listed)
    with app.app_context(), transaction():
        state.disable("probe")
    assert _soon(lambda: not listed())
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    kiosk.client = client
    assert _soon(lambda: kiosk.scan(citizen.code(), "enter").get_json().get("reason") == "service_disabled")
    with app.app_context(), transaction():
        state.enable("probe")
    assert _soon(lambda: kiosk.scan(citizen.code(), "enter").get_json().get("reason") == "ok")


def test_settings_are_checked_and_reach_the_module(app: CitizenFlask) -> None:
    city = City(app)
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    with app.app_context(), transaction():
        state.change_settings("probe", {"greeting": "早上好"})
    assert kiosk.scan(citizen.code(), "enter").get_json()["display"]["lines"][0].startswith("早上好")
    for wrong in ({"greeting": 5}, {"greeting": ""}, {"other": "x"}):
        with app.app_context(), pytest.raises(Problem), transaction():
            state.change_settings("probe", wrong)


def test_scopes_are_granted_by_staff_and_not_by_the_module(app: CitizenFlask) -> None:
    city = City(app)
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    with app.app_context(), transaction():
        row = db.session.get(state.ServiceState, "probe")
        assert row is not None
        row.granted_scopes = ["senior"]
        state._changed(row)
    decision = kiosk.scan(citizen.code(), "enter").get_json()
    assert decision["granted"] == {}, "what is true of somebody is not told to kiosks"
    assert decision["display"]["lines"] == ["你好 "], "what is not approved reads as unknown"
    (event,) = citizen.usage()
    assert [told["name"] for told in event["disclosed"]] == ["senior"]


def test_the_entry_is_found_by_chinese_pinyin_and_english(app: CitizenFlask) -> None:
    City(app)
    with app.app_context():
        for query in ("探针", "tanzhen", "tz", "Probe", "probe", "测试", "PROBE enter"):
            assert [found.id for found in search(query)] == ["probe"], query
        for query in ("公交", "gongjiao", "xyz"):
            assert search(query) == []
        assert [found.id for found in search("", "community")] == ["probe"]
        assert search("", "health") == []


def test_a_service_without_its_tables_is_not_switched_on(app: CitizenFlask, tmp_path: Path) -> None:
    run, operator = app.test_cli_runner(), City(app).operator("probe", "system_admin")
    with app.app_context():
        state_before = lineages.pending(db.engine, current_registry())
        lineages.downgrade(db.engine, current_registry(), "probe", "base")
        (tmp_path / "migrations").mkdir()
        unwritten = replace(state.module_of("probe"), folder=tmp_path)
        with transaction(reading=True):
            told = lineages.why_not_ready(current_connection(), unwritten, Registry({"probe": unwritten}))
        assert told is not None and "db revision --service probe" in told.en
    refused = run.invoke(args=["services", "enable", "probe"])
    assert (refused.exit_code, state_before) == (1, [])
    assert "flask --app wsgi db upgrade" in refused.stderr
    answer = operator.call("POST", "/api/v1/admin/services/probe/enable")
    assert (answer.status_code, "db upgrade" in answer.get_json()["detail"]) == (409, True)
    with app.app_context():
        lineages.upgrade(db.engine, current_registry())
    assert run.invoke(args=["services", "enable", "probe"]).exit_code == 0
    assert "did you mean 'probe'?" in run.invoke(args=["services", "enable", "prob"]).stderr


def test_every_lineage_goes_up_down_and_up(app: CitizenFlask) -> None:
    with app.app_context():
        registry, engine = current_registry(), db.engine
        assert lineages.pending(engine, registry) == []
        for name in ("probe", "core"):
            lineages.downgrade(engine, registry, name, "base")
        assert sorted(lineages.pending(engine, registry)) == ["core", "probe"]
        assert lineages.upgrade(engine, registry) == ["core", "probe"]
        assert lineages.pending(engine, registry) == []
        of_installed = {t for t in Model.metadata.tables if not t.startswith("bus_")}
        differing = lineages.differences(engine, registry, Model.metadata)
        assert {
            name: [c for c in found if c[1].name in of_installed]
            for name, found in differing.items()
            if name == "probe"
        } in ({}, {"probe": []})
