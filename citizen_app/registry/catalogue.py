"""The one-stop entry: enabled services, found by Chinese, pinyin (whole or initials) or English."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from citizen_app.registry.contract import ServiceModule
from citizen_app.registry.state import enabled_modules
from citizen_app.text import Text

CATEGORIES: Final[dict[str, Text]] = {
    "transport": Text("交通出行", "Transport"),
    "health": Text("医疗健康", "Health"),
    "culture": Text("文化体育", "Culture and sports"),
    "government": Text("政务服务", "Government"),
    "tourism": Text("旅游", "Tourism"),
    "community": Text("社区生活", "Community"),
    "payment": Text("缴费支付", "Payments"),
    "education": Text("教育", "Education"),
}


@dataclass(frozen=True, slots=True)
class SearchText:
    """A service's words prepared for search, once per version."""

    title: str
    everything: str
    pinyin: str
    initials: str


@lru_cache(maxsize=256)
def _prepared(descriptor: ServiceModule) -> SearchText:
    from pypinyin import (
        Style,
        lazy_pinyin,
    )  # its dictionaries cost most of a second: the first search loads them

    words = [
        descriptor.title,
        descriptor.summary,
        CATEGORIES[descriptor.category],
        *(p.title for p in descriptor.purposes),
    ]
    chinese = " ".join(text.zh for text in words)
    return SearchText(
        title=f"{descriptor.title.zh} {descriptor.title.en}".lower(),
        everything=f"{chinese} {' '.join(text.en for text in words)} {descriptor.id}".lower(),
        pinyin="".join(lazy_pinyin(chinese)).lower(),
        initials="".join(lazy_pinyin(chinese, style=Style.FIRST_LETTER)).lower(),
    )


def search(query: str = "", category: str | None = None) -> list[ServiceModule]:
    """Enabled services that match every word of the query, best first: in the title, anywhere, then by
    pinyin."""
    words = query.lower().split()
    found = []
    for module in enabled_modules():
        descriptor = module.descriptor
        if category is not None and descriptor.category != category:
            continue
        ranks = [_rank(word, _prepared(descriptor)) for word in words]  # without words nothing is prepared
        if all(rank is not None for rank in ranks):
            found.append((sum(rank or 0 for rank in ranks), descriptor.id, descriptor))
    return [descriptor for _, _, descriptor in sorted(found, key=lambda entry: entry[:2])]


def _rank(word: str, text: SearchText) -> int | None:
    if word in text.title:
        return 0
    if word in text.everything:
        return 1
    if word in text.pinyin:
        return 2
    return 3 if word in text.initials else None
