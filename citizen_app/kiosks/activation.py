"""Activation codes: one use; typed on a kiosk within 24 hours, or read as a link within ten minutes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from citizen_app.secrecy.vault import current_vault

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U."""

LENGTH: Final = 12  # 60 bits: with 24 hours and the limit of attempts, guessing is hopeless
GROUP: Final = 4
LIFETIME: Final = timedelta(hours=24)
LINK_LIFETIME: Final = timedelta(minutes=10)
"""A link is photographed more easily than a code is remembered."""

_AS_MEANT: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_activation_code() -> str:
    """A fresh code such as `7KQ2-M0ZD-84WX`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def activation_hash(code: str) -> bytes:
    """What is stored of a code; the same however a person typed it (case, hyphens, spaces, O for 0, I or L
    for 1).
    """
    return current_vault().short_secret_hash("kiosk-activation", normalised(code))


def normalised(code: str) -> str:
    """The twelve letters that the typist meant."""
    return code.strip().upper().translate(_AS_MEANT)
