"""Ranking texts against a question: BM25F, and how much of the question a text has.

After Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009). What is rare in
the texts counts for more; a term that a text has often counts for little more than once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from citizen_app.searching.terms import Concepts, Unit, terms_of, units_of

Item = TypeVar("Item")

SATURATION: Final = 1.0
LENGTH: Final = 0.3
"""BM25's k1 and b: texts here are short, and one that has many wordings is not to be punished for it."""
FOCUS: Final = 0.6
"""What it adds that a text says what was asked and nothing else."""
EXAMINED: Final = 12
"""Best passages whose single texts are looked at."""
LIKE: Final = 0.6
"""What a text counts that has only something like the piece of a question."""


@dataclass(frozen=True, slots=True)
class Passage(Generic[Item]):
    """Something to be found: its texts, each with how much it counts."""

    item: Item
    texts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Hit(Generic[Item]):
    """Something found. `covered` is the share of the question that it has, 0 to 1, rare words counting for
    more."""

    item: Item
    score: float
    covered: float


class Index(Generic[Item]):
    """Passages in memory; a question costs about a millisecond among a hundred of them."""

    def __init__(self, passages: Iterable[Passage[Item]], synonyms: Iterable[Sequence[str]] = ()) -> None:
        self._concepts = Concepts(synonyms)
        self._items: list[Item] = []
        texts_of: list[list[frozenset[str]]] = []
        postings: dict[str, dict[int, float]] = defaultdict(dict)
        lengths: list[float] = []
        for number, passage in enumerate(passages):
            self._items.append(passage.item)
            counts: defaultdict[str, float] = defaultdict(float)
            texts = []
            for text, weight in passage.texts:
                terms = list(terms_of(text, self._concepts))
                texts.append(frozenset(term for term in terms if not term.startswith(("u:", "p:"))))
                for term in terms:
                    counts[term] += weight
            texts_of.append(texts)
            lengths.append(sum(counts.values()))
            for term, count in counts.items():
                postings[term][number] = count
        self._postings = dict(postings)
        usual = sum(lengths) / max(len(lengths), 1) or 1.0
        self._saturation = [SATURATION * (1 - LENGTH + LENGTH * length / usual) for length in lengths]
        self._rarities = {term: self._rarity_of(len(found)) for term, found in self._postings.items()}
        self._texts = [[(text, self._worth(text)) for text in texts if text] for texts in texts_of]

    def find(self, question: str) -> list[Hit[Item]]:
        """What has anything of the question, best first."""
        units = units_of(question, self._concepts)
        scores: defaultdict[int, float] = defaultdict(float)
        had: defaultdict[int, float] = defaultdict(float)
        asked = 0.0
        for unit in units:
            rarity = self._rarity(unit)
            asked += unit.weight * rarity
            for number, share in self._matches(unit).items():
                scores[number] += unit.weight * rarity * share
                had[number] += unit.weight * rarity
        best = sorted(scores, key=lambda number: -scores[number])[:EXAMINED]
        said = {term for unit in units for term in (unit.term, *unit.like)}
        for number in best:
            scores[number] *= 1 + FOCUS * self._focus(number, said)
        order = sorted(scores, key=lambda number: (-scores[number], number))
        return [Hit(self._items[one], scores[one], had[one] / asked) for one in order]

    def _focus(self, number: int, said: set[str]) -> float:
        """The largest share of one text of a passage that was asked, 0 to 1."""
        shares = (self._worth(text & said) / worth for text, worth in self._texts[number])
        return max(shares, default=0.0)

    def _worth(self, terms: Iterable[str]) -> float:
        return sum(self._rarities[term] for term in terms)

    def _matches(self, unit: Unit) -> dict[int, float]:
        """The passages that have the unit, each with 0 to 1 for how much."""
        found: dict[int, float] = {}
        for term in (unit.term, *unit.like):
            worth = 1.0 if term == unit.term else LIKE
            for number, count in self._postings.get(term, {}).items():
                share = worth * count / (count + self._saturation[number])
                if share > found.get(number, 0.0):
                    found[number] = share
        return found

    def _rarity(self, unit: Unit) -> float:
        """That of the unit's commonest term; what no text has is as rare as what one has."""
        rarest = self._rarity_of(1)
        return min(self._rarities.get(term, rarest) for term in (unit.term, *unit.like))

    def _rarity_of(self, texts: int) -> float:
        """The inverse document frequency of a term that so many passages have."""
        return math.log(1 + (len(self._items) - texts + 0.5) / (texts + 0.5))
