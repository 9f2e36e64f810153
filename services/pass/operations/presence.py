"""Who is inside: the newest passage by the time it happened, whatever order passages are told in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.sql.dml import ReturningInsert

from citizen_app.toolkit.data import new_id, session, table_of, upsert

from ..models import PassPresence

PRESENCE: Final = table_of(PassPresence)
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one person at one place; `since` is `NEVER` for somebody who was not seen there
    yet."""

    id: str
    inside: bool
    since: datetime
    gate_id: str
    member_id: str | None
    invitation_id: str | None
    with_member_id: str | None = None
    with_invitation_id: str | None = None


def held(place_id: str, citizen_ref: str, gate_id: str) -> State:
    """The person's row, held until the end of the unit of work: passages of one person at one moment take
    turns here."""
    values = {
        "id": new_id(),
        "place_id": place_id,
        "citizen_ref": citizen_ref,
        "inside": False,
        "since": NEVER,
        "gate_id": gate_id,
    }
    row = session().execute(_holding(session().get_bind().dialect.name), values).one()
    return State(*row)


def moved(state: State, inside: bool, at: datetime, gate_id: str, **links: str | None) -> bool:
    """Whether a passage is the newest one known; then the row says so. Of two at the same moment going in
    counts: better to look for somebody who left than for nobody."""
    if (at, inside) <= (state.since, state.inside):
        return False
    session().execute(
        update(PRESENCE)
        .where(PRESENCE.c.id == state.id)
        .values(inside=inside, since=at, gate_id=gate_id, **links)
    )
    return True


@cache
def _holding(dialect: str) -> ReturningInsert[Any]:
    """The prepared statement of each kind of database. The update changes nothing and holds the row."""
    claim = upsert(PRESENCE)
    return claim.on_conflict_do_update(
        index_elements=[PRESENCE.c.place_id, PRESENCE.c.citizen_ref],
        set_={"citizen_ref": claim.excluded.citizen_ref},
    ).returning(*(PRESENCE.c[name] for name in State.__slots__))
