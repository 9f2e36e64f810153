"""What citizens have asked for, and how the city stands with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from citizen_app.clock import now
from citizen_app.rights.models import ErasureStep, RightsRequest
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db


def requests_of(citizen_id: str, *, limit: int, cursor: str | None = None) -> Page[RightsRequest]:
    """One page of what a citizen has asked for, newest first. Raises a 422 for a foreign cursor."""
    mine = select(RightsRequest).where(RightsRequest.citizen_id == citizen_id)
    return page(mine, RightsRequest.id, limit, cursor, of="my-requests")


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """A request as staff see it: what, when, until when. Whose it is is not shown."""

    request: RightsRequest
    overdue: bool
    waits_for: Sequence[ErasureStep]


def staff_requests(*, limit: int, cursor: str | None = None, state: str | None = None) -> Page[StaffRequest]:
    """One page of all requests, newest first. Raises a 422 for a foreign cursor."""
    wanted = select(RightsRequest)
    if state is not None:
        wanted = wanted.where(RightsRequest.state == state)
    found, moment = page(wanted, RightsRequest.id, limit, cursor, of="requests"), now()
    waits = _waits_for([one.id for one in found.items])
    return found.map(
        lambda one: StaffRequest(one, one.state == "waiting" and one.due_at <= moment, waits.get(one.id, ()))
    )


def _waits_for(request_ids: list[str]) -> dict[str, list[ErasureStep]]:
    """The steps that are open, by erasure."""
    found: dict[str, list[ErasureStep]] = {}
    open_ = select(ErasureStep).where(ErasureStep.request_id.in_(request_ids), ErasureStep.done_at.is_(None))
    for step in db.session.scalars(open_.order_by(ErasureStep.service)):
        found.setdefault(step.request_id, []).append(step)
    return found


def overdue(moment: datetime | None = None) -> list[RightsRequest]:
    """What should have been answered by now, the oldest first."""
    late = select(RightsRequest).where(
        RightsRequest.state == "waiting", RightsRequest.due_at <= (moment or now())
    )
    return list(db.session.scalars(late.order_by(RightsRequest.due_at).limit(100)))


def stuck_services() -> list[tuple[str, str, int]]:
    """Services that have failed to forget somebody, with the last error and how many erasures wait for
    them."""
    failing = (
        select(ErasureStep.service, func.max(ErasureStep.last_error), func.count())
        .where(ErasureStep.done_at.is_(None), ErasureStep.last_error.is_not(None))
        .group_by(ErasureStep.service)
        .order_by(ErasureStep.service)
    )
    return [(service, error or "", number) for service, error, number in db.session.execute(failing)]
