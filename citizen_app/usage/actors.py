"""Who acted for a citizen: a row beside the event, found in the logs of both.

record([event])
record_actors([NewActor(event.id, "carer", agent.log_key)])
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert, select

from citizen_app.citizens.acting import ACTING_TITLES, Acting, ActingKind
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import masked_name
from citizen_app.storage.orm import db
from citizen_app.storage.statements import Prepared
from citizen_app.text import Text
from citizen_app.usage.models import UsageActor

_ACTORS: Final[Any] = UsageActor.__table__
_INSERT: Final = Prepared(insert(_ACTORS))
SHOWN_BY: Final = Text("由{role}代办", "By the {role}")


@dataclass
class NewActor:
    """Somebody who acted for the citizen of an event: in which role, and by the key of their own log; a
    member of staff has none. `disclosed` is what the service was told of them."""

    event_id: str
    kind: str
    actor_key: str | None
    disclosed: list[str] | None = None


@dataclass(frozen=True, slots=True)
class ActedBy:
    """In an event: who acted, by their role and masked name."""

    kind: str
    masked_name: str | None

    @property
    def title(self) -> Text:
        """For example: by the guardian."""
        role = ACTING_TITLES.get(self.kind, Text(self.kind, self.kind))
        return SHOWN_BY.fill(role=Text(role.zh, role.en.lower()))


def actor_of(event_id: str, acting: Acting) -> NewActor | None:
    """The row for an event that somebody who acts for the calling citizen has brought about; None where they
    were erased meanwhile."""
    if acting.kind == ActingKind.CLERK:
        return NewActor(event_id, acting.kind, None)
    agent = db.session.get(Citizen, acting.agent_id)
    return None if agent is None else NewActor(event_id, acting.kind, agent.log_key)


def record_actors(actors: Iterable[NewActor]) -> None:
    """Append who acted, in the transaction of the events."""
    _INSERT.run_many([vars(actor) for actor in actors])


def has_acted(log_key: str) -> bool:
    """Whether somebody ever acted for another."""
    return (
        db.session.scalar(select(_ACTORS.c.event_id).where(_ACTORS.c.actor_key == log_key).limit(1))
        is not None
    )


def masked_names(log_keys: Collection[str]) -> dict[str, str]:
    """The masked names of those whose logs have these keys; erased and nameless ones are left out."""
    if not log_keys:
        return {}
    people = db.session.scalars(select(Citizen).where(Citizen.log_key.in_(log_keys)))
    return {one.log_key: masked_name(one.name) for one in people if one.name is not None}
