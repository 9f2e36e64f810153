"""By which channels a notice leaves: what it declares, what its citizen has chosen and has, who looks after
them, the day's number and the quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select, update

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.clock import now
from citizen_app.delegations.models import Delegation, DelegationState
from citizen_app.ids import new_id
from citizen_app.jobs.email import email_offered
from citizen_app.jobs.outbox import enqueue
from citizen_app.notices.catalogue import declared_notice
from citizen_app.notices.models import CitizenEmail, InboxNotice, NoticeTally
from citizen_app.notices.preferences import Preferences, preferences_of, quiet_until
from citizen_app.notices.webhooks import hearing
from citizen_app.notices.wording import Worded
from citizen_app.registry.contract import Notice, NoticeChannel
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.usage.offices import CITY

ROUTE: Final = "notice"
"""Kind of the outbox message that a notice waits to be routed."""
SENT_BY: Final[Mapping[NoticeChannel, str]] = {
    "sms": "notice.sms",
    "email": "notice.email",
    "webhook": "notice.webhook",
}
"""Kinds of the outbox messages by which it leaves."""
GIVEN: Final[Mapping[NoticeChannel, str]] = {"sms": "phone", "email": "email"}
"""Where a number or an address stands in such a message, if it is not the account's at the time."""
MOST_PER_DAY: Final = 10
"""How many messages that are not about security leave for one citizen on a day of the city."""
IN_CARE: Final = Text("致您照看的人：{words}", "To the person in your care: {words}")
"""Whoever looks after somebody reads in their own inbox what is told to that person."""

_INBOX: Final = table_of(InboxNotice)
_TALLIES: Final = table_of(NoticeTally)


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A notice that is routed: to whom, of which service, as it is declared."""

    id: str
    citizen_id: str
    service: str
    declared: Notice
    security: bool


def route_later(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `ROUTE`."""
    with transaction():
        route(payload["notice"])


def route(notice_id: str, *, phone: str | None = None, email: str | None = None) -> None:
    """Have a notice leave, once: messages in the outbox, and copies for whoever looks after somebody without
    a phone. `phone` and `email` are used whatever the account has. A notice that is gone leaves nowhere."""
    moment = now()
    taken = (
        update(_INBOX)
        .where(_INBOX.c.id == notice_id, _INBOX.c.routed_at.is_(None))
        .values(routed_at=moment)
        .returning(*_INBOX.c)
    )
    row = db.session.execute(taken).one_or_none()
    declared = None if row is None else declared_notice(row.service, row.notice)
    if row is None or declared is None:
        return
    given: dict[NoticeChannel, str] = {}
    if phone is not None:
        given["sms"] = phone
    if email is not None:
        given["email"] = email
    _leave(_Leaving(row.id, row.citizen_id, row.service, declared, row.security), moment, given)
    if row.ward_id is None:
        _tell_service(row, declared)
        if phone is None and _phoneless(row.citizen_id):
            for carer in carers_of(row.citizen_id, row.service):
                route(_copy(row, carer, moment))


def carers_of(ward_id: str, service: str) -> list[str]:
    """Who looks after somebody, at this service: guardians and carers, not those who do single errands."""
    caring = (
        select(Delegation.agent_id, Delegation.services)
        .join(Citizen, Delegation.agent_id == Citizen.id)
        .where(
            Delegation.ward_id == ward_id,
            Delegation.state == DelegationState.ACTIVE,
            Delegation.kind != "agent",
            Citizen.status == CitizenStatus.ACTIVE,
        )
        .order_by(Delegation.id)
    )
    told = [
        agent
        for agent, services in db.session.execute(caring)
        if agent is not None and (services is None or service == CITY or service in services)
    ]
    return list(dict.fromkeys(told))


def _leave(one: _Leaving, moment: datetime, given: Mapping[NoticeChannel, str]) -> None:
    chosen = preferences_of(one.citizen_id)
    channels = _channels(one, chosen, given)
    not_before = None
    if channels and not one.security:
        not_before = quiet_until(chosen, moment, current_settings().timezone)
        if not _within_day(one.citizen_id, not_before or moment):
            return
    for channel in channels:
        payload = {"notice": one.id}
        if channel in given:
            payload[GIVEN[channel]] = given[channel]
        enqueue(SENT_BY[channel], payload, not_before=not_before)


def _channels(one: _Leaving, chosen: Preferences, given: Mapping[NoticeChannel, str]) -> list[NoticeChannel]:
    """What the notice declares and the citizen has and wants; a notice about security leaves by what they
    have, if they want nothing of it."""
    has: list[NoticeChannel] = []
    if "sms" in given or not _phoneless(one.citizen_id):
        has.append("sms")
    if "email" in given or _has_email(one.citizen_id):
        has.append("email")
    wanted = {"sms": chosen.sms, "email": chosen.email}
    muted = one.service in chosen.muted and not one.security
    used = [c for c in has if c in one.declared.channels and wanted[c] and not muted]
    return used or has[:1] if one.security else used


def _within_day(citizen_id: str, leaves_at: datetime) -> bool:
    """Count a message of the day on which it leaves; False when the day has had its number. One statement: of
    several at once none is left out of the count."""
    day = leaves_at.astimezone(current_settings().timezone).date()
    counted = (
        upsert(_TALLIES)
        .values(citizen_id=citizen_id, day=day, sent=1)
        .on_conflict_do_update(
            index_elements=["citizen_id", "day"],
            set_={"sent": _TALLIES.c.sent + 1},
            where=_TALLIES.c.sent < MOST_PER_DAY,
        )
        .returning(_TALLIES.c.sent)
    )
    return db.session.scalar(counted) is not None


def _tell_service(row: Row[Any], declared: Notice) -> None:
    """Systems of departments hear that a notice was sent, where staff have said so."""
    if "webhook" in declared.channels:
        for webhook in hearing(row.service, row.notice):
            enqueue(SENT_BY["webhook"], {"notice": row.id, "webhook": webhook})


def _copy(row: Row[Any], carer_id: str, moment: datetime) -> str:
    copy_id, said = new_id(), Worded.from_json(InboxNotice.said.open(row.id, row.said_sealed))
    told = Worded(said.title, IN_CARE.fill(words=said.body), IN_CARE.fill(words=said.leaves))
    db.session.add(
        InboxNotice(
            id=copy_id,
            citizen_id=carer_id,
            ward_id=row.citizen_id,
            service=row.service,
            notice=row.notice,
            security=row.security,
            said=told.as_json(),
            created_at=moment,
        )
    )
    db.session.flush()
    return copy_id


def _phoneless(citizen_id: str) -> bool:
    return db.session.scalar(select(Citizen.phone_index).where(Citizen.id == citizen_id)) is None


def _has_email(citizen_id: str) -> bool:
    if not email_offered():
        return False
    confirmed = select(CitizenEmail.id).where(
        CitizenEmail.citizen_id == citizen_id, CitizenEmail.address_sealed.is_not(None)
    )
    return db.session.scalar(confirmed) is not None
