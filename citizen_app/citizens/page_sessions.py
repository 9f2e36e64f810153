"""The sign-in session on pages that are plain forms: a signed text that names it, and does not change.

A refresh token changes at each use, so two tabs that load at once would make it look stolen; only the script
that can take turns uses it. What a page brings names the session and proves nothing else: whether the session
stands, and how well its citizen is known, is read from the database with each page. So it ends with the
session, at the same moment, and a copy of it is worth nothing afterwards (ADR 0038).
"""

from __future__ import annotations

from typing import Final

from itsdangerous import BadData
from sqlalchemy import select

from citizen_app.citizens.acting import Acting, ActingKind
from citizen_app.citizens.models import ActingSession, Citizen, SignInSession
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.clock import now
from citizen_app.secrecy.vault import current_vault
from citizen_app.staff.models import StaffSession
from citizen_app.storage.orm import db

SESSION_SALT: Final = "page.1"
ACTING_SALT: Final = "page-acting.1"
FORM_SALT: Final = "page-form.1"


def page_token(session_id: str) -> str:
    """The text that names a session."""
    return _signed(SESSION_SALT, session_id)


def acting_page_token(session_id: str) -> str:
    """The text that names a session in which a clerk acts for somebody who is present: for the pages of a
    kiosk."""
    return _signed(ACTING_SALT, session_id)


def names_acting(token: str) -> bool:
    """Whether the text names a session in which a clerk acts; no table is read."""
    return bool(token) and _read(ACTING_SALT, token) is not None


def citizen_of_page(token: str) -> SignedInCitizen | None:
    """Whose session a page brings, with the rights that they have now; None for a text that is not ours, and
    when the session is over.

    A page has the same rights as an access token of its session, also where a clerk acts for the citizen.
    """
    session_id = _read(SESSION_SALT, token)
    if session_id is None:
        acting_id = _read(ACTING_SALT, token)
        return None if acting_id is None else _served(acting_id)
    found = db.session.execute(
        select(
            SignInSession.citizen_id,
            Citizen.subject_number,
            Citizen.assurance_level,
            SignInSession.authenticated_at,
        )
        .join(Citizen, Citizen.id == SignInSession.citizen_id)
        .where(
            SignInSession.id == session_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now(),
            Citizen.status == CitizenStatus.ACTIVE,
        )
    ).one_or_none()
    if found is None:
        return None
    return SignedInCitizen(
        found.citizen_id, found.subject_number, session_id, found.assurance_level, found.authenticated_at
    )


def _served(acting_id: str) -> SignedInCitizen | None:
    """Whom a clerk serves in an acting session, while it lasts and the clerk is signed in."""
    found = db.session.execute(
        select(ActingSession, Citizen.subject_number, Citizen.assurance_level)
        .join(Citizen, Citizen.id == ActingSession.citizen_id)
        .join(StaffSession, StaffSession.id == ActingSession.bound_to)
        .where(
            ActingSession.id == acting_id,
            ActingSession.kind == ActingKind.CLERK,
            ActingSession.ended_at.is_(None),
            ActingSession.ends_at > now(),
            StaffSession.expires_at > now(),
            Citizen.status == CitizenStatus.ACTIVE,
        )
    ).one_or_none()
    if found is None:
        return None
    session: ActingSession = found[0]
    acting = Acting(
        kind=ActingKind.CLERK,
        agent_id=session.staff_id or "",
        delegation_id=None,
        services=None if session.services is None else frozenset(session.services),
        bound_to=session.bound_to,
        until=int(session.ends_at.timestamp()),
    )
    return SignedInCitizen(
        session.citizen_id,
        found.subject_number,
        session.id,
        found.assurance_level,
        session.started_at,
        acting,
    )


def form_token(session_id: str) -> str:
    """What a form of this session's pages carries (CSRF). It lasts as long as the session: nobody is hurried;
    and it differs each time, so that a compressed page gives nothing away (BREACH)."""
    return _signed(FORM_SALT, session_id)


def is_form_token(token: str, session_id: str) -> bool:
    """Whether a form comes from a page of this session."""
    return _read(FORM_SALT, token) == session_id


def _signed(salt: str, session_id: str) -> str:
    signed = current_vault().signer(salt).dumps([session_id])
    return signed if isinstance(signed, str) else signed.decode()


def _read(salt: str, token: str) -> str | None:
    try:
        stated = current_vault().signer(salt).loads(token)
    except (BadData, UnicodeError, ValueError):
        return None
    if isinstance(stated, list) and len(stated) == 1 and isinstance(stated[0], str):
        return stated[0]
    return None
