"""The decision on a scan: stored in both languages, returned in the caller's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from citizen_app import clock
from citizen_app.registry.behaviour import Allow, NeedsInput, Refuse
from citizen_app.registry.contract import ServiceModule
from citizen_app.registry.fields import Field, json_schema_of
from citizen_app.text import Language, Text
from citizen_app.usage.reasons import WORDS, Reason
from citizen_app.usage.recording import Decision

Tone = Literal["good", "bad", "ask"]
TONES: Final[Mapping[Decision, Tone]] = {"allow": "good", "deny": "bad", "needs_input": "ask"}
PLAIN: Final = frozenset((str, int, bool, type(None)))
ANSWER_SECONDS: Final = 120
"""How long a kiosk may take to bring the input that a scan asked for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, with every word in both languages.

    `asked` are the fields that a `needs_input` asks the kiosk for.
    """

    decision: Decision
    reason: Reason
    title: Text
    lines: tuple[Text, ...]
    speak: Text
    detail_code: str | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict)
    asked: tuple[Field, ...] = ()


def refused(reason: Reason, *further: Text) -> Verdict:
    """A refusal for one of the core's reasons."""
    words = WORDS[reason]
    return Verdict("deny", reason, words.title, (*further, words.next_step), words.speak)


def verdict_of(meaning: Allow | Refuse | NeedsInput, descriptor: ServiceModule) -> Verdict:
    """The verdict for the module's answer. Raises `TypeError` or `LookupError` for an answer outside the
    contract."""
    if isinstance(meaning, Allow | Refuse | NeedsInput):
        _check_words(meaning)
    if isinstance(meaning, Allow):
        outcome = _plain(meaning.outcome)
        return Verdict(
            "allow", "ok", meaning.title, meaning.lines, meaning.speak or meaning.title, outcome=outcome
        )
    if isinstance(meaning, NeedsInput):
        words = WORDS["second_look_needed"]
        return Verdict(
            "needs_input",
            "second_look_needed",
            meaning.title,
            meaning.lines,
            words.speak,
            asked=meaning.fields,
        )
    if isinstance(meaning, Refuse):
        detail = descriptor.detail(meaning.detail_code)
        if detail is None:
            raise LookupError(
                f"the detail code {meaning.detail_code!r} is not declared in the manifest of {descriptor.id}"
            )
        lines = (*meaning.lines, detail.next_step)
        return Verdict(
            "deny", "service_refused", detail.title, lines, detail.title, detail.code, _plain(meaning.outcome)
        )
    raise TypeError(
        f"on_scan of {descriptor.id} answered {type(meaning).__name__}, not Allow, Refuse or NeedsInput"
    )


def _session(until: int, kind: str, delegation: int | None = None) -> tuple[int, str, int | None]:
    """As stored, by the version before too, which knew no delegations."""
    return until, kind, delegation


def _check_words(meaning: Allow | Refuse | NeedsInput) -> None:
    """Raise `TypeError` for words that are no `Text`: stored, they could be told to nobody, and no retry
    would mend that."""
    said = [] if isinstance(meaning, Refuse) else [("title", meaning.title)]
    if isinstance(meaning, Allow) and meaning.speak is not None:
        said.append(("speak", meaning.speak))
    if not isinstance(meaning.lines, tuple):
        raise TypeError(
            f"lines of {type(meaning).__name__} must be a tuple of Text, not {type(meaning.lines).__name__}"
        )
    for name, words in (*said, *(("lines", line) for line in meaning.lines)):
        if not isinstance(words, Text):
            raise TypeError(f"{name} of {type(meaning).__name__} must be Text, not {type(words).__name__}")
    if isinstance(meaning, NeedsInput) and not all(isinstance(asked, Field) for asked in meaning.fields):
        raise TypeError("fields of NeedsInput must be a tuple of Field")


def _plain(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome as JSON will return it, so that a retry gets the same. Raises `TypeError` for values
    outside JSON."""
    if all(type(name) is str and type(value) in PLAIN for name, value in outcome.items()):
        return dict(outcome)
    made: dict[str, Any] = json.loads(json.dumps(dict(outcome)))
    return made


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one scan, stored so that a retry gets the same."""

    scan_id: str
    service: str
    purpose: str
    verdict: Verdict
    server_time: datetime
    usage_id: str | None = None
    citizen_ref: str | None = None
    granted: Mapping[str, Any] = field(default_factory=dict)
    session: tuple[int, str, int | None] | None = None
    """Until when (seconds since 1970) the kiosk may go on for this citizen, the kind of code that allowed it,
    and the number of the delegation by which another showed it."""

    def as_stored(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Data that can be kept: what was decided and why; and what was said and shown, which may be
        personal."""
        verdict = self.verdict
        decided = {
            "service": self.service,
            "purpose": self.purpose,
            "decision": verdict.decision,
            "reason": verdict.reason,
            "detail_code": verdict.detail_code,
            "server_time": self.server_time.isoformat(),
        }
        said = {
            "title": verdict.title,
            "lines": verdict.lines,
            "speak": verdict.speak,
            "outcome": verdict.outcome,
            "asked": [asked.as_dict() for asked in verdict.asked],
            "citizen_ref": self.citizen_ref,
            "granted": self.granted,
            "session": self.session,
        }
        return decided, said

    @classmethod
    def from_stored(cls, scan_id: str, usage_id: str, stored: Mapping[str, Any]) -> Answer:
        """Back from both parts of `as_stored`."""
        verdict = Verdict(
            decision=stored["decision"],
            reason=stored["reason"],
            title=Text.from_dict(stored["title"]),
            lines=tuple(map(Text.from_dict, stored["lines"])),
            speak=Text.from_dict(stored["speak"]),
            detail_code=stored["detail_code"],
            outcome=stored["outcome"],
            asked=tuple(map(Field.from_dict, stored["asked"])),
        )
        return cls(
            scan_id=scan_id,
            service=stored["service"],
            purpose=stored["purpose"],
            verdict=verdict,
            server_time=datetime.fromisoformat(stored["server_time"]),
            usage_id=usage_id,
            citizen_ref=stored["citizen_ref"],
            granted=stored["granted"],
            session=_session(*stored["session"]) if stored["session"] else None,
        )

    def say(self, language: Language, session_token: str | None = None) -> dict[str, Any]:
        """The decision of the API in one language; members that do not apply are left out."""
        verdict = self.verdict
        said: dict[str, Any] = {
            "scan_id": self.scan_id,
            "decision": verdict.decision,
            "reason": verdict.reason,
            "detail_code": verdict.detail_code,
            "service": self.service,
            "purpose": self.purpose,
            "citizen_ref": self.citizen_ref,
            "granted": self.granted,
            "display": {
                "title": verdict.title.say(language),
                "lines": [line.say(language) for line in verdict.lines],
                "tone": TONES[verdict.decision],
                "speak": verdict.speak.say(language),
            },
            "outcome": verdict.outcome,
            "usage_id": self.usage_id,
            "server_time": clock.rfc3339(self.server_time),
        }
        if verdict.asked:
            said["input"] = {"schema": json_schema_of(verdict.asked, language), "seconds": ANSWER_SECONDS}
        if session_token is not None and self.session is not None:
            said["session"] = {"token": session_token, "expires_at": clock.rfc3339(clock.at(self.session[0]))}
        return {name: value for name, value in said.items() if value is not None}
