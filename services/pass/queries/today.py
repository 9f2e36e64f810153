"""What concerns a citizen today: guests who are expected, and where they are a guest themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.scan import CitizenView

from ..models import PassInvitation, PassMember
from ..operations.finding import is_of
from . import memberships_of

MOST: Final = 2


def guests_expected(citizen: CitizenView, moment: datetime, until: datetime) -> list[PassInvitation]:
    """The citizen's guests who may come between now and then, the first of them first."""
    hosts = [row.id for row in memberships_of(citizen)]
    if not hosts:
        return []
    theirs = _coming(moment, until).where(PassInvitation.host_id.in_(hosts))
    return _open(session().scalars(theirs.limit(MOST)))


def invitations_of(citizen: CitizenView, moment: datetime, until: datetime) -> list[PassInvitation]:
    """Where the citizen is invited between now and then."""
    mine = _coming(moment, until).where(is_of(PassInvitation, citizen))
    return _open(session().scalars(mine.limit(MOST)))


def ending_soon(citizen: CitizenView, moment: datetime, until: datetime) -> PassMember | None:
    """A membership that ends between now and then."""
    ending = [
        row
        for row in memberships_of(citizen)
        if row.status == "active" and row.valid_until is not None and moment < row.valid_until <= until
    ]
    return min(ending, key=lambda row: row.valid_until or until, default=None)


def _coming(moment: datetime, until: datetime) -> Select[Any]:
    return (
        select(PassInvitation)
        .where(
            PassInvitation.revoked_at.is_(None),
            PassInvitation.ends_at > moment,
            PassInvitation.starts_at < until,
        )
        .order_by(PassInvitation.starts_at, PassInvitation.id)
    )


def _open(found: Iterable[PassInvitation]) -> list[PassInvitation]:
    return [one for one in found if one.state in ("waits", "open")]
