"""The database ends the connection while a module works: an outage, not a refusal, even if the module
swallows the error."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import literal_column, select, text

from citizen_app.process.breaker import FAILURES_TO_OPEN
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.storage.orm import db
from citizen_app.storage.statements import Prepared
from citizen_app.toolkit.data import session
from citizen_app.toolkit.scan import Allow, Text, check_budget
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

Hook = Callable[[], Any]


@pytest.fixture
def module(city: City) -> InstalledModule:
    """The probe."""
    with city.app.app_context():
        found = current_registry().get("probe")
    assert found is not None
    return found


def cut() -> None:
    """End the connection of the present unit of work from outside: a server that restarts, a file that is
    taken away."""
    connection = session().connection()
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.close()  # type: ignore[union-attr]
        return
    number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})


def ask() -> None:
    session().execute(text("SELECT 1"))


def goes_on() -> None:
    """The usual module lets errors pass."""
    ask()


def goes_on_prepared() -> None:
    """So does one that uses a prepared statement."""
    Prepared(select(literal_column("2"))).rows()


def keeps_it_to_itself() -> None:
    """The module allows the scan although its writes are lost."""
    try:
        ask()
    except Exception:
        return


def tries_again() -> None:
    """It meets the session's error about the first error."""
    keeps_it_to_itself()
    ask()


def says_it_in_its_own_words() -> None:
    """An error of the module's, which knows where it comes from."""
    try:
        ask()
    except Exception as error:
        raise RuntimeError("the lane is closed") from error


def takes_too_long() -> None:
    """Its time is up while it waits."""
    keeps_it_to_itself()
    time.sleep(0.3)
    check_budget()


@pytest.mark.parametrize(
    "meets",
    [goes_on, goes_on_prepared, keeps_it_to_itself, tries_again, says_it_in_its_own_words, takes_too_long],
)
def test_a_connection_that_is_lost_in_a_hook_is_no_refusal(
    city: City,
    citizen: TestCitizen,
    kiosk: TestKiosk,
    module: InstalledModule,
    monkeypatch: pytest.MonkeyPatch,
    meets: Hook,
) -> None:
    def on_scan(scan: Any) -> Any:
        works(scan)
        cut()
        meets()
        return Allow(Text("通过", "Yes"))

    works, code = module.hooks.on_scan, citizen.code()
    monkeypatch.setattr(module.hooks, "on_scan", on_scan)
    if meets is takes_too_long:
        object.__setattr__(city.app.extensions["settings"], "hook_budget_ms", 200)
    for _ in range(FAILURES_TO_OPEN):
        answer = kiosk.scan(code, "enter")
        assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/unavailable")
        assert answer.headers["Retry-After"] == "5"
    assert not module.breaker.is_open
    monkeypatch.undo()
    object.__setattr__(city.app.extensions["settings"], "hook_budget_ms", 20_000)
    assert kiosk.scan(code, "enter").get_json()["reason"] == "ok", "nothing was decided, and no code used up"
    assert (city.count("usage_events"), city.count("probe_entries")) == (1, 1)


def test_a_module_that_fails_while_nobody_notices_the_loss_leaves_the_thread_as_it_was(
    city: City,
    citizen: TestCitizen,
    kiosk: TestKiosk,
    module: InstalledModule,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection cannot even be rolled back. It is thrown away, with the turn to write that it held."""

    def on_scan(scan: Any) -> Any:
        cut()
        raise KeyError("a fault of its own")

    monkeypatch.setattr(module.hooks, "on_scan", on_scan)
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] == "service_unavailable"
    monkeypatch.undo()
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] == "ok"
