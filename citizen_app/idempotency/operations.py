"""Claim an idempotency key, store the response, and find it again, all in the unit of work of the write
itself.

The first request to claim a key does the work. A second request with the key blocks on the row (on SQLite on
the write lock): if the first commits, the second finds the response; if it rolls back, the second does the
work. So a refusal is never stored.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update

from citizen_app import clock
from citizen_app.idempotency.models import IdempotencyRecord
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.wire.problems import Problem

KEPT_FOR: Final = timedelta(hours=24)
_RECORDS: Final = table_of(IdempotencyRecord)


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """What is stored of an HTTP response."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that this request has claimed; with `answer`, an earlier request has used it already."""

    key_index: bytes
    answer: StoredResponse | None


def claim(caller: str, key: str, request: str) -> Claim:
    """Claim a caller's key for a request (`request` is any text that is equal for equal requests).

    Raises a 422 when the key was used for another request within the last day.
    """
    vault, moment = current_vault(), clock.now()
    key_index = vault.blind_index("idempotency.key", f"{caller}\n{key}")
    request_index = vault.blind_index("idempotency.request", request)
    fresh: dict[str, Any] = {
        "request_index": request_index,
        "answer_sealed": None,
        "expires_at": moment + KEPT_FOR,
    }
    won = db.session.execute(
        upsert(_RECORDS)
        .values(key_index=key_index, **fresh)
        .on_conflict_do_update(
            index_elements=["key_index"], set_=fresh, where=_RECORDS.c.expires_at <= moment
        )
        .returning(_RECORDS.c.key_index)
    ).first()
    if won is not None:
        return Claim(key_index, None)
    stored = db.session.execute(
        select(_RECORDS.c.request_index, _RECORDS.c.answer_sealed).where(_RECORDS.c.key_index == key_index)
    ).one()
    if stored.request_index != request_index or stored.answer_sealed is None:
        raise Problem("idempotency-conflict")
    return Claim(key_index, _opened(key_index, stored.answer_sealed))


def store_response(claimed: Claim, answer: StoredResponse) -> None:
    """Store the response to the request that claimed the key."""
    plain = json.dumps([answer.status, answer.content_type, base64.b64encode(answer.body).decode()])
    sealed = current_vault().seal(plain, _place(claimed.key_index))
    db.session.execute(
        update(_RECORDS).where(_RECORDS.c.key_index == claimed.key_index).values(answer_sealed=sealed)
    )


def release(claimed: Claim) -> None:
    """Free the key: the request was refused, although some of its writes are kept (a counted guess)."""
    db.session.execute(delete(_RECORDS).where(_RECORDS.c.key_index == claimed.key_index))


def sweep() -> None:
    """Delete expired keys."""
    db.session.execute(delete(_RECORDS).where(_RECORDS.c.expires_at <= retention_now()))


def _opened(key_index: bytes, sealed: bytes) -> StoredResponse:
    status, content_type, body = json.loads(current_vault().unseal(sealed, _place(key_index)))
    return StoredResponse(status, content_type, base64.b64decode(body))


def _place(key_index: bytes) -> str:
    return f"kept_answers.answer_sealed.{key_index.hex()}"
