"""Rules about what people read: it is Chinese in Chinese, and it fits where it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.registry.contract import GuideEntry
from citizen_app.text import Text

CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
TITLE: Final = (12, 40)
SENTENCE: Final = (60, 160)
"""Characters in Chinese and in English: a title fits a tile of the entry and a kiosk's heading, a sentence
two lines of a phone."""
QUESTION: Final = (40, 90)
ANSWER: Final = (160, 320)
PAGE: Final = r"([a-z0-9_-]+(/[a-z0-9_-]+)*/?)?"


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
    for figure in declared.figures:
        yield f"title of figure {figure.id!r}", figure.title, SENTENCE
    for scope in declared.scopes:
        yield f"reason of scope {scope.name!r}", scope.reason, SENTENCE
        if scope.law is not None:
            yield f"law of scope {scope.name!r}", scope.law, SENTENCE
    for name, title in declared.partner_scopes.items():
        yield f"title of the partners' scope {name!r}", title, TITLE
    for detail in declared.details:
        yield f"title of detail code {detail.code!r}", detail.title, TITLE
        yield f"next step of detail code {detail.code!r}", detail.next_step, SENTENCE


def guide(seen: Examined) -> Iterator[Fault]:
    """What citizens ask can be found: in both languages, short enough to be read, with words that mean the
    same in groups."""
    file = seen.path("guide.py") if seen.path("guide.py").exists() else seen.manifest
    for entry in seen.declared.guide:
        fault = _fault_of_entry(entry)
        if fault is not None:
            yield Fault(
                file, seen.line(file, entry.id), f"guide entry {entry.id!r}: {fault}", "see GuideEntry"
            )
    for group in seen.declared.synonyms:
        if len(set(group)) < 2 or not all(word.strip() for word in group):
            line = seen.line(file, *group)
            yield Fault(file, line, f"synonyms {group}", "a group has two expressions or more")


def kiosk_actions(seen: Examined) -> Iterator[Fault]:
    """A large button of a kiosk has a short title in both languages and leads to a page of the service."""
    for action in seen.declared.kiosk_actions:
        line = seen.line(seen.manifest, action.link)
        if not action.link or not re.fullmatch(PAGE, action.link):
            message = f"{action.link!r} is no address below the pages of the service"
            yield Fault(seen.manifest, line, message, "see KioskAction")
        elif not CHINESE.search(action.title.zh) or CHINESE.search(action.title.en):
            message = f"the kiosk action {action.link!r} needs a title in Chinese and English"
            yield Fault(seen.manifest, line, message, "see KioskAction")


def _fault_of_entry(entry: GuideEntry) -> str | None:
    for what, text, (chinese, english) in (
        ("title", entry.title, QUESTION),
        ("answer", entry.answer, ANSWER),
    ):
        if not CHINESE.search(text.zh) or CHINESE.search(text.en):
            return f"the {what} must be Text of Chinese and English, in this order"
        if len(text.zh) > chinese or len(text.en) > english:
            return f"the {what} has at most {chinese} characters in Chinese and {english} in English"
    if not re.fullmatch(PAGE, entry.link):
        return f"{entry.link!r} is no address below the pages of the service"
    if not any(map(CHINESE.search, entry.asked)) or all(map(CHINESE.search, entry.asked)):
        return "say in `asked` how else people put it, in both languages"
    return None


RULES: Final = (languages, length, icon, guide, kiosk_actions)
