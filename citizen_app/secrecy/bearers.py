"""Bearer secrets that we hand out and keep only as a hash: kiosk tokens, keys of partners, staff sessions (of
programs and of browsers), personal access tokens.

A secret carries a keyed check of 72 bits, so that garbage is told from a secret of ours without reading any
table: a flood of invented tokens costs two HMACs each. The check proves nothing else; whether a secret is
still valid is in the tables.
"""

from __future__ import annotations

import base64
import hmac
import threading
import time
from typing import Final, Literal

from citizen_app.ids import new_token
from citizen_app.secrecy.vault import current_vault

BearerKind = Literal["kiosk", "partner", "staff-session", "staff-page", "staff-token", "staff-invitation"]

SECRET_LENGTH: Final = 43
CHECK_BYTES: Final = 9
MOST_GONE: Final = 1_000
"""Secrets that are remembered to be gone; then a process begins anew."""


def mint(kind: BearerKind) -> str:
    """A fresh bearer secret: 256 random bits and the check, 55 characters that are safe in a header."""
    secret = new_token()
    return secret + _check(kind, secret)


def successor(kind: BearerKind, token: str) -> str:
    """The secret that replaces another of ours on rotation: derived by a keyed hash, so every call returns
    the same one."""
    after = current_vault().blind_index(f"bearer.{kind}.successor", token)
    secret = base64.urlsafe_b64encode(after).rstrip(b"=").decode()
    return secret + _check(kind, secret)


def is_ours(kind: BearerKind, token: str) -> bool:
    """Whether this installation minted the text as a secret of this kind, at any time."""
    secret, check = token[:SECRET_LENGTH], token[SECRET_LENGTH:]
    return hmac.compare_digest(check.encode(), _check(kind, secret).encode())


def _check(kind: BearerKind, secret: str) -> str:
    fingerprint = current_vault().blind_index(f"bearer.{kind}", secret)
    return base64.urlsafe_b64encode(fingerprint[:CHECK_BYTES]).decode()


class LookUpRateLimit:
    """A rate limit (fixed window of one second) on look-ups, in this process, of secrets that it does not
    know yet.

    One that was looked up in vain is gone for good: it was stored before anybody saw it, and never comes
    back. So whoever goes on calling with a revoked one costs a single look-up, and hears no "unavailable".
    """

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._gone: set[bytes] = set()
        self._lock = threading.Lock()
        self._second = 0
        self._used = 0

    def take(self) -> bool:
        """Whether one more is allowed in this second."""
        second = int(time.monotonic())
        with self._lock:
            if second != self._second:
                self._second, self._used = second, 0
            self._used += 1
            return self._used <= self._per_second

    def is_gone(self, fingerprint: bytes) -> bool:
        """Whether a secret was looked up in vain before."""
        return fingerprint in self._gone

    def remember_gone(self, fingerprint: bytes) -> None:
        """A secret was looked up in vain."""
        with self._lock:
            if len(self._gone) >= MOST_GONE:
                self._gone.clear()
            self._gone.add(fingerprint)
