"""What is measured without a server: bare signature checks, drawing a code, and the statements of one
accepted scan."""

from __future__ import annotations

import cProfile
import io
import pstats
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import qrcode  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from bench import layers
from bench.city import City
from bench.ratios import Sample
from citizen_app.codes.cose import Algorithm, SigningKey
from citizen_app.codes.drawing import draw_png
from citizen_app.codes.format import STORED_HANDLE_BYTES, Claims, Kind, decode, prove
from citizen_app.codes.handles import SEALING_KEY_BYTES
from citizen_app.codes.issuing import IssuingKey, issue_credential
from citizen_app.codes.reading import VALIDITY, VerifiedCredentials, verify
from citizen_app.storage.orm import db

FRAME: Final = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")
"""What a database needs around any work; not counted as statements of a scan."""
SIGNED_BYTES: Final = 64
"""About as much as the signed part of an online code."""


def spent_on_accepting(city: City, number: int) -> list[tuple[str, float]]:
    """Shares of the CPU time of accepted scans by layer, in this process. Calls of Python weigh more under a
    profiler than they do."""

    def requests() -> list[dict[str, Any]]:
        return [
            EnvironBuilder(
                "/api/v1/scans", method="POST", json=body, headers=[("Authorization", f"Bearer {token}")]
            ).get_environ()
            for token, body in city.scans(number)
        ]

    def send(made: list[dict[str, Any]]) -> None:
        for environ in made:
            b"".join(city.app(environ, lambda *_: lambda _: None))

    send(requests())
    made, profile = requests(), cProfile.Profile(time.thread_time)
    profile.runcall(send, made)
    return layers.shares(pstats.Stats(profile).stats)  # type: ignore[attr-defined]


def signature_checks(number: int) -> Sample:
    """Ed25519 checks with the product's library and nothing around them."""
    private = Ed25519PrivateKey.generate()
    public, message = private.public_key(), bytes(SIGNED_BYTES)
    signature = private.sign(message)
    return _timed(number, lambda: public.verify(signature, message))


def offline_reading(number: int) -> Sample:
    """A device code as a kiosk reads it offline when it has met the device today: decoded, both signatures
    held, fresh.

    The issuer's check is remembered, so one bare check is what it needs (`signature_checks`).
    """
    issuer, device = SigningKey.generate(Algorithm.EDDSA), SigningKey.generate(Algorithm.EDDSA)
    now = 1_800_000_000
    key = IssuingKey(b"\x35\x0a\x30\x01", issuer, bytes(SEALING_KEY_BYTES))
    expires_at = now + VALIDITY[Kind.DEVICE]
    claims = Claims(Kind.DEVICE, expires_at, bytes(STORED_HANDLE_BYTES), device.verify_key, status_index=7)
    credential = issue_credential(claims, key, now)
    codes = iter([prove(credential, device, now + n % 60) for n in range(number + 1)])
    trusted, verified = {key.kid: issuer.verify_key}, VerifiedCredentials()

    def read() -> None:
        verify(decode(next(codes)), trusted, now + 60, verified=verified)

    return _timed(number, read)


def our_drawing(text: str, number: int) -> Sample:
    """A code as PNG, drawn by us."""
    return _timed(number, lambda: draw_png(text))


def usual_drawing(text: str, number: int) -> Sample:
    """The same text as PNG by `qrcode` and Pillow as they come."""

    def draw() -> None:
        symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
        symbol.add_data(text)
        symbol.make()
        symbol.make_image().save(io.BytesIO())

    return _timed(number, draw)


def statements_of_accepting(city: City) -> list[str]:
    """The SQL statements of an accepted scan of a citizen whom the service has met before, in their order."""
    seen: list[str] = []

    def look(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(FRAME):
            seen.append(statement)

    client = city.app.test_client()
    with city.app.app_context():
        engine = db.engine
    for token, body in city.two_scans_of_one_citizen():
        seen.clear()
        event.listen(engine, "before_cursor_execute", look)
        answer = client.post("/api/v1/scans", json=body, headers={"Authorization": f"Bearer {token}"})
        event.remove(engine, "before_cursor_execute", look)
        if answer.status_code != 200 or answer.get_json()["decision"] != "allow":
            raise RuntimeError(f"not accepted: {answer.get_data(as_text=True)[:500]}")
    return seen


def described(statements: list[str]) -> str:
    """Statements by their first words."""
    named = Counter(" ".join(statement.split()[:3]) for statement in statements)
    return ", ".join(f"{name} × {times}" if times > 1 else name for name, times in named.items())


def _timed(number: int, work: Callable[[], object]) -> Sample:
    work()
    began = time.process_time()
    for _ in range(number):
        work()
    return Sample(number, time.process_time() - began)
