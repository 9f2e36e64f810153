"""Drawing a poster: A5, in both languages, with the code, what it is for, where it hangs, and the one address
that is true.

An SVG with plain attributes only: it prints from any program, and a strict content security policy lets it
through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from citizen_app.codes.drawing import address_path
from citizen_app.kiosks.models import PlaceCode
from citizen_app.text import Text

WIDTH: Final = 148
HEIGHT: Final = 210
MARGIN: Final = 10
SYMBOL: Final = 88
SYMBOL_LEFT: Final = (WIDTH - SYMBOL) / 2
SYMBOL_TOP: Final = 66
HEAD: Final = 19
BOX_TOP: Final = 174
BOX_HEIGHT: Final = 28
INK: Final = "#12262b"
QUIET: Final = "#4a5a5e"
ACCENT: Final = "#0b5f6b"
FACE: Final = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
NAME: Final = Text("{city}市民码", "{city} Citizen Code")
HOW: Final = Text("用手机相机扫一扫", "Scan with your phone's camera")
TRUE: Final = Text("网址应为 {host}", "The address must be {host}")
FALSE: Final = Text(
    "打开后网址不同，就是假海报：请不要填写任何内容",
    "Any other address is a false poster: enter nothing there",
)
WIDE: Final = 1.0
NARROW: Final = 0.56
"""Width of a character in its font size: Chinese and full-width ones, and all others on average."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words on the sheet: millimetres from the left and to the baseline from the top, the size in
    millimetres, and what of them stands at `across`."""

    words: str
    down: float
    size: float
    colour: str
    across: float = WIDTH / 2
    anchor: Literal["start", "middle", "end"] = "middle"
    bold: bool = False


def lines_of(code: PlaceCode, address: str, city: Text) -> list[Line]:
    """Everything that a poster says."""
    name, host = NAME.fill(city=city), urlsplit(address).netloc
    place = code.kiosk.placement.place
    return [
        Line(name.zh, 12.6, 7, "#ffffff", MARGIN, "start", bold=True),
        Line(name.en, 12.6, 4.4, "#ffffff", WIDTH - MARGIN, "end"),
        *_fitted(code.title.zh, 33, 11, INK, bold=True),
        *_fitted(code.title.en, 42, 6, INK),
        *_fitted(place.zh, 53, 6, QUIET),
        *_fitted(place.en, 60, 4.4, QUIET),
        Line(HOW.zh, 161, 6.4, INK, bold=True),
        Line(HOW.en, 168, 4.6, INK),
        *_fitted(TRUE.fill(host=host).zh, 181, 4.8, INK, bold=True),
        *_fitted(TRUE.fill(host=host).en, 187, 4, INK),
        *_fitted(FALSE.zh, 193.4, 3.9, QUIET),
        *_fitted(FALSE.en, 198.6, 3.5, QUIET),
    ]


def draw_poster(code: PlaceCode, address: str, city: Text) -> bytes:
    """The poster of a place code as an SVG document of 148 × 210 mm."""
    side, path = address_path(address)
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<rect width="{WIDTH}" height="{HEAD}" fill="{ACCENT}"/>',
        f'<g transform="translate({SYMBOL_LEFT} {SYMBOL_TOP}) scale({SYMBOL / side:.5f})" shape-rendering="crispEdges">'
        f'<path fill="#000" d="{path}"/></g>',
        f'<rect x="{MARGIN}" y="{BOX_TOP}" width="{WIDTH - 2 * MARGIN}" height="{BOX_HEIGHT}" rx="3" fill="none"'
        f' stroke="{ACCENT}" stroke-width="0.6"/>',
        *map(_text, lines_of(code, address, city)),
    ]
    title = escape(f"{code.title.zh} {code.title.en}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}mm" height="{HEIGHT}mm"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="{FACE}"><title>{title}</title>{"".join(parts)}</svg>'
    ).encode()


def _fitted(words: str, line: float, size: float, colour: str, *, bold: bool = False) -> list[Line]:
    """A centred line, small enough for the width; what would be too small to read is broken into two."""
    room = WIDTH - 2 * MARGIN
    fitting = room / max(_width(words), 1)
    if fitting >= size * 0.62:
        return [Line(words, line, min(size, fitting), colour, bold=bold)]
    first, second = _halves(words)
    small = min(size * 0.62, room / max(_width(first), _width(second), 1))
    return [
        Line(first, line - small * 0.7, small, colour, bold=bold),
        Line(second, line + small * 0.5, small, colour, bold=bold),
    ]


def _halves(words: str) -> tuple[str, str]:
    """Two lines of about the same width, parted at a space where there is one near the middle."""
    half, width = _width(words) / 2, 0.0
    middle = len(words) // 2
    for position, letter in enumerate(words):
        width += WIDE if ord(letter) > 0x2E7F else NARROW
        if width >= half:
            middle = position + 1
            break
    space = words.rfind(" ", 0, middle + 8)
    cut = space if space > middle - 12 and space > 0 else middle
    return words[:cut].strip(), words[cut:].strip()


def _width(words: str) -> float:
    return sum(WIDE if ord(letter) > 0x2E7F else NARROW for letter in words)


def _text(line: Line) -> str:
    weight = ' font-weight="700"' if line.bold else ""
    return (
        f'<text x="{line.across}" y="{line.down:.2f}" font-size="{line.size:.2f}" text-anchor="{line.anchor}"'
        f' fill="{line.colour}"{weight}>{escape(line.words)}</text>'
    )
