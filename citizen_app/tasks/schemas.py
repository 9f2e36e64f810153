"""What is said of runs over HTTP."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.tasks.catalogue import title_of
from citizen_app.tasks.contract import STATES
from citizen_app.tasks.models import TaskRun
from citizen_app.text import Text
from citizen_app.wire.language import caller_language
from citizen_app.wire.outputs import MomentOut, TextOut

AGAIN: Final = Text("曾中断 {times} 次，正在重新开始。", "Interrupted {times} times; it starts again.")
ONCE_AGAIN: Final = Text("曾中断，正在重新开始。", "Interrupted; it starts again.")
CANCELLING: Final = Text("正在取消。", "It is being cancelled.")


def note_of(run: TaskRun) -> Text | None:
    """What is to be told of a run beside its state."""
    if run.is_over:
        return None
    if run.cancel_wanted_at is not None:
        return CANCELLING
    if run.interruptions:
        return ONCE_AGAIN if run.interruptions == 1 else AGAIN.fill(times=run.interruptions)
    return None


class RunQuerySchema(PageQuerySchema):
    """Filters of the list."""

    state = fields.String(load_default=None, validate=validate.OneOf(list(STATES)))


class TaskRunSchema(Schema):
    """One run: what it is, who started it, how far it is."""

    id = fields.String(required=True)
    owner = fields.String(
        required=True, metadata={"description": "`core`, or the id of the service that declares the task."}
    )
    task = fields.String(required=True)
    title = TextOut(lambda run: title_of(run.owner, run.task))
    state = fields.String(required=True, validate=validate.OneOf(list(STATES)))
    state_title = TextOut(lambda run: STATES[run.state])
    note = TextOut(note_of, allow_none=True, metadata={"description": "Interrupted, or being cancelled."})
    stage = TextOut(lambda run: Text.from_dict(run.stage) if run.stage else None, allow_none=True)
    done = fields.Integer(required=True)
    total = fields.Integer(required=True, allow_none=True)
    started_by = fields.String(required=True)
    created_at = MomentOut()
    started_at = MomentOut(allow_none=True)
    ended_at = MomentOut(allow_none=True)


class TaskReportSchema(TaskRunSchema):
    """One run, with its report once it has ended."""

    said = TextOut(
        lambda run: Text.from_dict(run.report["said"]) if run.report else None,
        allow_none=True,
        metadata={"description": "How it ended, in a sentence."},
    )
    report = fields.Function(
        lambda run: details_of(run),
        required=True,
        metadata={
            "type": ["object", "null"],
            "additionalProperties": True,
            "description": "Details, as the task tells them; of an imported list an `ImportReport`.",
        },
    )


def details_of(run: TaskRun) -> dict[str, Any] | None:
    """The details of a run's report, in the caller's language."""
    report = run.report
    return None if report is None else report["details"].get(caller_language())


class TaskRunPageSchema(PageSchema):
    """One page of runs, newest first."""

    items = fields.List(fields.Nested(TaskRunSchema), required=True)
