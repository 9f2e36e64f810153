"""What operators start and wait for: a timetable taken from a file, in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.tasks import FileRule, OpenFile, Task, TaskProgress, TaskReport
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import StrictSchema, audit, fields, validate
from services.bus.operations import versions
from services.bus.operations.gtfs import Encoding
from services.bus.operations.importing import Imported, Stage, import_feed

MOST_FEED_BYTES: Final = 32 * 2**20
STAGES: Final[dict[Stage, Text]] = {
    "check": Text("检查数据", "Checking the feed"),
    "store": Text("写入数据", "Storing the feed"),
}
ENDS: Final = {
    "imported": Text("版本 {version} 已启用。", "Version {version} is in force."),
    "waiting": Text(
        "版本 {version} 等到 {until} 零点自动启用。",
        "Version {version} waits until {until} and comes into force then by itself.",
    ),
    "unchanged": Text(
        "本数据已经导入过（版本 {version}），没有改动。",
        "This feed has been imported already (version {version}); nothing has changed.",
    ),
    "refused": Text(
        "数据有错误，没有采用；原有时刻表继续使用。报告见版本 {version}。",
        "The feed has errors and was not taken; the timetable in force stays. Version {version} has the report.",
    ),
}
SUPERSEDED: Final = Text(
    "期间又开始了另一次导入，这一次没有采用。", "Another import has begun meanwhile; this one was not taken."
)


class ImportArguments(StrictSchema):
    """How a feed is taken."""

    force = fields.Boolean(
        load_default=False,
        metadata={
            "label": Text("立即启用", "In force now"),
            "description": "Put it in force now, even if it is in force already, serves no day from now on, or begins later.",
        },
    )
    encoding = fields.String(
        load_default="utf-8",
        validate=validate.OneOf(get_args(Encoding)),
        metadata={
            "label": Text("文件编码", "Encoding of its files"),
            "titles": {name: Text(name.upper(), name.upper()) for name in get_args(Encoding)},
            "description": "How its files are written.",
        },
    )


def import_gtfs(progress: TaskProgress, file: OpenFile | None, args: Mapping[str, Any]) -> TaskReport:
    """Check the feed, store it beside the one in force, and switch to it: nothing is seen of it before."""
    assert file is not None
    today = now().astimezone(city_zone()).date()
    try:
        done = import_feed(
            file.path,
            progress.unit,
            today=today,
            force=args["force"],
            source=file.name,
            encoding=args["encoding"],
            progress=lambda stage, steps, total: progress.tell(STAGES[stage], steps, total),
        )
    except versions.Superseded:
        return TaskReport(SUPERSEDED, refused=True)
    if done.outcome != "unchanged":
        with transaction():  # none of the progress's: what has been switched to is no longer cancelled
            result = {"imported": "ok"}.get(done.outcome, done.outcome)
            audit("bus.import_gtfs", "bus_feed", str(done.version_id), source=file.name, outcome=result)
    return _reported(done)


def _reported(done: Imported) -> TaskReport:
    until = done.waits_until.isoformat() if done.waits_until else None
    facts = {
        "outcome": done.outcome,
        "version": done.version_id,
        "waits_until": until,
        "stored": done.counts,
    }
    return TaskReport(
        ENDS[done.outcome].fill(version=done.version_id, until=until),
        {"zh": {**facts, "text": done.words.get("zh")}, "en": {**facts, "text": done.words.get("en")}},
        refused=done.outcome == "refused",
    )


TASKS: Final = (
    Task(
        "import_gtfs",
        Text("导入时刻表", "Import a timetable"),
        import_gtfs,
        file=FileRule((".zip",), MOST_FEED_BYTES),
        args=ImportArguments,
    ),
)
