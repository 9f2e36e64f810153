"""Somebody stands at the counter: by their code, an OTP to their phone, or a document that two clerks have
seen.

A presence belongs to the session in which the clerk has signed in, one at a time, for a quarter of an hour or
until "done". Only within it a clerk acts for a citizen or changes what their account hangs on. Its OTP is
kept here and opens nothing else: no clerk can sign in with it.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from citizen_app.audit.operations import record
from citizen_app.citizens.challenges import DEMO_OTP
from citizen_app.citizens.documents import document_index, owner_of_document
from citizen_app.citizens.models import ActingSession, Citizen
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.clock import now, timestamp
from citizen_app.codes import reading
from citizen_app.codes.format import CodeRefused, Kind, decode
from citizen_app.codes.handles import open_handle
from citizen_app.codes.keys import key_ring
from citizen_app.delegations.acting import end_acting
from citizen_app.desk.findings import locked_citizen
from citizen_app.desk.models import DeskFinding, DeskPresence
from citizen_app.identity.documents import Document
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import enqueue
from citizen_app.jobs.sms import SMS, sms_payload
from citizen_app.scans.replay import Claim, claim, key_of
from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import current_settings
from citizen_app.staff.callers import StaffCaller
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.usage.offices import CITY
from citizen_app.wire.problems import Problem

LASTS: Final = timedelta(minutes=15)
OTP_LIFETIME: Final = timedelta(minutes=10)
SECOND_CLERK_WITHIN: Final = timedelta(minutes=5)
MOST_TRIES: Final = 3
MESSAGE: Final = Text(
    "【{city}市民码】您正在市民服务窗口办理业务，验证码 {otp}，10 分钟内有效，只告诉您面前的工作人员。",
    "[{city} Citizen Code] {otp} is your code at the service counter, for 10 minutes. Tell it only to the clerk before you.",
)
NOT_THEIRS: Final = Text(
    "这不是本人的有效市民码，请出示新码。", "This is no good code of theirs; have a new one shown."
)
NO_PHONE: Final = Text("账户没有手机号，请核验证件。", "The account has no phone; look at a document.")
NOT_THEIR_DOCUMENT: Final = Text("账户没有这份证件。", "The account has no such document.")
WRONG_OTP: Final = Text("验证码不对或已失效。", "The code is wrong or no longer valid.")
NOBODY_WAITS: Final = Text(
    "没有等待您确认的核验：须由另一位工作人员在 5 分钟内先行核验。",
    "Nothing waits for you: another clerk must have looked at the document within the last 5 minutes.",
)
IN_PERSON_ONLY: Final = Text(
    "请用登录会话办理，不能用访问令牌。", "Sign in for this; a token for automation cannot."
)


def by_code(caller: StaffCaller, finding: DeskFinding, text: str) -> DeskPresence:
    """Present by a code that the citizen shows at this counter: their own, online, fresh, and used up by it.
    Raises a 409 otherwise."""
    citizen, made = _begun(caller, finding, "code", LASTS)
    try:
        code = decode(text)
        reading.check_signatures(code, key_ring().issuers)
        reading.check_freshness(code, timestamp())
        claims = code.credential.claims
        if claims.kind is not Kind.ONLINE:
            raise Problem("conflict", NOT_THEIRS)
        number = open_handle(claims.handle, key_ring().sealing_key(code.credential.kid))
    except (CodeRefused, ValueError) as refused:
        raise Problem("conflict", NOT_THEIRS) from refused
    used = key_of(code)
    if number != citizen.subject_number or used is None:
        raise Problem("conflict", NOT_THEIRS)
    if claim([Claim(*used, made.id, CITY, made.id, made.begun_at)]):
        raise Problem("conflict", NOT_THEIRS)
    return _confirmed(made, caller)


def by_phone(caller: StaffCaller, finding: DeskFinding) -> DeskPresence:
    """Send an OTP to the phone of whoever was found; `confirm_by_phone` takes it. Raises a 409 without
    one."""
    citizen, made = _begun(caller, finding, "phone", OTP_LIFETIME)
    if citizen.phone is None:
        raise Problem("conflict", NO_PHONE)
    made.otp_hash = send_otp(made.id, citizen.phone, demo=citizen.is_demo)
    db.session.flush()
    return made


def confirm_by_phone(caller: StaffCaller, finding: DeskFinding, otp: str) -> DeskPresence:
    """The OTP that the citizen has read out. Raises a 409 for a wrong one, which stays counted."""
    begun = _newest(
        DeskPresence.citizen_id == finding.citizen_id,
        DeskPresence.session_id == _session(caller),
        DeskPresence.method == "phone",
    )
    if begun is None or begun.otp_hash is None or begun.tries >= MOST_TRIES:
        raise Problem("conflict", WRONG_OTP)
    begun.tries += 1
    if not is_otp(begun.id, otp, begun.otp_hash):
        raise Problem("conflict", WRONG_OTP, keep_writes=True)
    return _confirmed(begun, caller)


def by_document(caller: StaffCaller, finding: DeskFinding, document: Document) -> DeskPresence:
    """A first clerk has the document in hand; a second one confirms it within minutes
    (`confirm_by_document`). Raises a 409 for one that is not the account's."""
    _, made = _begun(caller, finding, "document", SECOND_CLERK_WITHIN)
    _check_document(finding, document)
    return made


def confirm_by_document(caller: StaffCaller, finding: DeskFinding, document: Document) -> DeskPresence:
    """A second clerk, who has found the same citizen, has the document in hand too: whoever waits for it may
    go on. Raises a 409 otherwise."""
    _session(caller)
    _check_document(finding, document)
    begun = _newest(
        DeskPresence.citizen_id == finding.citizen_id,
        DeskPresence.staff_id != caller.staff_id,
        DeskPresence.method == "document",
    )
    if begun is None:
        raise Problem("conflict", NOBODY_WAITS)
    return _confirmed(begun, caller)


def present(caller: StaffCaller, finding: DeskFinding) -> DeskPresence:
    """The proof that whoever was found stands before the caller, locked. Raises `presence-required`."""
    here = select(DeskPresence.id).where(
        DeskPresence.citizen_id == finding.citizen_id,
        DeskPresence.session_id == _session(caller),
        DeskPresence.confirmed_at.is_not(None),
        DeskPresence.ended_at.is_(None),
        DeskPresence.ends_at > now(),
    )
    found = db.session.scalar(here.order_by(DeskPresence.id.desc()).limit(1))
    proof = None if found is None else lock_row(DeskPresence, found)
    if proof is None or proof.ended_at is not None:
        raise Problem("presence-required")
    return proof


def done(caller: StaffCaller) -> bool:
    """Whoever stood before the caller has gone: their presence is over, and so is acting for them. False
    where nobody stood there."""
    session = _session(caller)
    ended = db.session.scalars(
        update(DeskPresence)
        .where(DeskPresence.session_id == session, DeskPresence.ended_at.is_(None))
        .values(ended_at=now())
        .returning(DeskPresence.id)
        .execution_options(synchronize_session=False)
    ).all()
    end_acting(ActingSession.bound_to == session, ActingSession.kind == "clerk", why="done")
    return bool(ended)


def send_otp(place: str, phone: str, *, demo: bool) -> bytes:
    """Send an OTP of the counter to a phone (E.164); returns its hash for the row `place`."""
    fixed = demo and current_settings().demo
    otp = DEMO_OTP if fixed else f"{secrets.randbelow(10**6):06d}"
    words = MESSAGE.fill(city=current_settings().city, otp=otp)
    enqueue(SMS, sms_payload(phone, f"{words.zh} {words.en}"), give_up_after=OTP_LIFETIME)
    return current_vault().short_secret_hash(place, otp)


def is_otp(place: str, otp: str, otp_hash: bytes) -> bool:
    """Whether this is the OTP of the row `place`."""
    return hmac.compare_digest(current_vault().short_secret_hash(place, otp), otp_hash)


def _begun(
    caller: StaffCaller, finding: DeskFinding, method: str, lasts: timedelta
) -> tuple[Citizen, DeskPresence]:
    """A presence to be confirmed; whoever stood before the caller until now has gone."""
    citizen, moment = locked_citizen(finding), now()
    if citizen.status == CitizenStatus.DECEASED:
        raise Problem("conflict")
    done(caller)
    made = DeskPresence(
        id=new_id(),
        citizen_id=citizen.id,
        staff_id=caller.staff_id,
        session_id=_session(caller),
        method=method,
        tries=0,
        begun_at=moment,
        ends_at=moment + lasts,
    )
    db.session.add(made)
    db.session.flush()
    return citizen, made


def _confirmed(presence: DeskPresence, by: StaffCaller) -> DeskPresence:
    moment = now()
    presence.confirmed_at, presence.confirmed_by = moment, by.staff_id
    presence.ends_at, presence.otp_hash = moment + LASTS, None
    db.session.flush()
    record("citizens.present", "citizen", presence.citizen_id, method=presence.method, desk=presence.staff_id)
    return presence


def _newest(*which: object) -> DeskPresence | None:
    """The newest of these that waits to be confirmed, locked."""
    waiting = select(DeskPresence.id).where(
        *which,  # type: ignore[arg-type]
        DeskPresence.confirmed_at.is_(None),
        DeskPresence.ended_at.is_(None),
        DeskPresence.ends_at > now(),
    )
    found = db.session.scalar(waiting.order_by(DeskPresence.id.desc()).limit(1))
    begun = None if found is None else lock_row(DeskPresence, found)
    return None if begun is None or begun.confirmed_at is not None or begun.ended_at is not None else begun


def _check_document(finding: DeskFinding, document: Document) -> None:
    if owner_of_document(document_index(document.kind, document.number)) != finding.citizen_id:
        raise Problem("conflict", NOT_THEIR_DOCUMENT)


def _session(caller: StaffCaller) -> str:
    if caller.session_id is None:
        raise Problem("not-permitted", IN_PERSON_ONLY)
    return caller.session_id
