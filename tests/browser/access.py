"""What axe has against a page, in the six modes in which people see the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tools.vendor import TEST_DIR

AXE = next(TEST_DIR.glob("axe-core@*/axe.min.js"))
RUN_AXE = """
() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join("; ")}`))
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SEE_AS = """
(size) => {
  if (size === "standard") delete document.documentElement.dataset.elder;
  else document.documentElement.dataset.elder = size;
}
"""


@dataclass(frozen=True)
class Mode:
    """One way to see the pages."""

    language: str = "zh"
    size: str = "standard"
    dark: bool = False


MODES: Mapping[str, Mode] = {
    "standard": Mode(),
    "elder": Mode(size="large"),
    "largest": Mode(size="largest"),
    "dark": Mode(dark=True),
    "English": Mode(language="en"),
    "dark, largest, English": Mode("en", "largest", True),
}
LANGUAGES = ("zh", "en")


def opened(open_page: Callable[..., Page], mode: Mode) -> Page:
    """The entry in a mode, which the browser keeps."""
    page = open_page(f"/?elder={mode.size}", color_scheme="dark" if mode.dark else "light")
    page.goto(f"/?lang={mode.language}")
    return page


def violations(page: Page) -> list[Any]:
    """What axe has against the page, and whether it is wider than the phone."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return _found(page)


def in_its_modes(page: Page, name: str, modes: Iterable[str] = MODES) -> dict[str, list[Any]]:
    """What axe has against the page in each mode of the language that it speaks, without loading it anew:
    size and darkness are a matter of style sheets. Leaves the page in the standard mode."""
    spoken = "zh" if (page.get_attribute("html", "lang") or "").startswith("zh") else "en"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, list[Any]] = {}
    for called, mode in ((one, MODES[one]) for one in modes if MODES[one].language == spoken):
        page.emulate_media(color_scheme="dark" if mode.dark else "light")
        page.evaluate(SEE_AS, mode.size)
        found[f"{name} ({called})"] = _found(page)
    page.emulate_media(color_scheme="light")
    page.evaluate(SEE_AS, "standard")
    return found


def _found(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate(RUN_AXE)
    return found + (["wider than the screen"] if page.evaluate(OVERFLOW) > 0 else [])


def what_is_wrong(found: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """The pages that axe has something against."""
    return {name: told for name, told in found.items() if told}
