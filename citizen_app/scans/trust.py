"""Steps 1 to 3 of the walk: is the code readable, genuine and fresh. Pure except for the keys in memory: no
table is read."""

from __future__ import annotations

from typing import Final

from citizen_app.codes import reading
from citizen_app.codes.foreign import said_of_foreign
from citizen_app.codes.format import Challenge, Code, CodeRefused, Kind, decode
from citizen_app.codes.handles import open_handle
from citizen_app.codes.keys import KeyRing
from citizen_app.scans.attempt import Attempt, OwnPhone
from citizen_app.scans.sessions import has_ended, read_session

_VERIFIED: Final = reading.VerifiedCredentials()


def examine(attempt: Attempt, ring: KeyRing) -> None:
    """Read the attempt's code or session and refuse it unless it is genuine and was fresh when it was
    read."""
    if attempt.request.phone is not None:
        _take_signed_in(attempt, attempt.request.phone)
        return
    if attempt.request.session is not None:
        _examine_session(attempt)
        return
    nonce = attempt.request.challenge
    asked = [Challenge(attempt.kiosk.number, nonce)] if nonce else []
    try:
        code = decode(attempt.request.code)
        reading.check_signatures(code, ring.issuers, _VERIFIED)
        attempt.code, attempt.kind = code, code.credential.claims.kind.name.lower()
        if code.credential.claims.form is Kind.ONLINE:
            number = open_handle(code.credential.claims.handle, ring.sealing_key(code.credential.kid))
            if code.credential.claims.kind is Kind.DELEGATE:
                attempt.delegation_number = number
            else:
                attempt.subject_number = number
        reading.check_freshness(code, int(attempt.read_at.timestamp()))
        reading.check_challenge(code, asked, required=nonce is not None)
    except CodeRefused as refused:
        told = said_of_foreign(attempt.request.code or "") if refused.reason == "malformed" else None
        attempt.refuse(refused.reason, *([told] if told else []))
        if refused.reason == "unknown_issuer" and ring.disabled:
            attempt.was_genuine = _signed_before(decode(attempt.request.code), ring)


def _take_signed_in(attempt: Attempt, phone: OwnPhone) -> None:
    """At a place code nothing is read of the citizen: they are signed in on the phone that read it."""
    attempt.kind = "place"
    if phone.delegation_number is None:
        attempt.subject_number = phone.subject_number
    else:
        attempt.delegation_number = phone.delegation_number
    if phone.too_often:
        attempt.refuse("limit_reached")


def _signed_before(code: Code, ring: KeyRing) -> bool:
    """Whether a key that is disabled now has signed the code. The code is refused all the same, but a retry
    gets its earlier answer."""
    try:
        reading.check_signatures(code, ring.disabled)
    except CodeRefused:
        return False
    return True


def _examine_session(attempt: Attempt) -> None:
    kiosk = attempt.kiosk
    session = read_session(attempt.request.session or "", kiosk.id, kiosk.service)
    if session is None:
        attempt.refuse("bad_signature")
        return
    attempt.session, attempt.kind = session, session.kind
    attempt.delegation_number = session.delegation
    if has_ended(session, attempt.read_at):
        attempt.refuse("expired")
