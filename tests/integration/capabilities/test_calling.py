"""One service asks another: what is declared, what is told, and what happens where the other fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import fields
from sqlalchemy import text

from citizen_app.capabilities.calling import call
from citizen_app.citizens.queries import remember_refs
from citizen_app.factory import CitizenFlask
from citizen_app.process.breaker import FAILURES_TO_OPEN
from citizen_app.registry.behaviour import CitizenView
from citizen_app.registry.capabilities import Capability
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit.testing import City
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.outputs import TextOut

Run = Callable[[Mapping[str, Any], CitizenView | None], Any]


class Asked(StrictSchema):
    number = fields.Integer(required=True)


class Told(StrictSchema):
    twice = fields.Integer(required=True)
    words = TextOut()


def doubled(asked: Mapping[str, Any], citizen: CitizenView | None) -> dict[str, Any]:
    return {"twice": asked["number"] * 2, "words": Text("两倍", "doubled")}


@pytest.fixture
def provides(app: CitizenFlask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], InstalledModule]:
    """Let bus provide `doubling/1` by a function of the test, and pass use it."""

    def declare(service: str, **more: Any) -> InstalledModule:
        with app.app_context():
            registry = current_registry()
            module = registry.get(service)
        assert module is not None
        changed = replace(module, descriptor=replace(module.descriptor, **more))
        monkeypatch.setitem(registry._modules, service, changed)
        return changed

    def put(run: Run) -> InstalledModule:
        declare("pass", uses=("doubling/1",))
        module = declare("bus", provides=("doubling/1",))
        offered = (Capability("doubling/1", Asked, Told, run),)
        monkeypatch.setattr(module.hooks, "CAPABILITIES", offered, raising=False)
        return module

    return put


def asked_by_pass(app: CitizenFlask, number: Any = 21, ref: str | None = None) -> Any:
    with app.test_request_context(headers={"Accept-Language": "en"}), transaction(reading=True):
        found = call("pass", "doubling/1", {"number": number}, ref, default="nothing")
        db.session.execute(text("SELECT 1"))  # whatever happened there, the unit of work goes on
        return found


def test_an_answer_is_plain_values_in_the_callers_language(
    city: City, app: CitizenFlask, provides: Callable[[Run], InstalledModule]
) -> None:
    provides(doubled)
    assert asked_by_pass(app) == {"twice": 42, "words": "doubled"}


def crash(asked: Mapping[str, Any], citizen: CitizenView | None) -> Any:
    raise RuntimeError("a bug")


def broken_statement(asked: Mapping[str, Any], citizen: CitizenView | None) -> Any:
    db.session.execute(text("SELECT no_such_column FROM citizens"))


def nothing(asked: Mapping[str, Any], citizen: CitizenView | None) -> None:
    return None


@pytest.mark.parametrize("failure", [crash, broken_statement, nothing])
def test_whoever_asks_goes_on_without_an_answer(
    city: City, app: CitizenFlask, provides: Callable[[Run], InstalledModule], failure: Run
) -> None:
    provides(failure)
    assert asked_by_pass(app) == "nothing"


def test_a_question_of_another_shape_is_not_the_providers_failure(
    city: City, app: CitizenFlask, provides: Callable[[Run], InstalledModule]
) -> None:
    module = provides(crash)
    for _ in range(FAILURES_TO_OPEN + 1):
        assert asked_by_pass(app, "many") == "nothing"
    assert not module.capabilities_breaker.is_open


def test_the_breaker_opens_and_leaves_scans_alone(
    city: City, app: CitizenFlask, provides: Callable[[Run], InstalledModule]
) -> None:
    calls: list[int] = []

    def count(asked: Mapping[str, Any], citizen: CitizenView | None) -> Any:
        calls.append(asked["number"])
        raise RuntimeError

    module = provides(count)
    for _ in range(FAILURES_TO_OPEN + 3):
        asked_by_pass(app)
    assert len(calls) == FAILURES_TO_OPEN
    assert (module.capabilities_breaker.is_open, module.breaker.is_open) == (True, False)


def test_it_goes_with_its_service(
    city: City, app: CitizenFlask, provides: Callable[[Run], InstalledModule]
) -> None:
    provides(doubled)
    staff = city.operator(None, "system_admin")
    assert staff.call("POST", "/api/v1/admin/services/bus/disable").status_code == 200
    assert asked_by_pass(app) == "nothing"


def test_what_is_not_declared_is_not_asked(
    city: City, app: CitizenFlask, provides: Callable[[Run], InstalledModule]
) -> None:
    provides(doubled)
    with app.test_request_context(), transaction(reading=True), pytest.raises(ValueError, match="other/1"):
        call("pass", "other/1", {})


def test_each_side_knows_the_citizen_by_its_own_reference(
    city: City, app: CitizenFlask, provides: Callable[[Run], InstalledModule]
) -> None:
    seen: list[CitizenView | None] = []

    def look(asked: Mapping[str, Any], citizen: CitizenView | None) -> dict[str, Any]:
        seen.append(citizen)
        return doubled(asked, citizen)

    provides(look)
    citizen = city.citizen()
    with app.app_context(), transaction():
        refs = {name: current_vault().citizen_ref(name, citizen.id) for name in ("pass", "bus")}
        remember_refs("pass", [(refs["pass"], citizen.id)])
    asked_by_pass(app, ref=refs["pass"])
    assert seen[0] is not None
    assert seen[0].ref == refs["bus"] != refs["pass"]
    asked_by_pass(app, ref="of-nobody-whom-it-met")
    assert seen[1] is None
