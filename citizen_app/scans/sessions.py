"""Scan sessions: a kiosk may scan on for the same citizen after one code (five books, one code). Short-lived,
bound to kiosk and service; for which purposes it is good, the service declares."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from itsdangerous import BadData

from citizen_app.secrecy.vault import SealBroken, current_vault

SALT: Final = "kiosk-session"
PLACE: Final = "kiosk-session.delegation"


@dataclass(frozen=True, slots=True)
class ScanSession:
    """What a session token says. It names the citizen by the pairwise reference, because the kiosk can read
    it; the number of a delegation stands sealed in it, because it is the same at every service."""

    kiosk_id: str
    service: str
    purpose: str
    citizen_ref: str
    kind: str
    until: int
    delegation: int | None = None

    def token(self) -> str:
        """The signed text for the kiosk."""
        said: list[object] = [
            self.kiosk_id,
            self.service,
            self.purpose,
            self.citizen_ref,
            self.kind,
            self.until,
        ]
        if self.delegation is not None:
            sealed = current_vault().seal(str(self.delegation), PLACE)
            said.append(base64.urlsafe_b64encode(sealed).decode())
        return current_vault().signer(SALT).dumps(said)


def read_session(token: str, kiosk_id: str, service: str) -> ScanSession | None:
    """The session of a token that is genuine, of this kiosk and service; None otherwise. It may have
    ended."""
    try:
        *said, last = current_vault().signer(SALT).loads(token)
        by_another = isinstance(last, str)
        delegation = (
            int(current_vault().unseal(base64.urlsafe_b64decode(last), PLACE)) if by_another else None
        )
        kiosk, of, asked, ref, kind, until = said if by_another else (*said, last)
        session = ScanSession(kiosk, of, asked, ref, kind, until, delegation)
    except (BadData, SealBroken, TypeError, ValueError):
        return None
    return session if (session.kiosk_id, session.service) == (kiosk_id, service) else None


def has_ended(session: ScanSession, moment: datetime) -> bool:
    """Whether the session had expired at that time."""
    return session.until <= moment.timestamp()
