"""A crowd of phones that ask for the same thing within a second: a connection each, as many open at once as a
front would let through. What each was answered, and when, is kept."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

PATIENCE_SECONDS = 90.0


@dataclass
class Ask:
    """One request of one phone: what came back, None for no answer at all; `sent` and `answered` are moments
    of `time.monotonic()`."""

    token: str
    key: str
    status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    waits: bool = False
    sent: float = 0.0
    answered: float = 0.0

    @property
    def seconds(self) -> float:
        """How long the phone waited."""
        return self.answered - self.sent


def rush(port: int, path: str, body: dict[str, Any], asks: Sequence[Ask], at_once: int) -> None:
    """Send every request in its order, `at_once` at the same time, and wait for all answers.

    In a thread of its own: where a browser was driven before, this one has an event loop already.
    """
    sending = _all(port, path, json.dumps(body).encode(), asks, at_once)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, sending).result()


def percentile(asks: Sequence[Ask], share: float) -> float:
    """The time within which so many of a hundred were answered, in seconds."""
    taken = sorted(ask.seconds for ask in asks)
    return taken[min(len(taken) - 1, int(len(taken) * share / 100))]


async def _all(port: int, path: str, body: bytes, asks: Sequence[Ask], at_once: int) -> None:
    gate = asyncio.Semaphore(at_once)

    async def one(ask: Ask) -> None:
        async with gate:
            ask.sent = time.monotonic()
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                await asyncio.wait_for(_ask(port, path, body, ask), PATIENCE_SECONDS)
            ask.answered = time.monotonic()

    await asyncio.gather(*map(one, asks))


async def _ask(port: int, path: str, body: bytes, ask: Ask) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {ask.token}\r\n"
        f"Idempotency-Key: {ask.key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head.encode() + body)
        await writer.drain()
        status, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in headers)}
        content = await reader.readexactly(int(fields.get("content-length", 0)))
        ask.answer = json.loads(content)
        ask.waits = "retry-after" in fields
        ask.status = int(status.split()[1])
    finally:
        writer.close()
