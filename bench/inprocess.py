"""What is measured without a server: bare signature checks, drawing a code, and the statements of one accepted scan."""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import qrcode  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from bench.city import City
from bench.ratios import Sample
from citizen_app.codes.drawing import draw_png
from citizen_app.extensions import db

FRAME: Final = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")
"""What a database needs around any work; not counted as statements of a scan."""
SIGNED_BYTES: Final = 64
"""About as much as the signed part of an online code."""


def signature_checks(number: int) -> Sample:
    """Ed25519 checks with the product's library and nothing around them."""
    private = Ed25519PrivateKey.generate()
    public, message = private.public_key(), bytes(SIGNED_BYTES)
    signature = private.sign(message)
    return _timed(number, lambda: public.verify(signature, message))


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
