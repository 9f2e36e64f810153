"""A line of the log as people see it: what happened, where, what was shown and disclosed, who acted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from citizen_app.claims.catalogue import CLAIMS, answered
from citizen_app.registry.contract import SCOPES
from citizen_app.storage.keyset import Page
from citizen_app.text import Text
from citizen_app.usage.actors import ActedBy
from citizen_app.usage.details import Said
from citizen_app.usage.titles import HOW, MARKS, purpose_title, reason_text, service_title, titled


@dataclass(frozen=True, slots=True)
class Mark:
    """Something learnt about an event later: `double_use`, `disputed`, `corrected`; a correction has words as
    long as they are kept."""

    id: str
    kind: str
    at: datetime
    said: Said | None = None

    @property
    def title(self) -> Text:
        """What it is called."""
        return titled(MARKS, self.kind)

    @property
    def reason(self) -> Text | None:
        """Why it was corrected."""
        return self.said.title if self.said is not None else None

    @property
    def lines(self) -> tuple[Text, ...]:
        """What is right."""
        return self.said.lines if self.said is not None else ()


class Shown(Protocol):
    """What a kiosk showed for an event, or what was said of an act."""

    @property
    def title(self) -> Text: ...

    @property
    def lines(self) -> tuple[Text, ...]: ...


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A field of the citizen that a service was shown, or a claim that it asked for, with the answer."""

    name: str
    answer: bool | None = None

    @property
    def title(self) -> Text:
        """What it is called; of a claim what was asked and answered."""
        claim = CLAIMS.get(self.name)
        return titled(SCOPES, self.name) if claim is None else answered(claim, self.answer)


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One line of the log as people see it (`UsageEvent`); `place` is where the kiosk stood at the time,
    `shown` what it showed, as long as that is kept. `noted` is the channel of an act without a scan. `by` is
    who acted for the citizen; in the list of who acted, `done_for` is the masked name of the other (empty
    without a real name). `receipt_id` is the line of their own statement on which it was charged."""

    id: str
    service: str
    purpose: str
    code_kind: str
    decision: str
    reason: str
    detail_code: str | None
    disclosed: tuple[Disclosed, ...]
    late: bool
    occurred_at: datetime
    received_at: datetime
    place: Text | None
    kiosk: str | None
    marks: tuple[Mark, ...]
    noted: str | None = None
    shown: Shown | None = None
    by: ActedBy | None = None
    done_for: str | None = None
    receipt_id: str | None = None

    @property
    def service_title(self) -> Text:
        """The service's title."""
        return service_title(self.service)

    @property
    def purpose_title(self) -> Text:
        """What was done."""
        return purpose_title(self.service, self.purpose)

    @property
    def reason_text(self) -> Text:
        """Why it ended so."""
        return reason_text(self.service, self.reason, self.detail_code)

    @property
    def channel(self) -> str:
        """How it was done: `scan`, or the channel of an act without one."""
        return self.noted or "scan"

    @property
    def channel_title(self) -> Text:
        """What that is called."""
        return titled(HOW, self.channel)

    @property
    def title(self) -> Text:
        """What the kiosk showed; where that is gone, the reason, or the title of an act without a scan."""
        if self.shown is not None:
            return self.shown.title
        return self.reason_text if self.noted is None else self.purpose_title

    @property
    def lines(self) -> tuple[Text, ...]:
        """What the kiosk showed below, or what was said of an act."""
        return self.shown.lines if self.shown is not None else ()


def with_receipts(found: Page[UsageLine], receipts: Mapping[str, str]) -> Page[UsageLine]:
    """The page with what uses were charged on, by event."""
    return found.map(lambda line: replace(line, receipt_id=receipts.get(line.id)))


def as_shown(found: Page[UsageLine], shown: Mapping[str, Shown]) -> Page[UsageLine]:
    """The page with what kiosks showed, by event."""
    return found.map(lambda line: line_as_shown(line, shown))


def line_as_shown(line: UsageLine, shown: Mapping[str, Shown]) -> UsageLine:
    """The line with what the kiosk showed, by event; that of an act without a scan has its words already."""
    return replace(line, shown=shown.get(line.id, line.shown))
