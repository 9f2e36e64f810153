"""Drawn codes are read back by a reader that is not ours."""

import io
import re
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image

from citizen_app.codes import density
from citizen_app.codes.density import CodeTooDense
from citizen_app.codes.drawing import draw_png, draw_svg
from tools.vector_cases import ASKED, device, online, paper, proven, shown
from tools.vector_keys import DEVICE_ES256

SVG = "{http://www.w3.org/2000/svg}"
CODES = {
    "online": (shown(online()), 7),
    "paper": (shown(paper()), 7),
    "device": (proven(claims=device(key=DEVICE_ES256), by=DEVICE_ES256), 11),
    "challenge": (proven(claims=device(key=DEVICE_ES256), by=DEVICE_ES256, to=ASKED), 12),
}


@pytest.fixture(params=CODES)
def drawn(request: pytest.FixtureRequest) -> tuple[str, int]:
    """A text and the QR version it must have."""
    return CODES[request.param]


def test_a_png_reads_back(drawn: tuple[str, int]) -> None:
    text, version = drawn
    picture = Image.open(io.BytesIO(draw_png(text)))
    assert picture.format == "PNG"
    assert picture.size == (8 * (density.modules(version) + 8),) * 2
    result = zxingcpp.read_barcode(picture.convert("L"))
    assert result is not None
    assert result.text == text


def test_an_svg_shows_the_same_modules(drawn: tuple[str, int]) -> None:
    text, version = drawn
    root = ElementTree.fromstring(draw_svg(text))
    side = density.modules(version) + 8
    assert root.get("viewBox") == f"0 0 {side} {side}"
    canvas = Image.new("L", (side, side), 255)
    modules = root.findall(f"{SVG}path")[1].get("d") or ""
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", modules):
        canvas.paste(0, (int(x), int(y), int(x) + int(width), int(y) + 1))
    png = Image.open(io.BytesIO(draw_png(text))).convert("L").resize((side, side), Image.Resampling.NEAREST)
    assert canvas.tobytes() == png.tobytes()


def test_an_svg_passes_a_strict_content_security_policy() -> None:
    root = ElementTree.fromstring(draw_svg(CODES["online"][0], title="<码> & 'code'"))
    assert root.findtext(f"{SVG}title") == "<码> & 'code'"
    for element in root.iter():
        assert element.tag in {f"{SVG}svg", f"{SVG}title", f"{SVG}path"}
        assert not [
            name for name in element.attrib if name == "style" or name.startswith("on") or "href" in name
        ]


@pytest.mark.parametrize("draw", [draw_png, draw_svg])
def test_what_is_not_drawn(draw: object) -> None:
    assert callable(draw)
    with pytest.raises(CodeTooDense):
        draw("CC1:" + "A" * 416)
    draw("CC1:" + "A" * 415)
    for text in ("cc1:abc", "CC1:_", "CC1:码"):
        with pytest.raises(ValueError):
            draw(text)
