"""Telling a citizen what happens to them outside of a request of theirs: a text message to their own phone,
or where there is none to the phones of those who look after them."""

from __future__ import annotations

from sqlalchemy import select

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.delegations.models import Delegation, DelegationState
from citizen_app.jobs.outbox import enqueue
from citizen_app.jobs.sms import SMS, sms_payload
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.text import Text

FRAME = Text("【{city}】{words}", "[{city}] {words}")
IN_CARE = Text("致您照看的人：{words}", "To the person in your care: {words}")
"""Whoever looks after somebody reads on their own phone what is told to that person."""


def tell(citizen_id: str, words: Text) -> int:
    """Send these words, in the unit of work of what they tell; returns to how many phones.

    They hold no name and no number: a telephone lies about. Nobody is told of an account without a phone that
    nobody looks after.
    """
    citizen = db.session.get(Citizen, citizen_id)
    if citizen is None:
        return 0
    own = citizen.phone
    phones = [own] if own is not None else _phones_of_those_who_care(citizen_id)
    told = words if own is not None else IN_CARE.fill(words=words)
    framed = FRAME.fill(city=current_settings().city, words=told)
    for phone in phones:
        enqueue(SMS, sms_payload(phone, f"{framed.zh} {framed.en}"))
    return len(phones)


def _phones_of_those_who_care(ward_id: str) -> list[str]:
    caring = (
        select(Citizen)
        .join(Delegation, Delegation.agent_id == Citizen.id)
        .where(
            Delegation.ward_id == ward_id,
            Delegation.state == DelegationState.ACTIVE,
            Delegation.kind != "agent",
            Citizen.status == CitizenStatus.ACTIVE,
            Citizen.phone_index.is_not(None),
        )
        .order_by(Delegation.id)
    )
    return list(dict.fromkeys(one.phone for one in db.session.scalars(caring) if one.phone is not None))
