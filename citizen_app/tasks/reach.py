"""Which tasks a member of staff may start, and whose runs they see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, or_, true

from citizen_app.audit.operations import Actor
from citizen_app.registry.state import standing_of
from citizen_app.staff.callers import StaffCaller, held_by
from citizen_app.staff.models import Staff
from citizen_app.staff.permissions import OPERATE
from citizen_app.storage.orm import db
from citizen_app.tasks.catalogue import Tasks, current_tasks
from citizen_app.tasks.contract import CORE, Task, Units
from citizen_app.tasks.models import TaskRun
from citizen_app.wire.problems import Problem

SEES_ALL = "jobs.read"
CANCELS_ALL = "jobs.manage"
NOWHERE: Final[frozenset[str]] = frozenset()


def units_of(caller: StaffCaller, owner: str, task: Task) -> Units:
    """For which units somebody may start a task: one of the core by its permission, one of a service as its
    operator who also holds the permission. Whoever has some units has none of a task that knows no units."""
    if owner == CORE:
        return None if caller.may(task.permission) else NOWHERE
    held = [_held(caller, permission, owner) for permission in sorted({OPERATE, task.permission})]
    some = [units for units in held if units is not None]
    if not some:
        return None
    return frozenset.intersection(*some) if task.unit is not None else NOWHERE


def may_start(caller: StaffCaller, owner: str, task: Task, args: Mapping[str, Any] | None = None) -> bool:
    """Whether somebody may start a task with these arguments; without them, with any."""
    units = units_of(caller, owner, task)
    if units is None or args is None or task.unit is None:
        return units != NOWHERE
    return args.get(task.unit.argument) in units


def starter_still_may(actor: Actor, owner: str, task: Task, args: Mapping[str, Any]) -> bool:
    """Whether whoever has started a run could start it now: it may have waited for days, and their account or
    their roles may be gone. A command acts for whoever holds the server."""
    if actor.kind != "staff":
        return True
    person = db.session.get(Staff, actor.id)
    if person is None or person.state != "active":
        return False
    held = held_by(person.id)
    caller = StaffCaller(person.id, person.username, held.permissions, units=held.units)
    return may_start(caller, owner, task, args)


def startable(caller: StaffCaller) -> Tasks:
    """The tasks that somebody may start now; of services that are switched on."""
    return {
        (owner, name): task
        for (owner, name), task in current_tasks().items()
        if may_start(caller, owner, task) and (owner == CORE or standing_of(owner).enabled)
    }


def runs_of(caller: StaffCaller) -> ColumnElement[bool]:
    """Runs that somebody may start themselves: of their tasks, and their units."""
    return or_(false(), *(_runs(caller, owner, task) for (owner, _), task in current_tasks().items()))


def seen_by(caller: StaffCaller) -> ColumnElement[bool]:
    """Runs that somebody sees."""
    return true() if caller.may(SEES_ALL) else runs_of(caller)


def _runs(caller: StaffCaller, owner: str, task: Task) -> ColumnElement[bool]:
    units = units_of(caller, owner, task)
    theirs = and_(TaskRun.owner == owner, TaskRun.task == task.id)
    if units is None:
        return theirs
    if task.unit is None:
        return false()
    unit: ColumnElement[str] = TaskRun.args[task.unit.argument].as_string()
    return and_(theirs, unit.in_(sorted(units)))


def _held(caller: StaffCaller, permission: str, service: str) -> Units:
    try:
        return caller.units_of(permission, service)
    except Problem:
        return NOWHERE
