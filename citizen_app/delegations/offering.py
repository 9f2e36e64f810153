"""Whoever is invited to a delegation and has an account finds a notice.

The invitation itself asks nothing about the number: a message in the outbox does, after the answer. So the
answer, and how long it takes, is the same whether or not there is an account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select

from citizen_app.citizens.acting import ACTING_TITLES
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.delegations.models import Delegation, DelegationState
from citizen_app.notices.catalogue import DELEGATION_OFFERED
from citizen_app.notices.sending import tell
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

OFFERED: Final = "delegation.offered"


def tell_invited(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `OFFERED`. Nobody is told of an invitation that is over already."""
    with transaction():
        offered = db.session.get(Delegation, payload["delegation"])
        if offered is None or offered.state != DelegationState.INVITED or offered.invited_index is None:
            return
        invited = select(Citizen.id).where(
            Citizen.phone_index == offered.invited_index, Citizen.status == CitizenStatus.ACTIVE
        )
        citizen_id = db.session.scalar(invited)
        if citizen_id is not None:
            tell(citizen_id, DELEGATION_OFFERED, key=offered.id, kind=ACTING_TITLES[offered.kind])
