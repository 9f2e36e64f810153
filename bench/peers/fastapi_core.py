"""The same ticket gate with FastAPI and SQLAlchemy Core under uvicorn: a pydantic model, one durable row.

Reads `PEER_DATABASE_URL` and `PEER_PUBLIC_KEY` like `flask_core`. PostgreSQL through the asynchronous
psycopg; SQLite, which has no asynchronous driver of its own, in FastAPI's thread pool.
"""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import create_async_engine

from bench.peers.flask_core import INSERT, one_at_a_time, ticket_engine, tickets


class Ticket(BaseModel):
    """What is sent."""

    id: str
    gate: str
    message: str
    signature: str


def create_app() -> FastAPI:
    """A server with one route; makes its table."""
    url = os.environ["PEER_DATABASE_URL"]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["PEER_PUBLIC_KEY"]))
    return _threaded(url, key) if url.startswith("sqlite") else _asynchronous(url, key)


def _genuine(key: Ed25519PublicKey, sent: Ticket) -> bool:
    try:
        key.verify(base64.b64decode(sent.signature), sent.message.encode())
    except InvalidSignature:
        return False
    return True


def _row(sent: Ticket) -> dict[str, str]:
    return {"id": sent.id, "gate": sent.gate, "message": sent.message}


def _threaded(url: str, key: Ed25519PublicKey) -> FastAPI:
    app, engine, turn = FastAPI(), ticket_engine(url), one_at_a_time(url)
    tickets.metadata.create_all(engine)

    @app.get("/ready")
    def ready() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/tickets")
    def accept(sent: Ticket) -> dict[str, Any]:
        if not _genuine(key, sent):
            return {"decision": "deny"}
        with turn, engine.begin() as connection:
            connection.execute(INSERT, _row(sent))
        return {"decision": "allow", "id": sent.id}

    return app


def _asynchronous(url: str, key: Ed25519PublicKey) -> FastAPI:
    engine = create_async_engine(url, pool_size=12, max_overflow=8)

    @asynccontextmanager
    async def with_table(app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(tickets.metadata.create_all)
        yield
        await engine.dispose()

    app = FastAPI(lifespan=with_table)

    @app.get("/ready")
    async def ready() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/tickets")
    async def accept(sent: Ticket) -> dict[str, Any]:
        if not _genuine(key, sent):
            return {"decision": "deny"}
        async with engine.begin() as connection:
            await connection.execute(INSERT, _row(sent))
        return {"decision": "allow", "id": sent.id}

    return app
