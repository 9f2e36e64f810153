"""Finding the answer to a question, or the services that it is about: in memory, built anew when services are
switched on or off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from citizen_app.guide import core
from citizen_app.guide.vocabulary import EVERYDAY
from citizen_app.registry.catalogue import everything_of, search
from citizen_app.registry.contract import GuideEntry, ServiceModule
from citizen_app.registry.state import TOPIC, enabled_in
from citizen_app.searching.ranking import Hit, Index, Passage
from citizen_app.settings import current_settings
from citizen_app.storage.cached_values import CachedValue
from citizen_app.text import Text

MOST: Final = 5
MOST_AT_FIRST: Final = 50
"""One of each service before anybody has asked: more than a city has."""
ENOUGH: Final = 0.5
"""Share of a question below which an answer may be beside the point: then the desk is among the first
three."""
DOUBTFUL: Final = 0.25
"""Share below which the desk stands first."""
LEAST: Final = 0.12
"""Share below which an answer is none."""
MOST_DOUBTFUL: Final = 2
QUESTION, ANSWER, SUMMARY = 1.0, 0.2, 0.5
"""What words count in a question as the entry puts it, in its answer, and in what a service says of
itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry of the guide; `service` is a service's id, `code` or `family`. `link` is an address of this
    city's site."""

    service: str
    entry: str
    title: Text
    answer: Text
    link: str


class Guide:
    """The core's answers and those of some services, found by a question."""

    def __init__(self, services: Iterable[ServiceModule], desk: GuideEntry) -> None:
        declared = list(services)
        self._desk = _answer(core.CODE, desk)
        passages = [*_of_core(desk), *(passage for service in declared for passage in _of_service(service))]
        synonyms = (group for service in declared for group in service.synonyms)
        self._index = Index(passages, (*EVERYDAY, *core.SYNONYMS, *synonyms))
        first = {passage.item.service: passage.item for passage in reversed(passages)}
        self.opening: Final = tuple(reversed(first.values()))[:MOST_AT_FIRST]
        """One answer of each, for who has not asked yet."""

    def answers_to(self, question: str) -> list[Answer]:
        """The answers, best first, at most five. Where nothing fits well the desk is offered among the first
        three; where nothing fits, it alone."""
        hits = self._hits(question)
        if _best(hits) >= ENOUGH:
            return [hit.item for hit in hits[:MOST]]
        doubtful = [hit.item for hit in hits[:MOST_DOUBTFUL] if hit.item != self._desk]
        return [self._desk, *doubtful] if _best(hits) < DOUBTFUL else [*doubtful, self._desk]

    def services_for(self, question: str) -> list[str]:
        """Whose answers may fit, best first."""
        hits = [hit for hit in self._hits(question)[:MOST] if hit.covered >= DOUBTFUL]
        return list(dict.fromkeys(hit.item.service for hit in hits))

    def _hits(self, question: str) -> list[Hit[Answer]]:
        return [hit for hit in self._index.find(question) if hit.covered >= LEAST]


def answers_to(question: str) -> list[Answer]:
    """The answers to a question in plain words by what is switched on now, best first, at most five; one of
    each service without a question."""
    guide = _GUIDE.get()
    return guide.answers_to(question) if question.strip() else list(guide.opening)


def services_for(query: str, category: str | None = None) -> list[ServiceModule]:
    """Enabled services for words that are typed into the entry: those whose titles and words have them, in
    part, in pinyin or in English; where there are none, those whose answers fit the words as a question."""
    typed = search(query, category)
    if typed or not query.strip():
        return typed
    by_id = {service.id: service for service in search("", category)}
    return [by_id[service] for service in _GUIDE.get().services_for(query) if service in by_id]


def _best(hits: Sequence[Hit[Answer]]) -> float:
    return max((hit.covered for hit in hits[:MOST_DOUBTFUL]), default=0.0)


def _of_core(desk: GuideEntry) -> Iterator[Passage[Answer]]:
    for service, entries in ((core.CODE, core.ABOUT_THE_CODE), (core.FAMILY, core.ABOUT_THE_FAMILY)):
        yield from (_passage(service, entry) for entry in entries)
    yield _passage(core.CODE, desk)


def _of_service(service: ServiceModule) -> Iterator[Passage[Answer]]:
    """Its entries; and what it is, so that a service which declares none is found, too."""
    yield from (_passage(service.id, entry) for entry in service.guide)
    about = _answer(service.id, GuideEntry("about", service.title, service.summary))
    yield Passage(about, ((everything_of(service), SUMMARY),))


def _passage(service: str, entry: GuideEntry) -> Passage[Answer]:
    asked = (entry.title.zh, entry.title.en, *entry.asked)
    answered = (entry.answer.zh, entry.answer.en)
    texts = (*((text, QUESTION) for text in asked), *((text, ANSWER) for text in answered))
    return Passage(_answer(service, entry), texts)


def _answer(service: str, entry: GuideEntry) -> Answer:
    link = entry.link if entry.link.startswith("/") else f"/services/{service}/{entry.link}"
    return Answer(service, entry.id, entry.title, entry.answer, link)


def _load(connection: Connection) -> Guide:
    services = (module.descriptor for module in enabled_in(connection))
    return Guide(services, core.desk_entry(current_settings()))


_GUIDE: Final = CachedValue(TOPIC, _load)
