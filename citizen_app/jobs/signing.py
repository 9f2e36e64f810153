"""Signed messages in the Standard Webhooks form (https://www.standardwebhooks.com, version 1)."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - marks a secret, is none


def webhook_headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """`webhook-id`, `-timestamp` (seconds since 1970) and `-signature` over `id.timestamp.body`.

    A secret that begins with `whsec_` is base64 behind it; any other is taken as it stands.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret that begins with whsec_ must be base64 behind it") from error
