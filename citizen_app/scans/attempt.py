"""A scan on its way through the pipeline: the request, what the steps found, the decision."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from citizen_app.citizens.queries import ScannedCitizen
from citizen_app.codes.format import Code
from citizen_app.delegations.showing import ShownDelegation
from citizen_app.ids import new_id
from citizen_app.kiosks.queries import KioskView
from citizen_app.registry.behaviour import ONESELF, CitizenView, Presenter
from citizen_app.scans.decisions import Answer, Verdict, refused
from citizen_app.scans.sessions import ScanSession
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.statements import Prepared
from citizen_app.text import Text
from citizen_app.usage.reasons import NAMELESS, Reason
from citizen_app.wire.json_text import canonical_json
from citizen_app.wire.problems import Problem

PLAUSIBLE_DELAY: Final = timedelta(minutes=5)
"""Between reading a code and asking about it online; a kiosk that claims more has a wrong clock, and ours
counts."""


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """Whose phone read a place code, in place of a code that a kiosk reads: the citizen who is signed in, or
    by the number of a delegation somebody who acts for them.

    `is_void` says that the poster hangs no more: only what was answered before is answered again. `too_often`
    is refused with a line in the log.
    """

    citizen_id: str
    subject_number: int
    delegation_number: int | None = None
    is_void: bool = False
    too_often: bool = False

    @property
    def mark(self) -> str:
        """Tells the scans of two people under one id apart, and names nobody."""
        who = f"{self.citizen_id}:{self.delegation_number or ''}"
        return current_vault().blind_index("scans.own_phone", who).hex()


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What a kiosk sent: a code, or the session that an earlier code opened; or, at a place code, whose phone
    read it. `challenge` is the nonce it had shown."""

    scan_id: str
    purpose: str
    code: str | None = None
    session: str | None = None
    occurred_at: datetime | None = None
    challenge: bytes | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    phone: OwnPhone | None = None

    def digest(self) -> bytes:
        """A digest that tells another request under the same id (SHA-256).

        `occurred_at` is left out: a scan whose online answer was lost is sent again in an upload, which must
        state it.
        """
        nonce = self.challenge.hex() if self.challenge else None
        content: list[object] = [self.purpose, self.code, self.session, nonce, self.context]
        if self.phone is not None:
            content.append(self.phone.mark)
        return hashlib.sha256(canonical_json(content)).digest()


@dataclass(slots=True)
class Completion:
    """The input for a scan that needed it; `resume` fills in the rest.

    `continues` is the usage event of the question, `values` the input once it is validated.
    """

    sent: Mapping[str, Any]
    continues: str | None = None
    citizen_id: str | None = None
    values: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Attempt:
    """One request of a kiosk with everything that the steps found.

    It ends with a verdict and its answer, or with a problem: nothing was decided and the kiosk may retry. If
    it has neither, the module had no time for it. `context` is what the purpose declares, with defaults.
    `was_genuine` means that the code was signed by a key that has been disabled since: the scan may have been
    answered before. Where somebody else shows the code, `delegation_number` is what it carried, and
    `subject_number` becomes the ward's; `agent` is the one who shows it as the module saw them, if it asked.
    """

    kiosk: KioskView
    request: ScanRequest
    received_at: datetime
    late: bool
    context: Mapping[str, Any] = field(default_factory=dict)
    completion: Completion | None = None
    usage_id: str = field(default_factory=new_id)
    code: Code | None = None
    session: ScanSession | None = None
    kind: str = "online"
    subject_number: int | None = None
    delegation_number: int | None = None
    delegation: ShownDelegation | None = None
    presenter: Presenter = ONESELF
    agent: CitizenView | None = None
    took_use: bool = False
    citizen: ScannedCitizen | None = None
    citizen_ref: str | None = None
    verdict: Verdict | None = None
    disclosed: dict[str, Any] = field(default_factory=dict)
    rows: Sequence[tuple[Prepared, Mapping[str, Any]]] = ()
    answer: Answer | None = None
    problem: Problem | None = None
    double_use_of: str | None = None
    was_genuine: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Kiosk id and scan id, which identify the scan."""
        return self.kiosk.id, self.request.scan_id

    @property
    def outcome(self) -> Answer | Problem | None:
        """What the kiosk is answered; None when the scan was not reached."""
        return self.answer or self.problem

    @property
    def names_somebody(self) -> bool:
        """Whether the code is readable and signed by a key that is or was ours; everything else is only
        counted."""
        return self.verdict is None or self.verdict.reason not in NAMELESS or self.was_genuine

    @property
    def undecided(self) -> bool:
        """Whether there is no verdict, answer or problem yet."""
        return self.verdict is None and self.answer is None and self.problem is None

    @property
    def begins(self) -> bool:
        """Whether it presents a code or a place code, and does not go on with an earlier one."""
        return self.code is not None or (self.completion is None and self.request.phone is not None)

    @property
    def read_at(self) -> datetime:
        """The time at which validity is judged: for an upload the time of reading, otherwise now."""
        return self.occurred_at if self.late else self.received_at

    @property
    def occurred_at(self) -> datetime:
        """When the code was read, as the kiosk says; for an online scan the time of arrival if the kiosk's
        claim is implausible."""
        claimed = self.request.occurred_at
        if claimed is None or (not self.late and abs(claimed - self.received_at) > PLAUSIBLE_DELAY):
            return self.received_at
        return claimed

    def recall(self, digest: bytes, answer: Answer) -> None:
        """Repeat the stored answer, or report an `idempotency-conflict` if the id was used for another
        request."""
        if digest == self.request.digest():
            self.answer = answer
        else:
            self.problem = Problem("idempotency-conflict")

    def refuse(self, reason: Reason, *further: Text) -> None:
        """Decide: no; `further` lines stand before the next step."""
        self.verdict = refused(reason, *further)
