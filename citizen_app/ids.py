"""Identifiers: UUIDv7 (RFC 9562), ordered by time of creation, as text."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime, timedelta

import uuid_utils
from werkzeug.routing import BaseConverter


def new_id() -> str:
    """A fresh UUIDv7 in its canonical text form."""
    return str(uuid_utils.uuid7())


def first_id_at(moment: datetime) -> str:
    """The smallest id that anything made at `moment` can have, to the millisecond (RFC 9562 §5.7: 48 bits of
    milliseconds lead).

    For comparing, never for storing.
    """
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return str(uuid.UUID(int=max(milliseconds, 0) << 80))


def moment_of(one: str) -> datetime:
    """When an id was made, to the millisecond."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=uuid.UUID(one).int >> 80)


def new_token() -> str:
    """A bearer secret with 256 random bits, safe in a header or URL."""
    return secrets.token_urlsafe(32)


def random_bytes(length: int) -> bytes:
    """Random bytes for keys."""
    return secrets.token_bytes(length)


class IdConverter(BaseConverter):
    """`<id:name>` in a route: a UUID in canonical lower-case form; anything else is simply not found."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
