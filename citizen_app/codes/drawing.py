"""Drawing a code as a QR symbol (ISO/IEC 18004), for paper and for clients that cannot draw for themselves.

Alphanumeric mode and level M always. The mask is fixed: trying all eight, as the standard recommends, takes
most of the time of a drawing and no reader of today needs it. Pictures are written here byte by byte, a PNG
as well as an SVG, because an imaging library needs longer to copy the modules than `qrcode` to compute them.
"""

import struct
import zlib
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from citizen_app.codes import density

QUIET_ZONE: Final = 4
"""Light modules around a symbol, as the standard demands."""
_MASK: Final = 0
_DARK: Final = b"\x00"
_LIGHT: Final = b"\xff"
_PIXELS: Final = 8
"""Pixels per module in a PNG: at one bit per pixel, a module is exactly one byte of a row."""


def draw_svg(text: str, title: str = "市民码 Citizen code") -> bytes:
    """The code as an SVG document, one unit per module, that a strict content security policy lets through.

    Raises CodeTooDense, or ValueError for text outside the QR alphabet.
    """
    path = []
    matrix = _matrix(text)
    for y, row in enumerate(matrix):
        x = 0
        for dark, run in groupby(row):
            width = sum(1 for _ in run)
            if dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    size = len(matrix)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" shape-rendering="crispEdges">'
        f"<title>{escape(title)}</title>"
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{"".join(path)}"/></svg>'
    ).encode()


def draw_png(text: str) -> bytes:
    """The code as a PNG (ISO/IEC 15948) in black and white, 8 pixels per module.

    Raises CodeTooDense, or ValueError for text outside the QR alphabet.
    """
    matrix = _matrix(text)
    side = len(matrix) * _PIXELS
    no_filter = b"\x00"
    rows = (no_filter + b"".join(_DARK if dark else _LIGHT for dark in row) for row in matrix)
    pixels = b"".join(row * _PIXELS for row in rows)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(pixels, level=1)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _matrix(text: str) -> list[list[bool]]:
    """The modules of the symbol row by row, True for dark, with the quiet zone around them."""
    from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]  # brings Pillow where that is installed
    from qrcode.main import QRCode  # type: ignore[import-untyped]
    from qrcode.util import MODE_ALPHA_NUM, QRData  # type: ignore[import-untyped]

    version = density.check_density(len(text), density.WITH_CHALLENGE)
    symbol = QRCode(version, ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=_MASK)
    symbol.add_data(QRData(text.encode("ascii"), mode=MODE_ALPHA_NUM))
    symbol.make(fit=False)
    matrix: list[list[bool]] = symbol.get_matrix()
    return matrix
