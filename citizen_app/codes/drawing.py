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
LONGEST_ADDRESS: Final = 200
_MASK: Final = 0
_DARK: Final = b"\x00"
_LIGHT: Final = b"\xff"
_PIXELS: Final = 8
"""Pixels per module in a PNG: at one bit per pixel, a module is exactly one byte of a row."""


def draw_svg(text: str, title: str = "市民码 Citizen code") -> bytes:
    """The code as an SVG document, one unit per module, that a strict content security policy lets through.

    Raises CodeTooDense, or ValueError for text outside the QR alphabet.
    """
    return _svg(_matrix(text), title)


def draw_plain_svg(text: str, title: str) -> bytes:
    """Any short text, such as an address, as an SVG document of the same kind."""
    return _svg(plain_modules(text), title)


def address_path(address: str) -> tuple[int, str]:
    """An address as a symbol for a wall: its side in modules with the quiet zone, and the path of the dark
    ones.

    Level Q: a quarter may be dirty or torn, and nobody waits in line for a poster to be read. Raises
    ValueError for one longer than 200 characters.
    """
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"an address of {len(address)} characters makes too dense a poster")
    matrix = plain_modules(address, for_a_wall=True)
    return len(matrix), _path(matrix)


def plain_modules(text: str, *, for_a_wall: bool = False) -> list[list[bool]]:
    """The modules of any short text row by row, True for dark, with the quiet zone around them."""
    from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q  # type: ignore[import-untyped]  # brings Pillow
    from qrcode.main import QRCode  # type: ignore[import-untyped]

    symbol = QRCode(None, ERROR_CORRECT_Q if for_a_wall else ERROR_CORRECT_M, border=QUIET_ZONE)
    symbol.add_data(text)
    symbol.make(fit=True)
    matrix: list[list[bool]] = symbol.get_matrix()
    return matrix


def _svg(matrix: list[list[bool]], title: str) -> bytes:
    size = len(matrix)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" shape-rendering="crispEdges">'
        f"<title>{escape(title)}</title>"
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{_path(matrix)}"/></svg>'
    ).encode()


def _path(matrix: list[list[bool]]) -> str:
    path = []
    for y, row in enumerate(matrix):
        x = 0
        for dark, run in groupby(row):
            width = sum(1 for _ in run)
            if dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return "".join(path)


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
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode
    from qrcode.util import MODE_ALPHA_NUM, QRData  # type: ignore[import-untyped]

    version = density.check_density(len(text), density.WITH_CHALLENGE)
    symbol = QRCode(version, ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=_MASK)
    symbol.add_data(QRData(text.encode("ascii"), mode=MODE_ALPHA_NUM))
    symbol.make(fit=False)
    matrix: list[list[bool]] = symbol.get_matrix()
    return matrix
