"""Every run of every task, for those who look after the background work."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.storage.keyset import Page
from citizen_app.tasks.models import TaskRun
from citizen_app.tasks.operations import cancel
from citizen_app.tasks.queries import run_or_404, run_page
from citizen_app.tasks.schemas import RunQuerySchema, TaskRunPageSchema, TaskRunSchema
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff

PREFIX: Final = "/api/v1/admin/tasks"

blueprint = api_blueprint(
    "admin_tasks", staff(read="jobs.read", write="jobs.manage"), PREFIX, "Long work that staff have started."
)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(RunQuerySchema, location="query")
@blueprint.response(200, TaskRunPageSchema)
def list_runs(asked: dict[str, Any]) -> Page[TaskRun]:
    """Runs of the core's tasks and of every service's, newest first. What they report is for those who may
    start them."""
    return run_page(**asked)


@blueprint.route("/<id:run_id>", methods=["GET"])
@blueprint.response(200, TaskRunSchema)
def show_run(run_id: str) -> TaskRun:
    """How far a run is."""
    return run_or_404(run_id)


@blueprint.route("/<id:run_id>/cancel", methods=["POST"])
@blueprint.response(200, TaskRunSchema)
@blueprint.alt_response(409)
def cancel_run(run_id: str) -> TaskRun:
    """Cancel a run, whoever started it: one that waits at once, one at work at its next step."""
    return cancel(run_id, current_staff().actor)
