"""The subjects of a run: what each sends, and to which server."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.city import CITIZENS, City
from bench.load import Call, drive, get, post
from bench.ratios import Sample
from bench.servers import Server
from citizen_app.ids import new_id

NULL: Final = "null request (bare Flask GET)"
PEER: Final = "bare peer (Flask + Core: verify, insert)"
ORM_PEER: Final = "bare Flask + ORM"
DJANGO_PEER: Final = "bare Django + DRF"
FASTAPI_PEER: Final = "bare FastAPI + Core"
SHOW: Final = "show a code (GET /me/code)"
ACCEPT: Final = "accept a scan (POST /scans)"
BATCH: Final = f"upload {CITIZENS} scans, each (POST /scans/batch)"
SCAN_PATH: Final = "/api/v1/scans"
ALLOWED: Final = b'"decision":"allow"'


@dataclass(frozen=True, slots=True)
class Subject:
    """Something measured over HTTP. `make(n)` writes n requests just before they are sent; one request holds
    `units`."""

    name: str
    server: Server
    make: Callable[[int], Sequence[Call]]
    requests: int
    units: int = 1

    def measure(self) -> Sample:
        """One round."""
        calls = self.make(self.requests)
        before = self.server.cpu_seconds()
        answered = drive(self.server.port, calls)
        used = self.server.cpu_seconds() - before
        return Sample(len(calls) * self.units, used, answered.wall_seconds, answered.seconds[""])

    def warm_up(self) -> None:
        """Let the server load what it keeps, and compile what it compiles once."""
        drive(self.server.port, self.make(max(2, self.requests // 4)))


class Tickets:
    """What the bare peer is sent."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @property
    def public_key(self) -> str:
        """Base64 of the raw key."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def calls(self, number: int) -> list[Call]:
        """So many tickets, each new."""
        return [self._call(new_id()) for _ in range(number)]

    def _call(self, ticket: str) -> Call:
        signature = base64.b64encode(self._key.sign(ticket.encode())).decode()
        body = {"id": ticket, "gate": "BENCH-1", "message": ticket, "signature": signature}
        return post("/tickets", "none", body, ALLOWED)


def null_calls(number: int) -> list[Call]:
    """The null request, over and over."""
    return [get("/null", "none", b'"ok":true')] * number


def show_calls(city: City, number: int) -> list[Call]:
    """Phones that ask for their code."""
    return [get("/api/v1/me/code", token, b'"code":"CC1:') for token in city.access_tokens(number)]


def accept_calls(city: City, number: int) -> list[Call]:
    """Scans that are accepted."""
    return [post(SCAN_PATH, token, body, ALLOWED) for token, body in city.scans(number)]


def batch_calls(city: City, number: int) -> list[Call]:
    """Uploads of scans that were made offline."""
    path = f"{SCAN_PATH}/batch"
    return [post(path, token, body, ALLOWED, times=CITIZENS) for token, body in city.batches(number)]


def mixed_calls(city: City, valid: int, garbage: int) -> list[Call]:
    """Valid scans, labelled so, spread evenly among forged ones."""
    refused = b'"reason":"bad_signature"'
    forged = [post(SCAN_PATH, t, body, refused, label="garbage") for t, body in city.forged_scans(garbage)]
    genuine = [post(SCAN_PATH, t, body, ALLOWED, label="valid") for t, body in city.scans(valid)]
    between = garbage // valid if valid else 0
    made: list[Call] = []
    for position, call in enumerate(genuine):
        made += [call, *forged[position * between : (position + 1) * between]]
    return made
