"""What the home page shows: today's cards, services by category, answers, and the shelf of this browser."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from citizen_app.cards.today import TodaysCard, cards_of
from citizen_app.guide.finding import answers_to, services_for
from citizen_app.registry.catalogue import CATEGORIES
from citizen_app.registry.state import module_of
from citizen_app.text import Language, Text
from citizen_app.web.boundary.page_callers import citizen_of_cookie
from citizen_app.web.open_api.guide import page_that_is
from citizen_app.web.pages.shelf import favourites, shelf

MOST_ANSWERS: Final = 3


@dataclass(frozen=True, slots=True)
class ListedService:
    """An enabled service; `address` is where its pages begin, None without any."""

    id: str
    title: str
    summary: str
    address: str | None
    kept: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Services under a heading; None where they were looked for, best first."""

    title: Text | None
    services: list[ListedService]


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer of the guide, with the page where it is done."""

    title: Text
    answer: Text
    address: str


@dataclass(frozen=True, slots=True)
class ShownCard:
    """One of today's cards, with the page that says more."""

    card: TodaysCard
    address: str


def services_shown(language: Language, query: str) -> dict[str, Any]:
    """The services that match, by category without a query; what answers the query; the shelf. `seen` is what
    a page that is open tells, so that it hears only what has changed."""
    kept = favourites()
    listed = {
        service.id: ListedService(
            service.id,
            service.title.say(language),
            service.summary.say(language),
            f"/services/{service.id}/" if module_of(service.id).has_pages else None,
            service.id in kept,
        )
        for service in services_for(query)
    }
    answers = (
        [ShownAnswer(found.title, found.answer, page_that_is(found)) for found in answers_to(query)]
        if query
        else []
    )[:MOST_ANSWERS]
    at_hand = [] if query else [listed[one] for one in shelf() if one in listed and listed[one].address]
    groups = [Group(None, list(listed.values()))] if query else _by_category(listed)
    return {
        "count": len(listed),
        "groups": [group for group in groups if group.services],
        "answers": answers,
        "at_hand": at_hand,
        "looked_for": query,
        "seen": _digest((query, groups, answers, at_hand, language)),
    }


def cards_shown(language: Language) -> dict[str, Any]:
    """Today's cards of who is signed in in this browser; `citizen` says whether somebody is."""
    citizen = citizen_of_cookie()
    found = cards_of(citizen.citizen_id) if citizen is not None else []
    shown = [ShownCard(card, page_that_is(card)) for card in found]
    return {
        "citizen": citizen is not None,
        "cards": shown,
        "cards_seen": _digest((citizen is not None, shown, language)),
    }


def _by_category(listed: dict[str, ListedService]) -> Sequence[Group]:
    categories = {service: module_of(service).descriptor.category for service in listed}
    return [
        Group(title, [one for one in listed.values() if categories[one.id] == category])
        for category, title in CATEGORIES.items()
    ]


def _digest(shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
