"""The bare peer: Flask and SQLAlchemy Core check one signature and store one row durably. No limits, no log,
no rules.

What somebody would write in an afternoon to accept a signed ticket, with the database set up as the product
has it. Reads `PEER_DATABASE_URL` and `PEER_PUBLIC_KEY` (base64 of a raw Ed25519 key).
"""

from __future__ import annotations

import base64
import os
import threading
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, Response, jsonify, request
from sqlalchemy import Column, DateTime, Engine, MetaData, String, Table, create_engine, event, func, insert

tickets = Table(
    "tickets",
    MetaData(),
    Column("id", String(36), primary_key=True),
    Column("gate", String(40), nullable=False),
    Column("message", String(200), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
INSERT = insert(tickets)


def create_app() -> Flask:
    """A server with one route; makes its table."""
    app = Flask(__name__)
    url = os.environ["PEER_DATABASE_URL"]
    engine, turn = ticket_engine(url), one_at_a_time(url)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["PEER_PUBLIC_KEY"]))
    tickets.metadata.create_all(engine)

    @app.get("/ready")
    def ready() -> Response:
        return jsonify(ok=True)

    @app.post("/tickets")
    def accept() -> tuple[Response, int]:
        sent = request.get_json()
        try:
            key.verify(base64.b64decode(sent["signature"]), sent["message"].encode())
        except InvalidSignature:
            return jsonify(decision="deny"), 200
        row = {"id": sent["id"], "gate": sent["gate"], "message": sent["message"]}
        with turn, engine.begin() as connection:
            connection.execute(INSERT, row)
        return jsonify(decision="allow", id=sent["id"]), 200

    return app


def one_at_a_time(url: str) -> AbstractContextManager[object]:
    """SQLite has one writer: whoever waits in Python waits more cheaply than in the database."""
    return threading.Lock() if url.startswith("sqlite") else nullcontext()


def ticket_engine(url: str) -> Engine:
    """An engine with the durability that the product has."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=12, max_overflow=8)
    engine = create_engine(url, pool_size=12, max_overflow=8, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, entry: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA busy_timeout=20000")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
