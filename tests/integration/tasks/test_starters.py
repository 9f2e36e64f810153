"""A run that has waited is asked again whether its starter may: accounts and roles end in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from marshmallow import fields

from citizen_app.factory import CitizenFlask
from citizen_app.staff import operations
from citizen_app.storage.transactions import transaction
from citizen_app.tasks.contract import Task, TaskUnit
from citizen_app.text import Text
from citizen_app.wire.inputs import StrictSchema
from tests.integration.tasks.conftest import CLERK, DONE, Report, Start
from tests.integration.tasks.test_running import run_all


@pytest.mark.parametrize(
    "end",
    [
        lambda: operations.disable(CLERK.id or ""),
        lambda: operations.revoke_role(CLERK.id or "", "service_operator"),
    ],
    ids=["disabled", "without the role"],
)
def test_what_somebody_started_does_not_run_once_they_may_not(
    app: CitizenFlask, start: Start, report: Report, end: Callable[[], None]
) -> None:
    ran = list[int]()

    def work(*_: object) -> object:
        ran.append(1)
        return DONE

    assert start(work) and run_all(app) == ["done"], "while they may it runs"
    run_id = start(work)
    with app.app_context(), transaction():
        end()
    assert run_all(app) == ["refused"]
    assert ran == [1]
    assert "没有执行" in report(run_id)["said"]["zh"]


class OfPlace(StrictSchema):
    """Arguments that name a place."""

    place_id = fields.String(required=True)


@pytest.mark.parametrize(("unit", "state"), [("east", "done"), ("west", "refused")])
def test_what_was_started_for_a_unit_runs_while_it_is_theirs(
    app: CitizenFlask, start: Start, unit: str, state: str
) -> None:
    of_place = TaskUnit("place_id", lambda units: [])
    start(lambda *_: DONE, owner="pass", given={"place_id": unit}, args=OfPlace, unit=of_place)
    with app.app_context(), transaction():
        operations.revoke_role(CLERK.id or "", "service_operator")
        operations.grant(CLERK.id or "", "service_operator", "pass", "east")
    assert run_all(app) == [state]


def test_the_unit_is_one_of_the_arguments() -> None:
    with pytest.raises(TypeError, match="place_id"):
        Task("trial", Text("试验", "Trial"), lambda *_: DONE, unit=TaskUnit("place_id", lambda units: []))
