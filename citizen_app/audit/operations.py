"""Writing the audit log, in the unit of work of the action itself: both are stored, or neither."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, runtime_checkable

import click
from flask import g, has_request_context, request

from citizen_app import clock
from citizen_app.audit.models import AuditEvent
from citizen_app.process.logs import request_id
from citizen_app.storage.orm import db

ActorKind = Literal["staff", "citizen", "command", "system"]
Result = Literal["ok", "refused"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a member of staff by id, a citizen by a service's reference of them, a command by the
    operating system's user, or the system itself."""

    kind: ActorKind
    id: str | None
    name: str


@runtime_checkable
class HasActor(Protocol):
    """A caller that the audit log can name."""

    @property
    def actor(self) -> Actor: ...


SYSTEM: Final = Actor("system", None, "system")
_principal: Final[ContextVar[Actor | None]] = ContextVar("principal", default=None)


def record(
    action: str,
    target_kind: str,
    target_id: str | None,
    *,
    result: Result = "ok",
    actor: Actor | None = None,
    **details: Any,
) -> AuditEvent:
    """Add one event in the present unit of work.

    `action` reads `kiosk.create`; `details` are plain JSON values without personal data of citizens. Without
    `actor` it is the caller of the current request, or the operating system's user in a command.
    """
    who = actor or current_actor()
    event = AuditEvent(
        at=clock.now(),
        actor_kind=who.kind,
        actor_id=who.id,
        actor_name=who.name[:60],
        action=action,
        target_kind=target_kind,
        target_id=target_id,
        result=result,
        details=details,
        request_id=(request_id.get() or "")[:64] or None,
        address=(request.remote_addr or "")[:64] or None if has_request_context() else None,
    )
    db.session.add(event)
    db.session.flush()
    return event


def current_actor() -> Actor:
    """The current actor: whoever it is done for (`on_behalf_of`), the caller of the request, the operating
    system's user of a command, otherwise the system."""
    if (principal := _principal.get()) is not None:
        return principal
    if has_request_context():
        caller = getattr(g, "caller", None)
        return caller.actor if isinstance(caller, HasActor) else SYSTEM
    if click.get_current_context(silent=True) is not None:
        return Actor("command", None, _system_user())
    return SYSTEM


@contextmanager
def on_behalf_of(actor: Actor) -> Iterator[None]:
    """What the block records was done by this actor: work that somebody has started and others carry out."""
    before = _principal.set(actor)
    try:
        yield
    finally:
        _principal.reset(before)


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "unnamed"
