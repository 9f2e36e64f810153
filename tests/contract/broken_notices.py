"""Notices that no service may declare: put before the one of the template."""

from __future__ import annotations

from typing import Final

BEFORE: Final = "    notices=(\n"


def _told(zh: str, en: str, more: str = "") -> str:
    notice = f'Notice("told", Text("一", "One"), Text("{zh}", "{en}"), {more})'
    return f"{BEFORE}        {notice},\n"


NOTICES: Final = (
    _told("见 www.evil.example", "See www.evil.example"),
    _told("第一\\n二行", "Two\\nlines"),
    _told("见{x}", "See {x}"),
    _told("见", "See", 'values=(NoticeValue("x"),)'),
    _told("见{x}", "See {x}", 'values=(NoticeValue("x", "words"),)'),
    _told("见{x}", "See {x}", 'values=(NoticeValue("x", "name"),), channels=("pigeon",)'),
    _told("见{x}", "See {x}", 'values=(NoticeValue("x", "colour"),)'),
    _told("See", "见"),
    _told("长" * 101, "Long"),
)
"""A link, a line break, a value that is not declared or not used, a citizen's words that leave, an unknown
channel or kind, the languages changed over, and too long."""
