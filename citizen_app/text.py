"""Bilingual text: whatever a person reads exists in Chinese and in English, by construction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, Self

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

Language = Literal["zh", "en"]
DEFAULT_LANGUAGE: Language = "zh"
UNSEEN: Final = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
"""Controls, and what changes how a line reads without being seen; for a class of a regular expression."""
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LINK: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://\S*|www\.\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|cn|net|org|info|top|xyz|vip|cc|io|me|ly|app|shop)\b\S*",
    re.IGNORECASE,
)
"""What a phone makes a link of. A link in a message is how people are robbed, so no notice has one."""
_UNSEEN: Final = re.compile(f"[{UNSEEN}]")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; `{name}` marks a place that `fill` completes."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh.strip() or not self.en.strip():
            raise ValueError(f"a Text needs both languages, got zh={self.zh!r} en={self.en!r}")

    def say(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en

    def fill(self, **values: object) -> Text:
        """The sentence with its places filled; a value that is itself a Text is filled per language."""

        zh = {name: value.zh if isinstance(value, Text) else value for name, value in values.items()}
        en = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
        return Text(self.zh.format_map(zh), self.en.format_map(en))

    def as_dict(self) -> dict[str, str]:
        """`{"zh": …, "en": …}`, the shape stored in JSON columns and descriptors."""
        return {"zh": self.zh, "en": self.en}

    @classmethod
    def from_dict(cls, stored: Mapping[str, str]) -> Self:
        """Back from `as_dict`."""
        return cls(zh=stored["zh"], en=stored["en"])


def unseen_in(text: str) -> str | None:
    """The first invisible character of a text."""
    found = _UNSEEN.search(text)
    return found[0] if found else None


def without_unseen(text: str) -> str:
    """The text without invisible characters."""
    return _UNSEEN.sub("", text)


def counted(number: int, thing: str) -> str:
    """A number and a thing in English: `1 warning`, `2 warnings`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@lru_cache(maxsize=256)
def preferred_language(accepted: str) -> Language:
    """The language of an `Accept-Language` header; Chinese unless English is preferred (RFC 9110 §12.5.4)."""
    best = parse_accept_header(accepted, LanguageAccept).best_match(["zh-CN", "zh", "en"], default="zh")
    return "en" if best == "en" else "zh"
