"""The tasks of the running application: those of the core and of each installed service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Flask

from citizen_app.flask_globals import extension
from citizen_app.tasks.contract import Task
from citizen_app.text import Text

Tasks = Mapping[tuple[str, str], Task]
GONE: Final = Text("{task}（已不再提供）", "{task} (no longer offered)")


def declare_tasks(app: Flask, tasks: Mapping[str, Sequence[Task]]) -> None:
    """Register the tasks of each owner; called while the application is built."""
    known = {(owner, task.id): task for owner, declared in tasks.items() for task in declared}
    if len(known) != sum(map(len, tasks.values())):
        raise ValueError("two tasks of one owner have one id")
    app.extensions["tasks"] = known


def current_tasks() -> Tasks:
    """Every task, by owner and id."""
    tasks: Tasks = extension("tasks")
    return tasks


def title_of(owner: str, task: str) -> Text:
    """What a task is called, also one whose service has been removed."""
    found = current_tasks().get((owner, task))
    return found.title if found is not None else GONE.fill(task=f"{owner}.{task}")
