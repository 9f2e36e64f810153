"""Access tokens of citizens: signed by this installation, five minutes long, checked without a table.

What must take effect sooner than five minutes (logout, suspension, a stolen refresh token) is a row in
`revoked_sessions`, which every worker holds in memory and renews within a second. A token of somebody who
acts for a citizen names the citizen as any other does, and says beside it who acts (`acting`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from itsdangerous import BadData
from sqlalchemy import Connection, insert, select

from citizen_app.citizens.acting import Acting
from citizen_app.citizens.models import RevokedSession
from citizen_app.clock import now, timestamp
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.cached_values import CachedValue, invalidate
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem

ACCESS_SECONDS: Final = 300
CLOCK_MARGIN_SECONDS: Final = 60
"""How far a token may come from the future: another worker's clock is ahead, or ours was set back."""
SALT: Final = "access.1"


@dataclass(frozen=True, slots=True)
class SignedInCitizen:
    """The citizen who calls, as their access token says; `authenticated_at` is when they last proved who they
    are.

    Where somebody acts for them, all but `acting` is the citizen's, and `authenticated_at` the agent's.
    """

    citizen_id: str
    subject_number: int
    session_id: str
    assurance_level: int
    authenticated_at: datetime
    acting: Acting | None = None

    @property
    def limit_key(self) -> str:
        """What rate limits count: each agent of a citizen apart from the citizen."""
        agent = "" if self.acting is None else f":{self.acting.agent_id}"
        return f"citizen:{self.citizen_id}{agent}"

    @property
    def label(self) -> str:
        """What logs show: nothing personal."""
        return "citizen" if self.acting is None else f"citizen by {self.acting.kind}"


def _revoked(connection: Connection) -> frozenset[str]:
    still_needed = select(RevokedSession.session_id).where(RevokedSession.until > now())
    return frozenset(connection.scalars(still_needed))


REVOKED_SESSIONS: Final[CachedValue[frozenset[str]]] = CachedValue("revoked_sessions", _revoked)


def issue_access_token(citizen: SignedInCitizen) -> str:
    """A token that says who calls, for `ACCESS_SECONDS`."""
    stated: list[object] = [
        citizen.citizen_id,
        citizen.subject_number,
        citizen.session_id,
        citizen.assurance_level,
        int(citizen.authenticated_at.timestamp()),
    ]
    if citizen.acting is not None:
        stated.append(citizen.acting.as_stated())
    signed = current_vault().signer(SALT).dumps(stated)
    return signed if isinstance(signed, str) else signed.decode()


def read_access_token(token: str) -> SignedInCitizen:
    """Who calls. Raises the 401 of RFC 6750 §3.1 for a token that is not ours, too old, or of a revoked
    session."""
    try:
        stated, issued_at = current_vault().signer(SALT).loads(token, return_timestamp=True)
        if not -CLOCK_MARGIN_SECONDS <= timestamp() - int(issued_at.timestamp()) <= ACCESS_SECONDS:
            raise _refused()
        citizen_id, subject_number, session_id, assurance_level, authenticated_at, *more = stated
        acting = Acting.from_stated(*more) if more else None
    except (BadData, UnicodeError, ValueError, TypeError) as error:
        raise _refused() from error
    revoked = REVOKED_SESSIONS.get()
    if session_id in revoked:
        raise _refused()
    if acting is not None and (acting.bound_to in revoked or timestamp() >= acting.until):
        raise _refused()
    proved_at = datetime.fromtimestamp(authenticated_at, UTC)
    return SignedInCitizen(citizen_id, subject_number, session_id, assurance_level, proved_at, acting)


def refuse_tokens_of(session_ids: Collection[str]) -> None:
    """Refuse all access tokens of sessions that have just ended: here as soon as the unit of work commits, in
    every other worker within a second. Each session ends once."""
    if not session_ids:
        return
    until = now() + timedelta(seconds=ACCESS_SECONDS + CLOCK_MARGIN_SECONDS)
    db.session.execute(insert(RevokedSession), [{"session_id": one, "until": until} for one in session_ids])
    invalidate(REVOKED_SESSIONS.topic)


def is_access_token(token: str) -> bool:
    """Whether this installation made the text as an access token of a citizen, however long ago."""
    try:
        current_vault().signer(SALT).loads(token)
    except (BadData, UnicodeError, ValueError):
        return False
    return True


def _refused() -> Problem:
    return Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
