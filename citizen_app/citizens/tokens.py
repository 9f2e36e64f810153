"""Access tokens of citizens: signed by this installation, five minutes long, checked without a table.

What must take effect sooner than five minutes (logout, suspension, a stolen refresh token) is a row in
`revoked_sessions`, which every worker holds in memory and renews within a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from itsdangerous import BadData
from sqlalchemy import Connection, select

from citizen_app.citizens.models import RevokedSession
from citizen_app.clock import now, timestamp
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.cached_values import CachedValue
from citizen_app.wire.problems import Problem

ACCESS_SECONDS: Final = 300
CLOCK_MARGIN_SECONDS: Final = 60
"""How far a token may come from the future: another worker's clock is ahead, or ours was set back."""
SALT: Final = "access.1"


@dataclass(frozen=True, slots=True)
class SignedInCitizen:
    """The citizen who calls, as their access token says; `authenticated_at` is when they last proved who they
    are."""

    citizen_id: str
    subject_number: int
    session_id: str
    assurance_level: int
    authenticated_at: datetime

    @property
    def limit_key(self) -> str:
        """What rate limits count."""
        return f"citizen:{self.citizen_id}"

    @property
    def label(self) -> str:
        """What logs show: nothing personal."""
        return "citizen"


def _revoked(connection: Connection) -> frozenset[str]:
    still_needed = select(RevokedSession.session_id).where(RevokedSession.until > now())
    return frozenset(connection.scalars(still_needed))


REVOKED_SESSIONS: Final[CachedValue[frozenset[str]]] = CachedValue("revoked_sessions", _revoked)


def issue_access_token(citizen: SignedInCitizen) -> str:
    """A token that says who calls, for `ACCESS_SECONDS`."""
    stated = [
        citizen.citizen_id,
        citizen.subject_number,
        citizen.session_id,
        citizen.assurance_level,
        int(citizen.authenticated_at.timestamp()),
    ]
    signed = current_vault().signer(SALT).dumps(stated)
    return signed if isinstance(signed, str) else signed.decode()


def read_access_token(token: str) -> SignedInCitizen:
    """Who calls. Raises the 401 of RFC 6750 §3.1 for a token that is not ours, too old, or of a revoked
    session."""
    try:
        stated, issued_at = current_vault().signer(SALT).loads(token, return_timestamp=True)
        if not -CLOCK_MARGIN_SECONDS <= timestamp() - int(issued_at.timestamp()) <= ACCESS_SECONDS:
            raise _refused()
        citizen_id, subject_number, session_id, assurance_level, authenticated_at = stated
    except (BadData, UnicodeError, ValueError, TypeError) as error:
        raise _refused() from error
    if session_id in REVOKED_SESSIONS.get():
        raise _refused()
    return SignedInCitizen(
        citizen_id, subject_number, session_id, assurance_level, datetime.fromtimestamp(authenticated_at, UTC)
    )


def is_access_token(token: str) -> bool:
    """Whether this installation made the text as an access token of a citizen, however long ago."""
    try:
        current_vault().signer(SALT).loads(token)
    except (BadData, UnicodeError, ValueError):
        return False
    return True


def _refused() -> Problem:
    return Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
