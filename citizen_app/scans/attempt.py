"""A scan on its way through the pipeline: what was asked, what has been learnt, what was decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from citizen_app.citizens.queries import ScannedCitizen
from citizen_app.codes.format import Code
from citizen_app.ids import new_id
from citizen_app.scans.decisions import Answer, Verdict, refused
from citizen_app.scans.reasons import Reason
from citizen_app.scans.sessions import ScanSession

PLAUSIBLE_DELAY: Final = timedelta(minutes=5)
"""Between reading a code and asking about it online; a kiosk that claims more has a wrong clock, and ours counts."""


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What a kiosk sent: a code, or the session that an earlier code opened. `challenge` is the nonce it had shown."""

    scan_id: str
    purpose: str
    code: str | None = None
    session: str | None = None
    occurred_at: datetime | None = None
    challenge: bytes | None = None
    context: Mapping[str, Any] = field(default_factory=dict)

    def digest(self) -> bytes:
        """Recognises a different request under the same id (SHA-256)."""
        content = [
            self.purpose,
            self.code,
            self.session,
            self.challenge and self.challenge.hex(),
            self.context,
        ]
        moment = self.occurred_at.isoformat() if self.occurred_at else None
        return hashlib.sha256(json.dumps([*content, moment], sort_keys=True).encode()).digest()


@dataclass(slots=True)
class Attempt:
    """One request with everything the steps found out about it."""

    request: ScanRequest
    received_at: datetime
    late: bool
    usage_id: str = field(default_factory=new_id)
    code: Code | None = None
    session: ScanSession | None = None
    subject_number: int | None = None
    citizen: ScannedCitizen | None = None
    citizen_ref: str | None = None
    verdict: Verdict | None = None
    disclosed: dict[str, Any] = field(default_factory=dict)
    answer: Answer | None = None
    is_retry: bool = False
    double_use_of: str | None = None

    @property
    def open(self) -> bool:
        """Whether nothing has been decided yet."""
        return self.verdict is None and self.answer is None

    @property
    def read_at(self) -> datetime:
        """The moment by which the code is judged: of an upload when it was read, otherwise now."""
        return self.occurred_at if self.late else self.received_at

    @property
    def occurred_at(self) -> datetime:
        """When the code was read: as the kiosk says, unless a scan that happens now says something impossible."""
        claimed = self.request.occurred_at
        if claimed is None or (not self.late and abs(claimed - self.received_at) > PLAUSIBLE_DELAY):
            return self.received_at
        return claimed

    @property
    def kind(self) -> str:
        """The kind of code, in the words of the contract."""
        if self.code is not None:
            return self.code.credential.claims.kind.name.lower()
        return self.session.kind if self.session else "online"

    def refuse(self, reason: Reason) -> None:
        """Decide: no."""
        self.verdict = refused(reason)
