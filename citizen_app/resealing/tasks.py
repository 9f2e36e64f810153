"""Re-sealing as a task: started by whoever looks after the keys, in the console or on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citizen_app.files.reading import OpenFile
from citizen_app.resealing.walk import Resealed, reseal
from citizen_app.secrecy.vault import current_vault
from citizen_app.tasks.contract import LANGUAGES, Task, TaskReport
from citizen_app.tasks.progress import TaskProgress
from citizen_app.text import Text

STAGE: Final = Text("重新加密 {table}", "Sealing {table}")
DONE: Final = Text("已用密钥 {newest} 重新加密 {rows} 行。", "{rows} rows are sealed anew with key {newest}.")
NOTHING_OLD: Final = Text("设置中只有这一个密钥。", "It is the only key of the settings.")
MAY_LEAVE: Final = Text(
    "不再需要的旧密钥：{keys}，可从 CITIZEN_FIELD_KEYS 中移除（备份仍需要当时的密钥）。",
    "Old keys that nothing here needs any more: {keys}; they can leave CITIZEN_FIELD_KEYS (backups need the keys of their time).",
)
STILL_NEEDED: Final = Text(
    "仍需保留的旧密钥：{keys}。只增的记录（{tables}）不能改写，要等它们到期删除。",
    "Old keys that are still needed: {keys}. Append-only logs ({tables}) cannot be changed; they go when their time is over.",
)
CLOSED: Final = Text(
    "有 {rows} 项打不开，运行 doctor 查看。", "{rows} values do not open; see what doctor says."
)
MISSED: Final = Text(
    "期间又有 {rows} 行用旧密钥写入：请重启所有服务进程后再运行一次。",
    "{rows} rows were written with an old key meanwhile: restart every process of the server, then run it once more.",
)


def run(progress: TaskProgress, file: OpenFile | None, args: Mapping[str, Any]) -> TaskReport:
    """Seal everything anew, some rows in each unit of work; begun again, it goes on where it was."""
    found = reseal(
        progress.unit, lambda table, rows, total: progress.tell(STAGE.fill(table=table), rows, total)
    )
    return reported(found)


def reported(found: Resealed) -> TaskReport:
    """What came of it, and which keys can leave the settings."""
    said = [DONE.fill(newest=found.newest, rows=found.done.total())]
    older = [number for number in current_vault().numbers if number != found.newest]
    needed = found.needed(older)
    if free := [number for number in older if number not in needed]:
        said.append(MAY_LEAVE.fill(keys=", ".join(map(str, free))))
    if not older:
        said.append(NOTHING_OLD)
    if found.left and needed:
        said.append(STILL_NEEDED.fill(keys=", ".join(map(str, needed)), tables=", ".join(found.left)))
    if found.closed:
        said.append(CLOSED.fill(rows=found.closed.total()))
    if found.missed:
        said.append(MISSED.fill(rows=found.missed))
    details = {
        "newest": found.newest,
        "resealed": dict(found.done),
        "closed": dict(found.closed),
        "left": {table: dict(counts) for table, counts in found.left.items()},
        "still_needed": needed,
        "missed": found.missed,
    }
    words = Text("".join(text.zh for text in said), " ".join(text.en for text in said))
    return TaskReport(words, dict.fromkeys(LANGUAGES, details))


TASKS: Final = (
    Task("reseal", Text("用新密钥重新加密", "Seal anew with the newest key"), run, "keys.manage"),
)
