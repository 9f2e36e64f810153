"""Scan sessions: a kiosk may scan on for the same citizen after one code (five books, one code). Short-lived,
bound to kiosk and purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from itsdangerous import BadData

from citizen_app.secrecy.vault import current_vault

SALT: Final = "kiosk-session"


@dataclass(frozen=True, slots=True)
class ScanSession:
    """What a session token says. It names the citizen by the pairwise reference, because the kiosk can read
    it."""

    kiosk_id: str
    service: str
    purpose: str
    citizen_ref: str
    kind: str
    until: int

    def token(self) -> str:
        """The signed text for the kiosk."""
        return (
            current_vault()
            .signer(SALT)
            .dumps([self.kiosk_id, self.service, self.purpose, self.citizen_ref, self.kind, self.until])
        )


def read_session(token: str, kiosk_id: str, service: str, purpose: str) -> ScanSession | None:
    """The session of a token that is genuine, of this kiosk, service and purpose; None otherwise. It may have
    ended."""
    try:
        session = ScanSession(*current_vault().signer(SALT).loads(token))
    except (BadData, TypeError):
        return None
    return (
        session
        if (session.kiosk_id, session.service, session.purpose) == (kiosk_id, service, purpose)
        else None
    )


def has_ended(session: ScanSession, moment: datetime) -> bool:
    """Whether the session had expired at that time."""
    return session.until <= moment.timestamp()
