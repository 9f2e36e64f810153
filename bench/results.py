"""`bench/RESULTS.md`: one section for each kind of run, so that a run rewrites its own and leaves the others
as they are.

from bench.results import GROWTH, keep keep(GROWTH, "- 2026-11-22, commit …\\n\\n| … |")
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).parent / "RESULTS.md"
RATIOS: Final = "Ratios of the hot paths"
GROWTH: Final = "Growth"
ORDER: Final = (RATIOS, GROWTH)
HEAD: Final = (
    "# Results\n\nHow to read this: [README.md](README.md). Each section is written by a run of its own.\n"
)


def keep(section: str, text: str, file: Path = RESULTS) -> None:
    """Write one section of the file anew; `text` is Markdown with headings from the third level down."""
    before = file.read_text() if file.exists() else ""
    file.write_text(with_section(before, section, text))


def with_section(document: str, section: str, text: str, order: Sequence[str] = ORDER) -> str:
    """The document with one section replaced or added. Raises `ValueError` for an unknown one or a heading
    that would end it."""
    if section not in order:
        raise ValueError(f"no section is called {section!r}")
    if re.search(r"^##? ", text, re.MULTILINE):
        raise ValueError("headings inside a section begin at the third level")
    held = _sections(document) | {section: text.strip()}
    return "\n".join([HEAD, *(f"## {name}\n\n{held[name]}\n" for name in order if name in held)])


def _sections(document: str) -> dict[str, str]:
    _, *parts = re.split(r"^## (.+)$", document, flags=re.MULTILINE)
    return {name.strip(): text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}
