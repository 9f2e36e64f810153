"""Asking, deciding, confirming. Of several decisions at once the first counts, and the act is done once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import select

from citizen_app import clock
from citizen_app.approvals.acts import ACTS
from citizen_app.approvals.models import Approval
from citizen_app.audit.operations import SYSTEM, record
from citizen_app.ids import new_id
from citizen_app.jobs.runner import Job
from citizen_app.settings import current_settings
from citizen_app.staff.callers import StaffCaller, held_by
from citizen_app.staff.models import Staff
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

VALID: Final = timedelta(hours=24)
OPEN: Final = ("pending", "to_confirm")
ONESELF: Final = Text(
    "申请人不能审批自己的申请，请由另一位同事审批。", "Nobody approves their own request. Ask a colleague."
)
DECIDED: Final = Text("这项申请已处理或已过期。", "This request has been decided or has expired.")
NOT_APPROVED: Final = Text(
    "这次导出需要另一人审批：请先申请，批准后 24 小时内可下载。",
    "This export needs a second person: ask for it, and download it within 24 hours after the approval.",
)

log = structlog.get_logger(__name__)


def ask(
    act_id: str,
    parameters: Mapping[str, Any],
    caller: StaffCaller,
    *,
    service: str | None = None,
    reason: str = "",
) -> Approval:
    """Ask for an act. It waits for somebody else who has its permission; only where nobody else has it, and
    the settings say `if_there_is_one`, it is done at once by one (state `alone`)."""
    act = ACTS[act_id]
    caller.require(act.permission, service)
    waiting = _open_one(act_id, parameters, caller)
    if waiting is not None:
        return waiting
    alone = current_settings().second_person != "always" and not others_who_can(
        act.permission, service, caller
    )
    asked = _write(act_id, parameters, caller, service, reason, "alone" if alone else "pending")
    record("approval.ask", "approval", asked.id, act=act_id, service=service, alone=alone)
    if alone:
        act.execute(parameters)
    return asked


def done_at_once(act_id: str, parameters: Mapping[str, Any], caller: StaffCaller) -> Approval:
    """An act that could not wait has been done; somebody else has 24 hours to confirm it. Nothing is undone
    where nobody does: then everybody sees that it is unconfirmed."""
    waiting = _open_one(act_id, parameters, caller)
    return waiting or _write(act_id, parameters, caller, None, "", "to_confirm")


def _open_one(act_id: str, parameters: Mapping[str, Any], caller: StaffCaller) -> Approval | None:
    """What the caller has asked for already and nobody has decided: asking again adds nothing."""
    mine = select(Approval).where(
        Approval.act == act_id,
        Approval.requested_by == caller.staff_id,
        Approval.state.in_(OPEN),
        Approval.expires_at > clock.now(),
    )
    same = (one for one in db.session.scalars(mine) if one.parameters == dict(parameters))
    return next(same, None)


def decide(approval_id: str, caller: StaffCaller, *, approve: bool) -> Approval:
    """Approve (then the act is done now), confirm, or refuse.

    Raises a 404 for a request that is not the caller's to see, a 403 for one's own, a 409 for one that has
    been decided or has expired.
    """
    asked = lock_row(Approval, approval_id)
    if asked is None or not caller.may(ACTS[asked.act].permission, asked.service):
        raise Problem("not-found")
    if asked.requested_by == caller.staff_id:
        record("approval.decide", "approval", asked.id, result="refused", act=asked.act, reason="own request")
        raise Problem("not-permitted", ONESELF, keep_writes=True)
    if asked.state not in OPEN or clock.now() >= asked.expires_at:
        raise Problem("conflict", DECIDED)
    waited, moment = asked.state == "pending", clock.now()
    asked.state = ("approved" if waited else "confirmed") if approve else "refused"
    asked.decided_by, asked.decided_at = caller.staff_id, moment
    asked.expires_at = moment + VALID
    db.session.flush()
    record("approval.decide", "approval", asked.id, act=asked.act, state=asked.state)
    if approve and waited:
        ACTS[asked.act].execute(asked.parameters)
    return asked


def require_approved(act_id: str, parameters: Mapping[str, Any], caller: StaffCaller) -> None:
    """Raises a 403 unless somebody has approved just this for the caller within the last 24 hours."""
    mine = select(Approval).where(
        Approval.act == act_id,
        Approval.requested_by == caller.staff_id,
        Approval.state.in_(("approved", "alone")),
        Approval.expires_at > clock.now(),
    )
    if not any(one.parameters == dict(parameters) for one in db.session.scalars(mine)):
        raise Problem("not-permitted", NOT_APPROVED)


def others_who_can(permission: str, service: str | None, caller: StaffCaller) -> list[str]:
    """User names of the other active members of staff who have a permission (for a service)."""
    others = (
        select(Staff).where(Staff.state == "active", Staff.id != caller.staff_id).order_by(Staff.username)
    )
    return [
        one.username
        for one in db.session.scalars(others)
        if StaffCaller(one.id, one.username, held_by(one.id).permissions).may(permission, service)
    ]


def expire() -> None:
    """What nobody decided in time has expired; what nobody confirmed is unconfirmed, which is logged."""
    over = select(Approval.id).where(Approval.state.in_(OPEN), Approval.expires_at <= clock.now())
    for approval_id in db.session.scalars(over).all():
        asked = lock_row(Approval, approval_id)
        if asked is None or asked.state not in OPEN:
            continue
        asked.state = "expired" if asked.state == "pending" else "unconfirmed"
        db.session.flush()
        record("approval.expire", "approval", asked.id, actor=SYSTEM, act=asked.act, state=asked.state)
        if asked.state == "unconfirmed":
            log.warning("an act was confirmed by nobody", act=asked.act, approval=asked.id)


def _write(
    act_id: str,
    parameters: Mapping[str, Any],
    caller: StaffCaller,
    service: str | None,
    reason: str,
    state: str,
) -> Approval:
    moment = clock.now()
    asked = Approval(
        id=new_id(),
        act=act_id,
        service=service,
        parameters=dict(parameters),
        reason=reason[:200],
        state=state,
        requested_by=caller.staff_id,
        requested_at=moment,
        expires_at=moment + VALID,
    )
    db.session.add(asked)
    db.session.flush()
    return asked


JOBS: Final = (Job("approvals.expire", every_seconds=60, run=expire),)
