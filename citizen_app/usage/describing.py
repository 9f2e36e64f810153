"""The log in words: titles of what its columns name, also of services that are no longer installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from citizen_app.clock import rfc3339
from citizen_app.registry.contract import SCOPES
from citizen_app.registry.modules import current_registry
from citizen_app.registry.words import words_of
from citizen_app.text import Language, Text
from citizen_app.usage.looks import Look
from citizen_app.usage.queries import UsageLine
from citizen_app.usage.reasons import WORDS, Words

DECISIONS: Final[Mapping[str, Text]] = {
    "allow": Text("通过", "Allowed"),
    "deny": Text("未通过", "Refused"),
    "needs_input": Text("待补充", "Input asked for"),
}
CODE_KINDS: Final[Mapping[str, Text]] = {
    "online": Text("动态码", "Online code"),
    "device": Text("设备码", "Device code"),
    "paper": Text("纸质码", "Paper code"),
    "delegate": Text("代办码", "Delegate's code"),
}
MARKS: Final[Mapping[str, Text]] = {
    "double_use": Text("同一个码在多处使用", "The same code was used in several places"),
    "disputed": Text("已反馈：不是本人", "Disputed: not the holder of the code"),
    "corrected": Text("事后已更正", "Corrected later"),
}

OF_STAFF: Final = Text("该服务的工作人员", "Staff of the service")

_WORDS: Final[Mapping[str, Words]] = {
    str(reason): words for reason, words in WORDS.items()
}  # by any text: the log may be older than the list


class Shown(Protocol):
    """What a kiosk showed for an event."""

    @property
    def title(self) -> Text: ...

    @property
    def lines(self) -> tuple[Text, ...]: ...


def service_title(service: str) -> Text:
    """The service's title."""
    return words_of(service).title


def purpose_title(service: str, purpose: str) -> Text:
    """The title of a purpose of the service."""
    return titled(words_of(service).purposes, purpose)


def reason_text(service: str, reason: str, detail_code: str | None = None) -> Text:
    """Why: the service's own words for its detail code where there are any, otherwise the words of the
    reason.
    """
    detail = words_of(service).details.get(detail_code) if detail_code is not None else None
    if detail is not None:
        return detail
    words = _WORDS.get(reason)
    return words.title if words is not None else Text(reason, reason)


def titled(titles: Mapping[str, Text], name: str) -> Text:
    """The title of a name in one of the closed lists."""
    return titles.get(name) or Text(name, name)


def described(line: UsageLine, shown: Shown | None, language: Language) -> dict[str, Any]:
    """A line in one language, as `schemas.UsageItemSchema` dumps it."""
    reason = reason_text(line.service, line.reason, line.detail_code)
    return {
        "id": line.id,
        "service": line.service,
        "service_title": service_title(line.service).say(language),
        "purpose": line.purpose,
        "purpose_title": purpose_title(line.service, line.purpose).say(language),
        "decision": line.decision,
        "reason": line.reason,
        "reason_text": reason.say(language),
        "detail_code": line.detail_code,
        "place": line.place.say(language) if line.place is not None else None,
        "kiosk": line.kiosk,
        "code_kind": line.code_kind,
        "disclosed": [{"name": name, "title": titled(SCOPES, name).say(language)} for name in line.disclosed],
        "title": (shown.title if shown is not None else reason).say(language),
        "lines": [text.say(language) for text in shown.lines] if shown is not None else [],
        "late": line.late,
        "marks": [
            {"kind": mark.kind, "title": titled(MARKS, mark.kind).say(language), "at": rfc3339(mark.at)}
            for mark in line.marks
        ],
        "occurred_at": rfc3339(line.occurred_at),
        "received_at": rfc3339(line.received_at),
    }


def described_look(look: Look, language: Language) -> dict[str, Any]:
    """A look at the citizen's uses in one language, as `schemas.LookSchema` dumps it; the office while it is installed."""
    module = current_registry().get(look.service)
    return {
        "id": look.id,
        "service": look.service,
        "service_title": service_title(look.service).say(language),
        "owner": module.descriptor.owner.say(language) if module is not None else None,
        "by": (look.role or OF_STAFF).say(language),
        "reason": look.reason.say(language),
        "events": look.events,
        "at": rfc3339(look.at),
    }
