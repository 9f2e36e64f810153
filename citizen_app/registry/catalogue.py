"""The one-stop entry: enabled services, found by Chinese, pinyin (whole or initials) or English."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from citizen_app.registry.contract import ServiceModule
from citizen_app.registry.state import enabled_modules
from citizen_app.searching.typed import Typed
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


def everything_of(descriptor: ServiceModule) -> str:
    """All that a service says of itself, in both languages."""
    words = [
        descriptor.title,
        descriptor.summary,
        CATEGORIES[descriptor.category],
        *descriptor.titles().values(),
    ]
    return " ".join([*(text.zh for text in words), *(text.en for text in words), descriptor.id])


def search(query: str = "", category: str | None = None) -> list[ServiceModule]:
    """Enabled services that match every word of the query, best first: in the title, anywhere, then by
    pinyin."""
    found = []
    for module in enabled_modules():
        descriptor = module.descriptor
        if category is not None and descriptor.category != category:
            continue
        rank = _typed(descriptor).rank(query) if query.strip() else 0  # without words nothing is prepared
        if rank is not None:
            found.append((rank, descriptor.id, descriptor))
    return [descriptor for _, _, descriptor in sorted(found, key=lambda entry: entry[:2])]


@lru_cache(maxsize=256)
def _typed(descriptor: ServiceModule) -> Typed:
    return Typed.of(f"{descriptor.title.zh} {descriptor.title.en}", everything_of(descriptor))
