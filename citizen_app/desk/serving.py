"""What a clerk does for somebody who is present: acting for them at services, and another phone for their
account."""

from __future__ import annotations

from citizen_app.audit.operations import record
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.acting_sessions import ActingTokens
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.phones import give_phone
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.clock import now
from citizen_app.delegations.acting import clerk_sessions, renew_clerk, start_acting
from citizen_app.desk.findings import locked_citizen
from citizen_app.desk.models import DeskFinding, DeskPresence
from citizen_app.desk.presence import MOST_TRIES, OTP_LIFETIME, WRONG_OTP, is_otp, present, send_otp
from citizen_app.notices.catalogue import CLERK_ACTS, NEW_PHONE
from citizen_app.notices.sending import tell
from citizen_app.staff.callers import StaffCaller
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem


def act_for(caller: StaffCaller, finding: DeskFinding, services: frozenset[str] | None) -> ActingTokens:
    """A token with which the caller acts for whoever stands before them, at these services (None: at all),
    until the presence ends. Asked for again for the same services it is the next token of the same session.
    """
    proof = present(caller, finding)
    for session in clerk_sessions(proof.session_id):
        scope = None if session.services is None else frozenset(session.services)
        if session.citizen_id == proof.citizen_id and scope == services:
            return renew_clerk(session.id, proof.session_id, proof.confirmed_at)
    left = int((proof.ends_at - now()).total_seconds())
    tokens = start_acting(
        ActingKind.CLERK,
        proof.citizen_id,
        caller.staff_id,
        bound_to=proof.session_id,
        services=services,
        seconds=left,
        authenticated_at=proof.confirmed_at,
    )
    scope_told = None if services is None else sorted(services)
    record("citizens.act", "citizen", proof.citizen_id, acting=tokens.session_id, services=scope_told)
    tell(proof.citizen_id, CLERK_ACTS, key=tokens.session_id)
    return tokens


def begin_new_phone(caller: StaffCaller, finding: DeskFinding, phone: str) -> DeskPresence:
    """Send an OTP to the phone (E.164) that whoever is present wants for their account. Whether anybody has
    it already is told to nobody."""
    proof = present(caller, finding)
    citizen = locked_citizen(finding)
    proof.phone, proof.phone_tries = phone, 0
    proof.phone_otp_hash = send_otp(f"{proof.id}:phone", phone, demo=citizen.is_demo)
    proof.phone_until = now() + OTP_LIFETIME
    db.session.flush()
    return proof


def confirm_new_phone(caller: StaffCaller, finding: DeskFinding, otp: str) -> Citizen:
    """The OTP was right: the account has the phone, whoever had it has none, and both are signed out. The
    phone it had is told. Raises a 409 for a wrong one, which stays counted; for an account that rests,
    too."""
    proof = present(caller, finding)
    if proof.phone is None or proof.phone_otp_hash is None or proof.phone_until is None:
        raise Problem("conflict", WRONG_OTP)
    if proof.phone_tries >= MOST_TRIES or proof.phone_until <= now():
        raise Problem("conflict", WRONG_OTP)
    proof.phone_tries += 1
    if not is_otp(f"{proof.id}:phone", otp, proof.phone_otp_hash):
        raise Problem("conflict", WRONG_OTP, keep_writes=True)
    citizen = lock_row(Citizen, proof.citizen_id)
    if citizen is None or citizen.status != CitizenStatus.ACTIVE:
        raise Problem("conflict")
    if citizen.phone is not None and citizen.phone != proof.phone:
        tell(citizen.id, NEW_PHONE, phone=citizen.phone)
    given = give_phone(proof.citizen_id, proof.phone)
    proof.phone, proof.phone_otp_hash = None, None
    db.session.flush()
    record("citizens.new_phone", "citizen", citizen.id, method=proof.method)
    return given
