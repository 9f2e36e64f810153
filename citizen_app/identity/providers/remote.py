"""Providers on other machines: a register of names and numbers, and an outside eID or face check.

The register gets `{"name", "id_number", "document_kind"}` and answers `{"confirmed": true}`, with `"born":
"2001-02-03"` where it knows. The eID gets `{"token"}` and answers `{"confirmed": true, "subject": "…",
"level": 3}`: no name and no number pass this way (order 173 of
2025 on the national network identity service), and the subject means nothing to anybody else.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from citizen_app.citizens.documents import EID, Proof, Source, proof_of
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.identity.providers import EidToken, NamedDocument
from citizen_app.identity.providers.wire import Wire

LONGEST_SUBJECT: Final = 200


class HttpRegister:
    """A register that answers over HTTP."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def check(self, evidence: NamedDocument) -> Proof | None:
        """A proof of level 2 where the register confirms name and number. Raises `ProviderFailed`."""
        document = evidence.document
        question = {"name": evidence.name, "id_number": document.number, "document_kind": document.kind}

        def read(answer: dict[str, Any]) -> Proof | None:
            return proof_of(document, Source.HTTP, born=_born(answer)) if _confirmed(answer) else None

        return self.wire.ask(question, read)


class HttpEid:
    """An outside eID that answers over HTTP."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def check(self, evidence: EidToken) -> Proof | None:
        """A proof of the level that the eID states, 2 or 3, for an opaque subject. Raises
        `ProviderFailed`."""
        return self.wire.ask({"token": evidence.text}, _subject)


def _confirmed(answer: dict[str, Any]) -> bool:
    said = answer.get("confirmed")
    if not isinstance(said, bool):
        raise ValueError("`confirmed` is neither true nor false")
    return said


def _born(answer: dict[str, Any]) -> date | None:
    said = answer.get("born")
    try:
        return None if said is None else date.fromisoformat(said)
    except (TypeError, ValueError):
        raise ValueError("`born` is no date") from None


def _subject(answer: dict[str, Any]) -> Proof | None:
    if not _confirmed(answer):
        return None
    subject, level = answer.get("subject"), answer.get("level")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ValueError("`subject` is no text")
    if type(level) is not int or level not in (AssuranceLevel.REAL_NAME, AssuranceLevel.IN_PERSON):
        raise ValueError("`level` is neither 2 nor 3")
    return Proof(EID, subject, AssuranceLevel(level), Source.EID)
