"""Today's cards: each enabled service is asked, within its budget and behind a circuit breaker of its own, so
that a service whose cards fail is left out and goes on scanning.

What is read for a card is shown to the citizen alone, so nothing of it is told as disclosed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from citizen_app.citizens.queries import citizens_by_ids
from citizen_app.clock import now
from citizen_app.consent.terms import terms_of
from citizen_app.registry.behaviour import Card, CitizenView
from citizen_app.registry.beside import ask_beside
from citizen_app.registry.modules import InstalledModule
from citizen_app.registry.state import enabled_modules, standing_of
from citizen_app.scans.meaning import view_of
from citizen_app.secrecy.vault import current_vault
from citizen_app.text import Text
from citizen_app.usage.titles import service_title

MOST_OF_ONE: Final = 3
"""Cards of one service that are shown."""
MOST: Final = 60
MOST_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class TodaysCard:
    """A card of a service, as a citizen is shown it. `link` is an address of this city's site."""

    service: str
    title: Text
    lines: tuple[Text, ...]
    link: str
    at: datetime | None

    @property
    def service_title(self) -> Text:
        """The service's title."""
        return service_title(self.service)


def cards_of(citizen_id: str, within: Collection[str] | None = None) -> list[TodaysCard]:
    """What the enabled services (those of `within`, where it is given) tell a citizen now: what has a moment
    first, the soonest before."""
    found: list[TodaysCard] = []
    for module in enabled_modules():
        ask = getattr(module.hooks, "cards_for", None)
        if ask is not None and (within is None or module.id in within):
            found += _cards_of(module, ask, citizen_id)
    moment = now()
    return sorted(found, key=lambda card: (card.at is None, card.at or moment))[:MOST]


def _cards_of(
    module: InstalledModule, ask: Callable[[CitizenView], Any], citizen_id: str
) -> list[TodaysCard]:
    """The cards of one service; none where it fails."""
    citizen = citizens_by_ids([citizen_id], module.id).get(citizen_id)
    if citizen is None:
        return []
    terms = terms_of(module.descriptor, standing_of(module.id).granted)
    view = view_of(citizen, current_vault().citizen_ref(module.id, citizen_id), module.id, terms)
    told = ask_beside(
        module.id,
        module.cards_breaker,
        lambda: list(_shown(module.id, ask(view))),
        "cards of a service are left out",
    )
    return told or []


def _shown(service: str, cards: Iterable[Card]) -> Iterable[TodaysCard]:
    for card in list(cards)[:MOST_OF_ONE]:
        words = (card.title, *card.lines)
        if not isinstance(card, Card) or not all(isinstance(text, Text) for text in words):
            raise TypeError(f"cards_for of {service!r} must give Cards, whose words are Texts")
        link = card.link if card.link.startswith("/") else f"/services/{service}/{card.link}"
        yield TodaysCard(service, card.title, card.lines[:MOST_LINES], link, card.at)
