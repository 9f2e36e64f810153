"""How stored answers are kept: what was decided in plain, what was said to the screen sealed for its row.

What a module says can be personal: a guest's plate, the home they visit. Beside the sealed part stand the
core's own words for the reason; the version before reads those while workers are replaced, and rows that it
wrote, all in plain, are read as they are.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from citizen_app.scans.decisions import Answer
from citizen_app.secrecy.vault import current_vault
from citizen_app.usage.reasons import WORDS
from citizen_app.wire.json_text import read_json, write_json

SEALED: Final = "sealed"


def kept(kiosk_id: str, answer: Answer) -> dict[str, Any]:
    """The document to store for an answer."""
    decided, said = answer.as_stored()
    words = WORDS[answer.verdict.reason]
    in_general = {
        "title": words.title,
        "lines": [],
        "speak": words.speak,
        "outcome": {},
        "asked": [],
        "citizen_ref": None,
        "granted": {},
        "session": None,
    }
    return {**decided, **in_general, **sealed("answer", kiosk_id, answer.scan_id, said)}


def opened(kiosk_id: str, scan_id: str, usage_id: str, stored: Mapping[str, Any]) -> Answer:
    """The answer that a row holds. Raises `SealBroken` for one that was changed or moved."""
    return Answer.from_stored(scan_id, usage_id, unsealed("answer", kiosk_id, scan_id, stored))


def sealed(column: str, kiosk_id: str, scan_id: str, said: Mapping[str, Any]) -> dict[str, str]:
    """A member that only this city can read, and only in this column of this row."""
    made = current_vault().seal(write_json(said), _place(column, kiosk_id, scan_id))
    return {SEALED: base64.b64encode(made).decode()}


def unsealed(column: str, kiosk_id: str, scan_id: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored, with the sealed part in place of the general words. Raises `SealBroken`."""
    found = dict(stored)
    closed = found.pop(SEALED, None)
    if closed is not None:
        plain = current_vault().unseal(base64.b64decode(closed), _place(column, kiosk_id, scan_id))
        found |= read_json(plain)
    return found


def _place(column: str, kiosk_id: str, scan_id: str) -> str:
    return f"scan_answers.{column}.{kiosk_id}.{scan_id}"
