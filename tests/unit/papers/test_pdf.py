"""PDFs with Chinese text are really shown: drawn by a PDF library, read back, and looked at."""

from __future__ import annotations

import pypdfium2
import pytest

from citizen_app.papers.pdf import MOST_ROWS, Column, table_pdf
from citizen_app.text import Text

TITLE = Text("骆马湖花园 清点名单", "Lake Gardens: muster list")
COLUMNS = (Column(Text("到", "Here"), 1, tick=True), Column(Text("姓名", "Name"), 5))


def document(rows: int, title: Text = TITLE, language: str = "zh") -> pypdfium2.PdfDocument:
    names = [["x" if number % 2 else "", f"王秀兰{number} <b>&"] for number in range(rows)]
    lead = [Text("共 3 人", "3 people")]
    return pypdfium2.PdfDocument(table_pdf(title, lead, COLUMNS, names, language))  # type: ignore[arg-type]


def ink(page: pypdfium2.PdfPage, top: float, bottom: float) -> int:
    """Dark pixels between two heights of a page, as shares of it."""
    drawn = page.render(scale=2).to_pil().convert("L")
    part = drawn.crop((0, int(drawn.height * top), drawn.width, int(drawn.height * bottom)))
    return sum(part.histogram()[:128])


def test_chinese_is_written_and_drawn() -> None:
    made = document(3)
    text = made[0].get_textpage().get_text_range()
    for words in ("骆马湖花园 清点名单", "共 3 人", "姓名", "王秀兰2 <b>&", "第 1 页"):
        assert words in text
    blank = document(3, Text("–", "–"))
    assert ink(made[0], 0.04, 0.09) > ink(blank[0], 0.04, 0.09) + 500, "the title is seen, not only stored"


def test_boxes_are_drawn_and_ticked() -> None:
    def left(rows: list[list[str]]) -> int:
        page = pypdfium2.PdfDocument(table_pdf(TITLE, [], COLUMNS, rows, "zh"))[0]
        drawn = page.render(scale=4).to_pil().convert("L")
        part = drawn.crop((0, int(drawn.height * 0.1), int(drawn.width * 0.15), int(drawn.height * 0.2)))
        return sum(part.histogram()[:128])

    assert left([["x", "王"]]) > left([["", "王"]]) + 20


def test_a_long_list_has_its_heading_on_every_page() -> None:
    made = document(120)
    assert len(made) >= 3
    for page in made:
        assert "姓名" in page.get_textpage().get_text_range()


def test_english_and_limits() -> None:
    assert "Lake Gardens: muster list" in document(1, language="en")[0].get_textpage().get_text_range()
    with pytest.raises(ValueError, match="at most"):
        table_pdf(TITLE, [], COLUMNS, [["", "a"]] * (MOST_ROWS + 1), "zh")
    with pytest.raises(ValueError):
        table_pdf(TITLE, [], COLUMNS, [["only one"]], "zh")
