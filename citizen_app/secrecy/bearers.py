"""Bearer secrets that we hand out and keep only as a hash: kiosk tokens, staff sessions, personal access
tokens.

A secret carries a keyed check of 72 bits, so that garbage is told from a secret of ours without reading any
table: a flood of invented tokens costs two HMACs each. The check proves nothing else; whether a secret is
still valid is in the tables.
"""

from __future__ import annotations

import base64
import hmac
from typing import Final, Literal

from citizen_app.ids import new_token
from citizen_app.secrecy.vault import current_vault

BearerKind = Literal["kiosk", "staff-session", "staff-token"]

SECRET_LENGTH: Final = 43
CHECK_BYTES: Final = 9


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
