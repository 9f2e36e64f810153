"""The routes of declared tasks: start with a file, list, look, cancel, fetch the file back.

A task of a service has them below `/api/v1/services/<id>/tasks`, for its operators; one of the core below
`/api/v1/admin/tasks/<task>`, for those who hold the task's permission.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from flask import Response, send_file
from flask_smorest import Blueprint

from citizen_app.audit.operations import record
from citizen_app.files.kinds import KINDS
from citizen_app.files.operations import Incoming, store_file
from citizen_app.files.reading import FileBroken, FileGone, opened
from citizen_app.registry.modules import InstalledModule
from citizen_app.staff.permissions import OPERATE
from citizen_app.storage.keyset import Page
from citizen_app.storage.transactions import transaction, write_after_read
from citizen_app.tasks.contract import CORE, Task
from citizen_app.tasks.models import TaskRun
from citizen_app.tasks.operations import cancel, earlier_start, start_task
from citizen_app.tasks.queries import run_or_404, run_page
from citizen_app.tasks.reach import may_start, runs_of, seen_by
from citizen_app.tasks.schemas import RunQuerySchema, TaskReportSchema, TaskRunPageSchema, TaskRunSchema
from citizen_app.web.boundary.audiences import Audience, api_blueprint, current_staff, staff, staff_of_service
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.boundary.uploads import UploadedFile, file_argument
from citizen_app.wire.inputs import ClientGeneratedId
from citizen_app.wire.problems import Problem

STARTED: Final = "The answer comes before the work: it is done in the background. `GET` of the run says how far it is, and how it ended."
RUN_ID: Final = "An id of your own for the run: sent again, it starts nothing more."
FILE: Final = {"schema": {"type": "string", "format": "binary"}}
AS_SENT: Final = {
    "description": "The file, as it was sent.",
    "content": {kind.media_type: FILE for kind in KINDS.values()},
}


def blueprints_of_service(module: InstalledModule) -> list[Blueprint]:
    """The routes of a service's tasks; none where it declares none."""
    if not module.tasks:
        return []
    prefix = f"/api/v1/services/{module.id}/tasks"
    by_unit = any(task.unit is not None for task in module.tasks)
    audience = staff_of_service(module.id, by_unit=by_unit)
    runs = _runs(module.id, module.tasks, f"{module.id}_task_runs", audience, prefix)
    starts = [
        _start(
            module.id,
            task,
            staff_of_service(module.id, by_unit=task.unit is not None),
            f"{prefix}/{task.id}",
        )
        for task in module.tasks
    ]
    for blueprint in (runs, *starts):
        blueprint.service = module.id
    return [runs, *starts]


def blueprints_of_core(tasks: Sequence[Task]) -> list[Blueprint]:
    """The routes of the core's tasks, each for those who hold its permission."""
    made = []
    for task in tasks:
        prefix, audience = (
            f"/api/v1/admin/tasks/{task.id}",
            staff(read=task.permission, write=task.permission),
        )
        made.append(_start(CORE, task, audience, prefix))
        made.append(_runs(CORE, [task], f"{CORE}_{task.id}_runs", audience, prefix))
    return made


def _start(owner: str, task: Task, audience: Audience, url: str) -> Blueprint:
    """The route that starts a task."""
    blueprint = api_blueprint(f"{owner}_task_{task.id}", audience, url, f"{task.title.en}.")
    run_id = ClientGeneratedId(load_default=None, metadata={"description": RUN_ID})
    name = f"{owner}_{task.id}_arguments".title().replace("_", "")
    asked_schema = type(name, (task.args,), {"run_id": run_id})

    def start(asked: dict[str, Any], sent: UploadedFile | None = None) -> TaskRun:
        caller, run_id = current_staff(), asked.pop("run_id")
        with transaction(reading=True):
            if task.permission != OPERATE:
                caller.require(task.permission)
            if not may_start(caller, owner, task, asked):
                raise Problem("not-found")
            earlier = earlier_start(owner, task, caller.actor, run_id)
            if earlier is not None:
                return earlier
            task.check(asked)
        file_id = None
        if sent is not None and task.file is not None:
            incoming = Incoming(sent.name, sent.media_type, sent.stream)
            file_id = store_file(
                incoming,
                owner,
                endings=task.file.endings,
                most_bytes=task.file.most_bytes,
                sent_by=caller.staff_id,
            )
        with transaction():
            return start_task(owner, task, asked, file_id, caller.actor, run_id)

    start.__doc__ = f"{task.title.en}.\n\n{STARTED}"
    view: Any = blueprint.alt_response(409)(blueprint.response(202, TaskRunSchema)(start))
    if task.file is not None:
        rule = task.file
        view = file_argument(blueprint, endings=rule.endings, most_bytes=rule.most_bytes)(view)
    view = blueprint.arguments(asked_schema, location="query")(view)
    blueprint.route("", methods=["POST"])(opens_its_own_units(view))
    return blueprint


def _runs(owner: str, tasks: Sequence[Task], name: str, audience: Audience, url: str) -> Blueprint:
    """The routes of the runs of some tasks of an owner."""
    blueprint = api_blueprint(name, audience, url, "Runs of tasks: how far they are, and how they ended.")
    ids = frozenset(task.id for task in tasks)

    @blueprint.route("", methods=["GET"])
    @blueprint.arguments(RunQuerySchema, location="query")
    @blueprint.response(200, TaskRunPageSchema)
    def list_runs(asked: dict[str, Any]) -> Page[TaskRun]:
        """Runs, newest first."""
        return run_page(owner=owner, tasks=ids, of=runs_of(current_staff()), **asked)

    @blueprint.route("/<id:run_id>", methods=["GET"])
    @blueprint.response(200, TaskReportSchema)
    def show_run(run_id: str) -> TaskRun:
        """How far a run is; once it has ended, what it reports."""
        return run_or_404(run_id, owner, ids, of=runs_of(current_staff()))

    @blueprint.route("/<id:run_id>/cancel", methods=["POST"])
    @blueprint.response(200, TaskRunSchema)
    @blueprint.alt_response(409)
    def cancel_run(run_id: str) -> TaskRun:
        """Cancel a run: one that waits at once, one at work at its next step. It leaves no change."""
        caller = current_staff()
        return cancel(run_or_404(run_id, owner, ids, of=runs_of(caller)).id, caller.actor)

    if not any(task.file for task in tasks):
        return blueprint

    @blueprint.route("/<id:run_id>/file", methods=["GET"])
    @blueprint.doc(responses={"200": AS_SENT})
    @opens_its_own_units
    def fetch_file(run_id: str) -> Response:
        """The file of a run, for whoever sent it, until a day after the run has ended."""
        return as_attachment(run_id, owner, ids)

    return blueprint


def as_attachment(run_id: str, owner: str, tasks: frozenset[str]) -> Response:
    """The file of a run as an attachment, for whoever sent it. Raises a 404 for everybody else, and for a
    file that is gone."""
    caller = current_staff()
    with transaction(reading=True):
        run = run_or_404(run_id, owner, tasks, of=seen_by(caller))
        if run.file_id is None or run.staff_id != caller.staff_id:
            raise Problem("not-found")
        file_id, task = run.file_id, f"{owner}.{run.task}"
        write_after_read(partial(record, "task.fetch_file", "task_run", run_id, task=task))
    try:
        with opened(file_id) as file:
            content, name, kind = io.BytesIO(file.stream.read()), file.name, KINDS[file.ending]
    except (FileGone, FileBroken) as gone:
        raise Problem("not-found") from gone
    answer = send_file(content, kind.media_type, as_attachment=True, download_name=name, etag=False)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
