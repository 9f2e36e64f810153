"""Reading requests for a second person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from citizen_app import clock
from citizen_app.approvals.acts import ACTS
from citizen_app.approvals.models import Approval
from citizen_app.staff.callers import StaffCaller
from citizen_app.staff.models import Staff
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db
from citizen_app.text import Text

WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Shown:
    """A request with the names of those who asked and decided; `own` if the caller asked."""

    approval: Approval
    title: Text
    asked_by: str
    decided_by: str | None
    own: bool

    @property
    def about(self) -> Sequence[Text | str]:
        """What it is about: in words, or the values of its parameters."""
        told, parameters = ACTS[self.approval.act].about, self.approval.parameters
        if told is not None:
            return told(parameters)
        known = (value for value in parameters.values() if value is not None)
        lists = (value if isinstance(value, list) else [value] for value in known)
        return [", ".join(map(str, values)) for values in lists]

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.approval.state in ("pending", "to_confirm") and self.approval.expires_at > clock.now()


def approvals_page(caller: StaffCaller, limit: int, cursor: str | None = None) -> Page[Shown]:
    """What the caller has asked for, and what they may decide; newest first."""
    acts = [act.id for act in ACTS.values() if caller.may(act.permission)]
    mine = (Approval.requested_by == caller.staff_id) | Approval.act.in_(acts)
    found = page(select(Approval).where(mine), Approval.id, limit, cursor)
    visible = [
        one
        for one in found.items
        if one.requested_by == caller.staff_id or caller.may(ACTS[one.act].permission, one.service)
    ]
    names = _names(
        {one.requested_by for one in visible} | {one.decided_by for one in visible if one.decided_by}
    )
    shown = [
        Shown(
            one,
            ACTS[one.act].title,
            names[one.requested_by],
            names[one.decided_by] if one.decided_by else None,
            one.requested_by == caller.staff_id,
        )
        for one in visible
    ]
    return Page(shown, found.next_cursor)


def waiting_for(caller: StaffCaller) -> int:
    """How many requests wait for somebody like the caller, who has not asked for them."""
    decider = aliased(Approval)
    open_ones = select(decider).where(
        decider.state.in_(("pending", "to_confirm")),
        decider.expires_at > clock.now(),
        decider.requested_by != caller.staff_id,
    )
    return sum(caller.may(ACTS[one.act].permission, one.service) for one in db.session.scalars(open_ones))


def counts_by_state() -> Counter[str]:
    """Requests of the last thirty days by state."""
    since = Approval.requested_at > clock.now() - WINDOW
    rows = db.session.execute(select(Approval.state, func.count()).where(since).group_by(Approval.state))
    return Counter({row[0]: row[1] for row in rows})


def _names(ids: set[str]) -> dict[str, str]:
    rows = db.session.execute(select(Staff.id, Staff.username).where(Staff.id.in_(ids)))
    return {row.id: row.username for row in rows}
