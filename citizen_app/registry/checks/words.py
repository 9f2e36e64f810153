"""Rules about what people read: it is Chinese in Chinese, and it fits where it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.text import Text

CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
TITLE: Final = (12, 40)
SENTENCE: Final = (60, 160)
"""Characters in Chinese and in English: a title fits a tile of the entry and a kiosk's heading, a sentence
two lines of a phone."""


def languages(seen: Examined) -> Iterator[Fault]:
    """The Chinese is Chinese and the English is not."""
    for what, text, _ in _texts(seen):
        if not CHINESE.search(text.zh) or CHINESE.search(text.en):
            line = seen.line(seen.manifest, text.zh, text.en)
            message = f"{what}: zh {text.zh!r}, en {text.en!r}"
            yield Fault(seen.manifest, line, message, 'write Text("中文", "English"), in this order')


def length(seen: Examined) -> Iterator[Fault]:
    """Titles and sentences fit."""
    for what, text, (chinese, english) in _texts(seen):
        if len(text.zh) > chinese or len(text.en) > english:
            line = seen.line(seen.manifest, text.zh, text.en)
            message = f"{what} is too long: {len(text.zh)} and {len(text.en)} characters"
            remedy = f"at most {chinese} in Chinese and {english} in English"
            yield Fault(seen.manifest, line, message, remedy)


def icon(seen: Examined) -> Iterator[Fault]:
    """The icon is a plain word."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", seen.declared.icon):
        line = seen.call_line(seen.manifest, "ServiceModule", "icon")
        yield Fault(seen.manifest, line, f"icon {seen.declared.icon!r}", "one word of a-z, 0-9 and -")


def _texts(seen: Examined) -> Iterator[tuple[str, Text, tuple[int, int]]]:
    declared = seen.declared
    yield "title", declared.title, TITLE
    yield "summary", declared.summary, SENTENCE
    yield "owner", declared.owner, SENTENCE
    for purpose in declared.purposes:
        yield f"title of purpose {purpose.id!r}", purpose.title, TITLE
    for act in declared.acts:
        yield f"title of act {act.id!r}", act.title, TITLE
    for scope in declared.scopes:
        yield f"reason of scope {scope.name!r}", scope.reason, SENTENCE
        if scope.law is not None:
            yield f"law of scope {scope.name!r}", scope.law, SENTENCE
    for detail in declared.details:
        yield f"title of detail code {detail.code!r}", detail.title, TITLE
        yield f"next step of detail code {detail.code!r}", detail.next_step, SENTENCE


RULES: Final = (languages, length, icon)
