"""PDFs with Chinese text: tables to print and tick off, and posters.

    content = table_pdf(
        Text("骆马湖花园 清点名单", "Lake Gardens: muster list"),
        [Text("共 12 人", "12 people")],
        [Column(Text("到", "Here"), 1, tick=True), Column(Text("姓名", "Name"), 4)],
        [["", "王秀兰"], …],
        language,
    )

Chinese is set in STSong-Light, which every PDF reader with Chinese support knows (ISO 32000-1 §9.7.5.2,
Adobe-GB1): a page stays a few kilobytes. What STSong-Light has not, such as ☐, is drawn. The library behind
it is loaded at the first use.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from citizen_app.text import Language, Text

FONT: Final = "STSong-Light"
MOST_ROWS: Final = 20_000
PAGE_OF: Final = Text("第 {page} 页", "Page {page}")
MARGIN: Final = 40
_TICK_BOX: Final = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether it holds a box to tick: a cell
    that is not empty is ticked."""

    title: Text
    share: int = 1
    tick: bool = False


def table_pdf(
    title: Text,
    lead: Sequence[Text],
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    language: Language,
) -> bytes:
    """An A4 document with a title, some lines and a table whose heading stands on every page.

    Raises ValueError for more than `MOST_ROWS` rows, and for a row with another number of cells.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    if len(rows) > MOST_ROWS:
        raise ValueError(f"a document has at most {MOST_ROWS} rows")
    register_font()
    written = io.BytesIO()
    words = title.say(language)
    document = SimpleDocTemplate(
        written,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 10,
        title=words,
        lang="zh-CN" if language == "zh" else "en",
    )
    parts: list[Any] = [Paragraph(escape(words), _style(18))]
    parts += [Paragraph(escape(line.say(language)), _style(11)) for line in lead]
    parts += [Spacer(1, 8), _table(columns, rows, language, document.width)]

    def number(canvas: Any, made: Any) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawCentredString(A4[0] / 2, MARGIN - 10, PAGE_OF.fill(page=made.page).say(language))

    document.build(parts, onFirstPage=number, onLaterPages=number)
    return written.getvalue()


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]], language: Language, width: float) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table

    shares = sum(column.share for column in columns)
    head = [Paragraph(escape(column.title.say(language)), _style(10)) for column in columns]
    body = [
        [
            _box(bool(cell)) if column.tick else Paragraph(escape(cell), _style(10))
            for column, cell in zip(columns, row, strict=True)
        ]
        for row in rows
    ]
    made = Table([head, *body], colWidths=[width * column.share / shares for column in columns], repeatRows=1)
    made.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 1, colors.black),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.grey),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ]
    )
    return made


def _box(ticked: bool) -> Any:
    """A box to tick, with its tick where it has one."""
    from reportlab.graphics.shapes import Drawing, Line, Rect
    from reportlab.lib import colors

    drawn = Drawing(_TICK_BOX, _TICK_BOX)
    drawn.add(Rect(0, 0, _TICK_BOX, _TICK_BOX, fillColor=None, strokeColor=colors.black))
    if ticked:
        drawn.add(Line(2, 5, 4, 2, strokeWidth=1.5))
        drawn.add(Line(4, 2, 8, 8, strokeWidth=1.5))
    return drawn


def _style(size: int) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(f"{FONT} {size}", fontName=FONT, fontSize=size, leading=size * 1.4, wordWrap="CJK")


def register_font() -> None:
    """Make `FONT` known, once."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
