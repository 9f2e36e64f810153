"""Tasks of a test: declared for one test, started by a member of staff, looked at in their row."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from citizen_app.audit.operations import Actor
from citizen_app.clock import now
from citizen_app.factory import CitizenFlask
from citizen_app.files.operations import Incoming, store_file
from citizen_app.ids import new_id
from citizen_app.staff import operations
from citizen_app.staff.models import Staff
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.tasks.contract import CORE, FileRule, Task, TaskReport
from citizen_app.tasks.models import TaskRun
from citizen_app.tasks.operations import start_task
from citizen_app.text import Text

CLERK = Actor("staff", new_id(), "wang.fang")
DONE = TaskReport(Text("完成", "Done"))
Run = Callable[..., TaskReport]
Start = Callable[..., str]
Row = Callable[[str], TaskRun]
Report = Callable[[str], dict[str, Any]]


@pytest.fixture
def start(app: CitizenFlask, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Declare a task that runs this function, and let it wait; returns the id of its run."""

    def begin(
        run: Run,
        *,
        content: bytes | None = None,
        task_id: str = "trial",
        owner: str = CORE,
        given: dict[str, Any] | None = None,
        **options: Any,
    ) -> str:
        file = FileRule((".csv",), 2**20) if content is not None else None
        task = Task(task_id, Text("试验", "Trial"), run, file=file, **options)
        monkeypatch.setitem(app.extensions["tasks"], (owner, task_id), task)
        with app.app_context():
            file_id = None
            if content is not None:
                sent = Incoming("list.csv", "text/csv", io.BytesIO(content))
                file_id = store_file(sent, owner, endings=(".csv",), most_bytes=2**20)
            with transaction():
                _hired()
                return start_task(owner, task, given or {}, file_id, CLERK).id

    return begin


def _hired() -> None:
    """The clerk has an account, and operates services."""
    if db.session.get(Staff, CLERK.id) is None:
        account = {"password_hash": "-", "totp_sealed": b"-", "created_at": now()}
        db.session.add(Staff(id=CLERK.id, username=CLERK.name, **account))
        db.session.flush()
        operations.grant(CLERK.id or "", "service_operator")


@pytest.fixture
def row(app: CitizenFlask) -> Row:
    """A run as it stands now."""

    def read(run_id: str) -> TaskRun:
        with app.app_context(), transaction(reading=True):
            found = db.session.get(TaskRun, run_id)
            assert found is not None
            return found

    return read


@pytest.fixture
def report(app: CitizenFlask, row: Row) -> Report:
    """What a run reports."""

    def read(run_id: str) -> dict[str, Any]:
        found_row = row(run_id)
        with app.app_context():
            found = found_row.report
            assert found is not None
            assert found["said"]["zh"]
            return found

    return read
