"""Who acts for a citizen: stated in an access token, and shown to services and in logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from citizen_app.text import Text


class ActingKind(StrEnum):
    """In which role somebody acts for another."""

    GUARDIAN = "guardian"
    CARER = "carer"
    AGENT = "agent"
    CLERK = "clerk"


ACTING_TITLES: Final[Mapping[str, Text]] = {
    ActingKind.GUARDIAN: Text("监护人", "Guardian"),
    ActingKind.CARER: Text("照护人", "Carer"),
    ActingKind.AGENT: Text("代办人", "Agent"),
    ActingKind.CLERK: Text("窗口工作人员", "Counter clerk"),
}


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts for the citizen of a token, and how far they may go.

    `agent_id` is a citizen, or for the kind `clerk` a member of staff. `services` are those of the
    delegation, None for all. `code_number` stands in the codes that the agent shows, None for who may show
    none. The token ends with the session `bound_to`, in which the agent signed in, and at `until` (seconds
    since 1970).
    """

    kind: ActingKind
    agent_id: str
    delegation_id: str | None
    services: frozenset[str] | None
    bound_to: str
    until: int
    code_number: int | None = None

    @property
    def label(self) -> Text:
        """What people read of the agent: the role, nothing personal."""
        return ACTING_TITLES[self.kind]

    def covers(self, service: str) -> bool:
        """Whether the agent may act at a service."""
        return self.services is None or service in self.services

    def as_stated(self) -> list[Any]:
        """What a token says of it."""
        services = None if self.services is None else sorted(self.services)
        known = (self.kind, self.agent_id, self.delegation_id, services, self.bound_to, self.until)
        return [*known, self.code_number]

    @classmethod
    def from_stated(cls, stated: Sequence[Any]) -> Acting:
        """Read what a token says. Raises `ValueError` or `TypeError` for another shape."""
        kind, agent_id, delegation_id, services, bound_to, until, code_number = stated
        scope = None if services is None else frozenset(services)
        return cls(ActingKind(kind), agent_id, delegation_id, scope, bound_to, int(until), code_number)
