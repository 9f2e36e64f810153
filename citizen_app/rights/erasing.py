"""Erasing somebody: the account goes at once, whole, in the unit of work that decides on it; what each
service keeps goes in the minutes after, in steps that are repeated until they succeed (`steps`).

Nothing is left by which the account could be told again: the log, the ledger and the consents keep rows that
lead to nobody, because the keys to them stood on the row that is gone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import delete, or_, select, update

from citizen_app.audit.operations import Actor, record
from citizen_app.citizens.models import (
    Citizen,
    CitizenDocument,
    CitizenRef,
    OtpChallenge,
    OtpShare,
)
from citizen_app.citizens.operations import forget_refs
from citizen_app.citizens.sessions import end_all_sessions
from citizen_app.claims.models import CitizenClaim
from citizen_app.clock import now
from citizen_app.delegations.models import Delegation, DelegationState, EndedWhy, Side
from citizen_app.delegations.operations import end_all_of, end_delegation
from citizen_app.files.models import StoredFile
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import enqueue, forget_payloads
from citizen_app.jobs.sms import SMS, sms_payload
from citizen_app.notices.routing import SENT_BY
from citizen_app.payments.purses import held, purse_of
from citizen_app.registry.checks.tables import names_people
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.rights.models import ErasureStep, RightsRequest
from citizen_app.rights.obstacles import Obstacle, obstacles_of
from citizen_app.rights.views import documents_with_numbers, known_as
from citizen_app.scans.answers import forget_subject
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import Model, db
from citizen_app.text import Text
from citizen_app.usage.pending_looks import assign_pending_looks, indexes_of
from citizen_app.wire.language import caller_language
from citizen_app.wire.problems import Problem

ANSWERED_WITHIN: Final = timedelta(days=15)
"""GB/T 35273-2020, 8.5 d): an account is closed within 15 working days. We count days."""
FORGOTTEN_AFTER: Final = timedelta(hours=12)
"""How long the last message to a phone is tried; less than a day, so that it leaves no dead letter."""
GOODBYE: Final = Text(
    "您的市民码账户已应要求注销，个人信息已删除。如非本人操作，请尽快到市民服务窗口。",
    "Your citizen code account was closed as asked, and your data deleted. If you did not ask, come to a service counter.",
)
FIRST: Final = Text("请先处理以下事项。", "These have to be settled first.")

log = structlog.get_logger(__name__)


def against(citizen_id: str) -> list[Obstacle]:
    """What stands against an erasure now. Raises a 404 for an account that is gone."""
    citizen = db.session.get(Citizen, citizen_id)
    if citizen is None:
        raise Problem("not-found")
    return obstacles_of(citizen)


def erase(citizen_id: str, *, asked_by: str, actor: Actor | None = None) -> RightsRequest:
    """Erase a citizen. Of two at once the second finds nobody.

    Raises a 404 for an account that is gone, a 409 with what stands against it (`against`).
    """
    citizen = lock_row(Citizen, citizen_id)
    if citizen is None:
        raise Problem("not-found")
    purse = purse_of(citizen_id)
    if purse is not None:
        held(purse.id)  # nothing moves any more while this is looked at
    found = obstacles_of(citizen)
    if found:
        language = caller_language()
        told = [{"id": one.id, "words": one.words.say(language), "next_step": one.next_step} for one in found]
        raise Problem("conflict", FIRST, more={"against": told})
    request = _request(asked_by)
    _note_steps(request.id, citizen)
    phone = citizen.phone
    _leave(citizen)
    if phone is not None:
        words = f"{GOODBYE.zh} {GOODBYE.en}"
        enqueue(SMS, sms_payload(phone, words), give_up_after=FORGOTTEN_AFTER)
    record("rights.erase", "rights_request", request.id, actor=actor, asked_by=asked_by)
    log.info("an account was erased", request=request.id)
    return request


def names_anybody(module: InstalledModule) -> bool:
    """Whether tables of a service name people, or it has a hook for them."""
    tables = Model.metadata.tables
    own = (table for name, table in tables.items() if name.startswith(f"{module.id}_"))
    return hasattr(module.hooks, "erase_for") or any(map(names_people, own))


def _request(asked_by: str) -> RightsRequest:
    moment = now()
    request = RightsRequest(
        id=new_id(),
        kind="erasure",
        citizen_id=None,
        asked_by=asked_by,
        state="waiting",
        asked_at=moment,
        due_at=moment + ANSWERED_WITHIN,
        next_at=moment,
        missing=[],
    )
    db.session.add(request)
    db.session.flush()
    return request


def _note_steps(request_id: str, citizen: Citizen) -> None:
    """A step for each service that has met the citizen, and for each that may know them from a list."""
    met = set(db.session.scalars(select(CitizenRef.service).where(CitizenRef.citizen_id == citizen.id)))
    listed = {module.id for module in current_registry() if names_anybody(module)}
    documents, moment = documents_with_numbers(citizen.id), now()
    for service in sorted(met | listed):
        step_id = new_id()
        step = ErasureStep(id=step_id, request_id=request_id, service=service, next_at=moment)
        step.known = known_as(service, citizen, documents).as_text()
        db.session.add(step)
    db.session.flush()


def _leave(citizen: Citizen) -> None:
    """All that the core keeps of a locked citizen."""
    assign_pending_looks(dict.fromkeys(indexes_of(citizen.id, citizen.phone_sealed), citizen.log_key))
    end_all_of(citizen.id, EndedWhy.ERASED)
    end_all_sessions(citizen.id)
    if citizen.phone_index is not None:
        _forget_phone(citizen.phone_index, citizen.phone or "")
    forget_subject(citizen.log_key)
    _forget_copies(citizen.id)
    documents = select(CitizenDocument.number_index).where(CitizenDocument.citizen_id == citizen.id)
    mine = or_(CitizenClaim.citizen_id == citizen.id, CitizenClaim.document_index.in_(documents))
    db.session.execute(delete(CitizenClaim).where(mine).execution_options(synchronize_session=False))
    forget_refs(citizen.id)
    db.session.flush()
    db.session.expunge(citizen)
    db.session.execute(
        delete(Citizen).where(Citizen.id == citizen.id).execution_options(synchronize_session=False)
    )


def _forget_phone(index: bytes, phone: str) -> None:
    """What stands under a number: codes by SMS, messages on their way, invitations to it."""
    invited = select(Delegation.id).where(
        Delegation.invited_index == index, Delegation.state == DelegationState.INVITED
    )
    for one in db.session.scalars(invited.order_by(Delegation.id)).all():
        end_delegation(one, Side.CITY, EndedWhy.ERASED)
    db.session.execute(delete(OtpChallenge).where(OtpChallenge.phone_index == index))
    db.session.execute(delete(OtpShare).where(OtpShare.phone_index == index))
    forget_payloads((SMS, SENT_BY["sms"]), lambda payload: payload.get("phone") == phone)


def _forget_copies(citizen_id: str) -> None:
    """Copies that were made, and the wish for one that was not."""
    mine = RightsRequest.citizen_id == citizen_id
    files = select(RightsRequest.file_id).where(mine, RightsRequest.file_id.is_not(None))
    db.session.execute(
        delete(StoredFile).where(StoredFile.id.in_(files)).execution_options(synchronize_session=False)
    )
    waiting = update(RightsRequest).where(mine, RightsRequest.state == "waiting")
    db.session.execute(
        waiting.values(state="void", ended_at=now()).execution_options(synchronize_session=False)
    )
