"""What a scan of a delegate's code needs: whose agent shows it, for whom, and whether they may. Set-based, on
the path of scans."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import aliased

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import unseal
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.delegations.models import Delegation
from citizen_app.delegations.rules import in_force
from citizen_app.storage.orm import db
from citizen_app.storage.statements import Prepared, one_of
from citizen_app.wire.problems import Problem

_AGENT: Final = aliased(Citizen)
_WARD: Final = aliased(Citizen)
_BY_NUMBER: Final = Prepared(
    lambda: (
        select(
            Delegation.number,
            Delegation.kind,
            Delegation.services,
            Delegation.valid_from,
            Delegation.valid_to,
            Delegation.accepted_at,
            Delegation.ended_at,
            Delegation.uses_left,
            _AGENT.id,
            _AGENT.log_key,
            _AGENT.status,
            _WARD.id,
            _WARD.subject_number,
            _WARD.born_sealed,
        )
        .join(_AGENT, _AGENT.id == Delegation.agent_id)
        .join(_WARD, _WARD.id == Delegation.ward_id)
        .where(one_of(Delegation.number, "numbers"))
    )
)
_TAKE_USE: Final = Prepared(
    update(Delegation)
    .where(Delegation.number == bindparam("of_number"), Delegation.uses_left > 0)
    .values(uses_left=Delegation.uses_left - 1)
)
_GIVE_BACK: Final = Prepared(
    update(Delegation)
    .where(Delegation.number == bindparam("of_number"))
    .values(uses_left=Delegation.uses_left + 1)
)


class ShownDelegation(NamedTuple):
    """A delegation by the number in a code, in the order of the columns read."""

    number: int
    kind: str
    services: list[str] | None
    valid_from: datetime
    valid_to: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    uses_left: int | None
    agent_id: str
    agent_key: str
    agent_status: str
    ward_id: str
    ward_number: int
    ward_born_sealed: bytes | None

    def allows(self, service: str, moment: datetime) -> bool:
        """Whether its agent may show the ward's code at a service, at the moment when the code was read."""
        if self.agent_status != CitizenStatus.ACTIVE or self.uses_left == 0:
            return False
        if self.services is not None and service not in self.services:
            return False
        sealed = self.ward_born_sealed
        born = None if sealed is None else unseal(self.ward_id, "born_sealed", sealed)
        return in_force(self, born, moment)


def delegations_by_numbers(numbers: Collection[int]) -> dict[int, ShownDelegation]:
    """The delegations behind the numbers of opened handles, in one SELECT; a number without one is left
    out."""
    if not numbers:
        return {}
    rows = _BY_NUMBER.rows({"numbers": list(set(numbers))})
    return {row[0]: ShownDelegation._make(row) for row in rows}


def shown_ward(agent_id: str, delegation_id: str) -> tuple[str, int, int]:
    """Whom somebody is about to act for: the ward's id and subject number, and the number of the delegation.
    Whether it is in force the walk decides. Raises a 404 for anybody else's delegation."""
    found = db.session.execute(
        select(_WARD.id, _WARD.subject_number, Delegation.number)
        .join(_WARD, _WARD.id == Delegation.ward_id)
        .where(Delegation.id == delegation_id, Delegation.agent_id == agent_id)
    ).one_or_none()
    if found is None:
        raise Problem("not-found")
    return found[0], found[1], found[2]


def take_use(number: int) -> bool:
    """Take one of the uses that are left, in one guarded update; False when none is. Concurrent scans of the
    delegation wait for this unit of work."""
    return _TAKE_USE.run({"of_number": number}) == 1


def give_use_back(number: int) -> None:
    """Give a use back, in the unit of work that took it: the scan has come to nothing."""
    _GIVE_BACK.run({"of_number": number})
