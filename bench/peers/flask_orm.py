"""The same ticket gate with Flask and SQLAlchemy's ORM as the documentation of Flask-SQLAlchemy shows it: a
model, add, commit.

Reads `PEER_DATABASE_URL` and `PEER_PUBLIC_KEY` like `flask_core`.
"""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, Response, jsonify, request
from sqlalchemy import func
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench.peers.flask_core import one_at_a_time, ticket_engine


class Base(DeclarativeBase):
    """Its tables."""


class Ticket(Base):
    """One accepted ticket."""

    __tablename__ = "orm_tickets"

    id: Mapped[str] = mapped_column(primary_key=True)
    gate: Mapped[str]
    message: Mapped[str]
    at: Mapped[str] = mapped_column(server_default=func.now())


def create_app() -> Flask:
    """A server with one route; makes its table."""
    app = Flask(__name__)
    url = os.environ["PEER_DATABASE_URL"]
    engine, turn = ticket_engine(url), one_at_a_time(url)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["PEER_PUBLIC_KEY"]))
    Base.metadata.create_all(engine)

    @app.get("/ready")
    def ready() -> Response:
        return jsonify(ok=True)

    @app.post("/tickets")
    def accept() -> Response:
        sent = request.get_json()
        try:
            key.verify(base64.b64decode(sent["signature"]), sent["message"].encode())
        except InvalidSignature:
            return jsonify(decision="deny")
        with turn, Session(engine) as session:
            ticket = Ticket(id=sent["id"], gate=sent["gate"], message=sent["message"])
            session.add(ticket)
            session.commit()
            return jsonify(decision="allow", id=ticket.id)

    return app
