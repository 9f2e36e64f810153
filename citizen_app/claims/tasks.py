"""A long list of claims, taken in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import fields

from citizen_app.audit.operations import current_actor
from citizen_app.claims.importing import Stage, Taking, import_whole_list
from citizen_app.files.reading import OpenFile
from citizen_app.sheets.limits import Limits
from citizen_app.tasks.contract import FileRule, Task, TaskReport
from citizen_app.tasks.progress import TaskProgress
from citizen_app.text import Text
from citizen_app.wire.inputs import StrictSchema

MOST_BYTES: Final = 8 * 2**20
LIMITS: Final = Limits(rows=10_000)
"""Written in one unit of work: on SQLite others write again after a second or two. `flask claims import`
takes longer ones, a slice at a time."""
STAGES: Final[dict[Stage, Text]] = {
    "read": Text("读取名单", "Reading the list"),
    "store": Text("写入名单", "Storing the list"),
}


class ImportArguments(StrictSchema):
    """Whether a list is only tried."""

    dry_run = fields.Boolean(
        load_default=False,
        metadata={
            "label": Text("仅试行，不写入", "Only try, write nothing"),
            "description": "Only say what would become of it.",
        },
    )


def import_list(progress: TaskProgress, file: OpenFile | None, args: Mapping[str, Any]) -> TaskReport:
    """Take the list whole or not at all."""
    assert file is not None
    taking = Taking(current_actor().id, args["dry_run"], LIMITS)
    report = import_whole_list(
        file.stream,
        file.name,
        taking,
        progress.unit,
        lambda stage, steps, total: progress.tell(STAGES[stage], steps, total),
    )
    return TaskReport.of_list(report, dry_run=args["dry_run"])


TASKS: Final = (
    Task(
        "claims_import",
        Text("导入身份属性名单", "Import a list of claims"),
        import_list,
        permission="claims.manage",
        file=FileRule((".csv", ".xlsx"), MOST_BYTES),
        args=ImportArguments,
    ),
)
