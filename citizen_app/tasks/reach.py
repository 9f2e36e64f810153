"""Which tasks a member of staff may start, and whose runs they see."""

from __future__ import annotations

from citizen_app.audit.operations import Actor
from citizen_app.registry.state import standing_of
from citizen_app.staff.callers import StaffCaller, held_by
from citizen_app.staff.models import Staff
from citizen_app.staff.permissions import OPERATE
from citizen_app.storage.orm import db
from citizen_app.tasks.catalogue import Tasks, current_tasks
from citizen_app.tasks.contract import CORE, Task

SEES_ALL = "jobs.read"
CANCELS_ALL = "jobs.manage"


def may_start(caller: StaffCaller, owner: str, task: Task) -> bool:
    """Whether somebody may start a task: one of the core by its permission, one of a service as its operator
    who also holds the permission."""
    if owner == CORE:
        return caller.may(task.permission)
    if not caller.may(OPERATE, owner):
        return False
    return task.permission == OPERATE or caller.may(task.permission, owner)


def starter_still_may(actor: Actor, owner: str, task: Task) -> bool:
    """Whether whoever has started a run could start it now: it may have waited for days, and their account or
    their roles may be gone. A command acts for whoever holds the server."""
    if actor.kind != "staff":
        return True
    person = db.session.get(Staff, actor.id)
    if person is None or person.state != "active":
        return False
    held = held_by(person.id)
    return may_start(StaffCaller(person.id, person.username, held.permissions, units=held.units), owner, task)


def startable(caller: StaffCaller) -> Tasks:
    """The tasks that somebody may start now; of services that are switched on."""
    return {
        (owner, name): task
        for (owner, name), task in current_tasks().items()
        if may_start(caller, owner, task) and (owner == CORE or standing_of(owner).enabled)
    }


def seen_by(caller: StaffCaller) -> set[tuple[str, str]] | None:
    """The tasks whose runs somebody sees; None: all."""
    if caller.may(SEES_ALL):
        return None
    return {named for named, task in current_tasks().items() if may_start(caller, named[0], task)}
