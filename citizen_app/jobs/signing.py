"""Signed messages in the Standard Webhooks form (https://www.standardwebhooks.com, version 1)."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - marks a secret, is none
LONGEST_TIMESTAMP: Final = 12


def webhook_headers(
    secret: str | Sequence[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """`webhook-id`, `-timestamp` (seconds since 1970) and `-signature` over `id.timestamp.body`; of several
    secrets, as while one is changed, each signs.

    A secret that begins with `whsec_` is base64 behind it; any other is taken as it stands.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    keys = [_key(one) for one in ([secret] if isinstance(secret, str) else secret)]
    made = [base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in made),
    }


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: int, most_skew: int) -> bool:
    """Whether a message that came in was signed with the secret, within so many seconds of `now`. Several
    signatures may stand side by side, as while a secret is changed."""
    told = {name.lower(): value for name, value in headers.items()}
    message_id, stated = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not message_id or not stated.isascii() or not stated.isdigit() or len(stated) > LONGEST_TIMESTAMP:
        return False
    if abs(now - int(stated)) > most_skew:
        return False
    right = webhook_headers(secret, message_id, int(stated), body)["webhook-signature"]
    given = told.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(right.encode(), one.encode()) for one in given)


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret that begins with whsec_ must be base64 behind it") from error
