"""Draw the icons of the installed pages: the city's mark, a seal with three finder patterns, for citizens;
a code under the corners of a reader for kiosks.

    python tools/draw_icons.py

PNG, because not every launcher takes SVG. A maskable icon keeps its mark within the inner 80 % (W3C App
Manifest, "safe zone"), as launchers cut its edges.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

IMAGES: Final = Path(__file__).resolve().parents[1] / "citizen_app" / "static" / "images"
CITY: Final = "#0b5f6b"
WHITE: Final = "#ffffff"
UNITS: Final = 32
"""The grid of `mark.svg`."""
SMOOTH: Final = 4
"""Drawn so many times larger, then reduced."""
FINDERS: Final = ((8, 8), (18, 8), (8, 18))
MODULES: Final = ((18, 18, 2, 2), (22, 22, 2, 2), (22, 17, 2, 2), (17, 22, 2, 2))

KIOSK_UNITS: Final = 512
"""The grid of the kiosk's mark."""
KIOSK_FINDERS: Final = ((188, 188), (272, 188), (188, 272))
KIOSK_BARS: Final = (
    *((x, y, 24, 60) for x in (116, 372) for y in (116, 336)),
    *((x, y, 60, 24) for x in (116, 336) for y in (116, 372)),
    *((268, 268, 28, 28), (300, 300, 28, 28), (316, 268, 16, 16)),
)


def icon(size: int, *, maskable: bool) -> Image.Image:
    """The icon in pixels; a maskable one fills its square."""
    wide = size * SMOOTH
    made = Image.new("RGBA", (wide, wide), (0, 0, 0, 0))
    pen = ImageDraw.Draw(made)
    pen.rounded_rectangle((0, 0, wide - 1, wide - 1), 0 if maskable else wide // 4, fill=CITY)
    scale = wide / UNITS * (0.8 if maskable else 1)
    edge = (wide - scale * UNITS) / 2

    def at(units: float) -> float:
        return edge + units * scale

    for x, y in FINDERS:
        pen.rectangle((at(x), at(y), at(x + 6) - 1, at(y + 6) - 1), fill=WHITE)
        pen.rectangle((at(x + 2), at(y + 2), at(x + 4) - 1, at(y + 4) - 1), fill=CITY)
    for x, y, width, height in MODULES:
        pen.rectangle((at(x), at(y), at(x + width) - 1, at(y + height) - 1), fill=WHITE)
    return made.resize((size, size), Image.Resampling.LANCZOS)


def kiosk_icon(size: int) -> Image.Image:
    """A reader over a code. It fills its square and keeps its mark in the inner half, so it is maskable."""
    wide = size * SMOOTH
    made = Image.new("RGB", (wide, wide), CITY)
    pen = ImageDraw.Draw(made)
    scale = wide / KIOSK_UNITS
    for x, y, width, height in KIOSK_BARS:
        pen.rectangle((x * scale, y * scale, (x + width) * scale - 1, (y + height) * scale - 1), fill=WHITE)
    for x, y in KIOSK_FINDERS:
        pen.rectangle(
            ((x - 12) * scale, (y - 12) * scale, (x + 64) * scale - 1, (y + 64) * scale - 1), fill=WHITE
        )
        pen.rectangle(
            ((x + 12) * scale, (y + 12) * scale, (x + 40) * scale - 1, (y + 40) * scale - 1), fill=CITY
        )
    return made.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write all of them."""
    for size in (192, 512):
        icon(size, maskable=False).save(IMAGES / f"icon-{size}.png", optimize=True)
        kiosk_icon(size).save(IMAGES / f"kiosk-{size}.png", optimize=True)
    icon(512, maskable=True).save(IMAGES / "icon-maskable-512.png", optimize=True)


if __name__ == "__main__":
    main()
