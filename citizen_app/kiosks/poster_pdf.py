"""A poster as a PDF of A5, for print shops and printers that take no SVG: the same sheet, with Chinese that
every reader has."""

from __future__ import annotations

import io
from typing import Any, Final

from citizen_app.codes.drawing import plain_modules
from citizen_app.kiosks.drawing import (
    ACCENT,
    BOX_HEIGHT,
    BOX_TOP,
    HEAD,
    HEIGHT,
    MARGIN,
    SYMBOL,
    SYMBOL_LEFT,
    SYMBOL_TOP,
    WIDTH,
    Line,
    lines_of,
)
from citizen_app.kiosks.models import PlaceCode
from citizen_app.papers.pdf import FONT, register_font
from citizen_app.text import Text

POINTS: Final = 72 / 25.4
"""In a millimetre."""
FILL_AND_STROKE: Final = 2


def poster_pdf(code: PlaceCode, address: str, city: Text) -> bytes:
    """The poster of a place code as a document of 148 × 210 mm."""
    from reportlab.lib.colors import HexColor
    from reportlab.pdfgen.canvas import Canvas

    register_font()
    written = io.BytesIO()
    sheet = Canvas(written, pagesize=(WIDTH * POINTS, HEIGHT * POINTS), lang="zh-CN")
    sheet.setTitle(f"{code.title.zh} {code.title.en}")
    sheet.scale(POINTS, POINTS)
    sheet.setFillColor(HexColor(ACCENT))
    sheet.rect(0, HEIGHT - HEAD, WIDTH, HEAD, stroke=0, fill=1)
    sheet.setStrokeColor(HexColor(ACCENT))
    sheet.setLineWidth(0.6)
    sheet.roundRect(MARGIN, HEIGHT - BOX_TOP - BOX_HEIGHT, WIDTH - 2 * MARGIN, BOX_HEIGHT, 3)
    _symbol(sheet, address)
    for line in lines_of(code, address, city):
        _write(sheet, line, HexColor(line.colour))
    sheet.save()
    return written.getvalue()


def _symbol(sheet: Any, address: str) -> None:
    """Every row as runs of dark modules: no picture to be resampled."""
    modules = plain_modules(address, for_a_wall=True)
    side = SYMBOL / len(modules)
    sheet.setFillGray(0)
    for down, row in enumerate(modules):
        start: int | None = None
        for across, dark in enumerate([*row, False]):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                top = HEIGHT - SYMBOL_TOP - (down + 1) * side
                sheet.rect(SYMBOL_LEFT + start * side, top, (across - start) * side, side, stroke=0, fill=1)
                start = None


def _write(sheet: Any, line: Line, colour: Any) -> None:
    """The font has no bold: its outline is drawn, too."""
    width = sheet.stringWidth(line.words, FONT, line.size)
    left = line.across - {"start": 0.0, "middle": width / 2, "end": width}[line.anchor]
    text = sheet.beginText(left, HEIGHT - line.down)
    text.setFont(FONT, line.size)
    text.setFillColor(colour)
    text.setStrokeColor(colour)
    if line.bold:
        sheet.setLineWidth(line.size * 0.03)
        text.setTextRenderMode(FILL_AND_STROKE)
    text.textOut(line.words)
    text.setTextRenderMode(0)
    sheet.drawText(text)
