"""Elements of resources, as they are said, in the caller's language."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from citizen_app.text import Text
from citizen_app.wire.language import caller_language

Json = dict[str, Any]
HL7: Final = "http://terminology.hl7.org/CodeSystem"


def said(words: Text | None) -> str | None:
    """Words in the caller's language."""
    return words.say(caller_language()) if words is not None else None


def concept(system: str, code: str, words: Text) -> Json:
    """A CodeableConcept: a code with its words."""
    text = said(words)
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def identifier(type_code: str, system: str, value: str) -> Json:
    """A typed Identifier (HL7 v2 table 0203): MR is a record number, FILL the number of a booking, XX and
    PRN those of an organization and of who works there."""
    kind = {"coding": [{"system": f"{HL7}/v2-0203", "code": type_code}]}
    return {"use": "official", "type": kind, "system": system, "value": value}


def reference(kind: str, to: str, words: Text | None = None) -> Json:
    """A Reference to another resource of the facade."""
    return {"reference": f"{kind}/{to}", "display": said(words)}


def changed_members(body: Mapping[str, Any], before: Mapping[str, Any], free: Collection[str]) -> list[str]:
    """The members of an update that differ from what is there, except those that are free to change. Words
    may differ: they depend on the language."""
    return [
        name for name in body if name not in free and _wordless(body[name]) != _wordless(before.get(name))
    ]


def _wordless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _wordless(inner) for name, inner in value.items() if name not in ("display", "text")}
    return [_wordless(inner) for inner in value] if isinstance(value, list) else value
