"""The order of a queue: classes of priority, and places within them. The session's row is held by whoever
changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from sqlalchemy import func, or_, select, update

from citizen_app.toolkit.data import guarded_update, session
from services.hospital.models import HospitalSession, HospitalTicket

URGENT: Final = 0
ORDINARY: Final = 100
"""Ranks: between the two stand the claims of the rules, the first first."""


def rank_of(priorities: Iterable[str], has: Callable[[str], bool]) -> int:
    """The class of whoever has these claims; no further claim is asked for than need be."""
    ranks = (rank for rank, claim in enumerate(priorities, URGENT + 1) if has(claim))
    return next(ranks, ORDINARY)


def next_number(session_id: str) -> int:
    """The next number of a session, by a counter that two never read alike."""
    row = guarded_update(
        HospitalSession, HospitalSession.id == session_id, last_number=HospitalSession.last_number + 1
    )
    assert row is not None
    return row.last_number


def last_place(session_id: str) -> int:
    """Behind everybody."""
    last = select(func.max(HospitalTicket.place)).where(HospitalTicket.session_id == session_id)
    return (session().scalar(last) or 0) + 1


def waiting(session_id: str) -> list[HospitalTicket]:
    """Who waits, in order, as it is now."""
    found = (
        select(HospitalTicket)
        .where(HospitalTicket.session_id == session_id, HospitalTicket.state == "waiting")
        .order_by(HospitalTicket.rank, HospitalTicket.place, HospitalTicket.number)
    )
    return list(session().scalars(found.execution_options(populate_existing=True)))


def before(ticket: HospitalTicket) -> int:
    """How many are called before a ticket that waits."""
    sooner = or_(
        HospitalTicket.rank < ticket.rank,
        (HospitalTicket.rank == ticket.rank) & (HospitalTicket.place < ticket.place),
    )
    mine = select(func.count(HospitalTicket.id)).where(
        HospitalTicket.session_id == ticket.session_id, HospitalTicket.state == "waiting", sooner
    )
    return session().scalar(mine) or 0


def behind(ticket: HospitalTicket, people: int) -> dict[str, int]:
    """`rank` and `place` behind so many of those who wait, or behind all where there are fewer; those who
    stand there make room.

    Nobody overtakes a higher class. Who has to go behind people of a lower class waits in that class from
    now on: a priority is for those who come when they are called."""
    others = [one for one in waiting(ticket.session_id) if one.id != ticket.id]
    higher = sum(one.rank < ticket.rank for one in others)
    at = max(min(people, len(others)), higher)
    if at > higher:
        rank, place = others[at - 1].rank, others[at - 1].place + 1
    elif at < len(others) and others[at].rank == ticket.rank:
        rank, place = ticket.rank, others[at].place - 1
    else:
        rank, place = ticket.rank, ticket.place
    later = (HospitalTicket.rank == rank) & (HospitalTicket.place >= place)
    session().execute(
        update(HospitalTicket)
        .where(
            HospitalTicket.session_id == ticket.session_id,
            HospitalTicket.state == "waiting",
            HospitalTicket.id != ticket.id,
            later,
        )
        .values(place=HospitalTicket.place + 1)
    )
    return {"rank": rank, "place": place}
