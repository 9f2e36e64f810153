"""What a task is: declared by a service in its `tasks.py`, or by the core, as plain data and one function.

def import_readers(progress: TaskProgress, file: OpenFile | None, args: Mapping[str, Any]) -> TaskReport: …

TASKS = (
    Task(
        "import_readers",
        Text("导入读者", "Import readers"),
        import_readers,
        file=FileRule((".csv", ".xlsx"), 8 * 2**20),
    ),
)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from citizen_app.files.reading import OpenFile
from citizen_app.sheets.report import Report
from citizen_app.staff.permissions import OPERATE
from citizen_app.text import Language, Text
from citizen_app.wire.inputs import StrictSchema

if TYPE_CHECKING:
    from citizen_app.tasks.progress import TaskProgress

CORE: Final = "core"
"""The owner of the tasks that no service declares."""
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
COUNTED: Final = Text(
    "新增 {added}，变更 {changed}，不变 {unchanged}，未采用 {rejected}",
    "{added} added, {changed} changed, {unchanged} unchanged, {rejected} not taken",
)
ONLY_TRIED: Final = Text("仅试行：{words}", "Only tried: {words}")


class NoArguments(StrictSchema):
    """A task that is asked nothing."""


@dataclass(frozen=True, slots=True)
class FileRule:
    """The file that a task takes: how its name may end (kinds of `citizen_app.files.kinds`), and how large it
    may be."""

    endings: tuple[str, ...]
    most_bytes: int


@dataclass(frozen=True, slots=True)
class TaskReport:
    """How a task ended: one sentence for people, and details for whoever reads them, in each language.

    `refused`: it was done with nothing taken, because what was sent is not right; the sentence says why.
    """

    said: Text
    details: Mapping[Language, Mapping[str, Any]] = field(default_factory=dict)
    refused: bool = False

    @classmethod
    def of_list(cls, report: Report, *, dry_run: bool) -> TaskReport:
        """The report of an imported list."""
        counts = {name: report.counts[name] for name in ("added", "changed", "unchanged", "rejected")}
        words = COUNTED.fill(**counts)
        return cls(
            ONLY_TRIED.fill(words=words) if dry_run else words,
            {language: report.say(language, dry_run=dry_run) for language in LANGUAGES},
        )


Run = Callable[["TaskProgress", OpenFile | None, Mapping[str, Any]], TaskReport]
Check = Callable[[Mapping[str, Any]], None]
Choices = Callable[[], Mapping[str, Sequence[tuple[str, Text]]]]
Units = frozenset[str] | None
"""Of which units of a service something is; None: of all of it, empty: of none."""


def anything_goes(args: Mapping[str, Any]) -> None:
    """Nothing to check beforehand."""


def nothing_to_choose() -> Mapping[str, Sequence[tuple[str, Text]]]:
    """No choices that only the moment knows."""
    return {}


@dataclass(frozen=True, slots=True)
class TaskUnit:
    """For which unit of its service a run is: the argument that names it, and what a form offers there to
    somebody who has these units (None: all)."""

    argument: str
    offered: Callable[[Units], Sequence[tuple[str, Text]]]


@dataclass(frozen=True, slots=True)
class Task:
    """Work that may take minutes, started by staff with the permission, for whom the audit log keeps what it
    does.

    `run` is called in no unit of work and opens its own (`progress.unit()`). It may be called again after a
    crash: what it writes is seen whole or not at all, in one unit or in something that is switched to at the
    end, and doing it twice does no harm. `args` is the schema of what is asked beside the file, and holds
    nothing personal; `check` may refuse (`Problem`) what a look into the database shows to be wrong, before a
    byte is stored. `choices` are what a form offers for a field, where only the database knows it. Without a
    `unit` a task is for whoever has the whole service; with one, also for those who operate some units only:
    they start it for these, and see their runs.
    """

    id: str
    title: Text
    run: Run
    permission: str = OPERATE
    file: FileRule | None = None
    args: type[StrictSchema] = NoArguments
    check: Check = anything_goes
    choices: Choices = nothing_to_choose
    unit: TaskUnit | None = None

    def __post_init__(self) -> None:
        """Raises a `TypeError` where the unit is none of the arguments."""
        if self.unit is not None and self.unit.argument not in self.args._declared_fields:
            raise TypeError(f"the task {self.id} has no argument {self.unit.argument}")


State = Literal["waiting", "running", "done", "refused", "failed", "cancelled"]
STATES: Final[Mapping[str, Text]] = {
    "waiting": Text("等待", "Waiting"),
    "running": Text("进行中", "Running"),
    "done": Text("完成", "Done"),
    "refused": Text("未采用", "Not taken"),
    "failed": Text("失败", "Failed"),
    "cancelled": Text("已取消", "Cancelled"),
}
OVER: Final = frozenset({"done", "refused", "failed", "cancelled"})
