"""Static texts are sent packed: a phone on a slow network waits for every kilobyte, and not every
installation has a proxy that packs them.

Only files that are the same for everyone are packed: the length of a packed answer with something secret in
it would tell of it (BREACH).
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, current_app, request

PACKED: Final = frozenset(
    {"text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/wasm"}
)
SMALLEST: Final = 600
"""Bytes below which packing wins nothing."""


def pack_static_files(app: Flask) -> None:
    """Pack what `/static/` answers, for who takes it (RFC 9110 §8.4.1)."""
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code != 200 or response.mimetype not in PACKED:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return response
    file = Path(current_app.static_folder or "", (request.view_args or {})["filename"])
    changed = file.stat()
    if changed.st_size < SMALLEST:
        return response
    tag, _ = response.get_etag()
    response.direct_passthrough = False
    response.set_data(_packed(file, changed.st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{tag}-gzip")
    return response.make_conditional(request)  # type: ignore[return-value]


@lru_cache(maxsize=128)
def _packed(file: Path, changed: int) -> bytes:
    """A file as it was at a moment."""
    return gzip.compress(file.read_bytes(), 9, mtime=0)
