"""The terms of a text, by which a question and its answer find each other.

    h:线路      two Chinese characters that stand together
    u:线        one of them
    p:xian lu   two syllables of pinyin
    e:invit     an English word, cut to its stem
    c:7         a concept: any of the expressions that mean the same, in either language

Words that only make a question (怎么, 吗, how, please) are no terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from citizen_app.searching.spelling import HAN, Syllables, normalised, pinyin, splits
from citizen_app.searching.stemming import stem

_WORD: Final = re.compile(r"#?[a-z]+(?:'[a-z]+)?|#")
_FORM_OF_QUESTION: Final = re.compile(
    "请问|怎么办理|怎么办|怎么样|怎么|怎样|如何|为什么|为啥|什么|哪里|哪儿|哪些|可不可以|可以|能不能|能否|是不是|有没有|"
    "一下|想要|需要|应该|我们|你们|咱们|自己|[吗呢吧啊呀嘛的了我你他她它们请把被让着想去在是有又也就很能和与跟]"
)
"""Words that make a sentence a question, and little words that could stand in any."""
_FORM_IN_ENGLISH: Final = frozenset(
    map(
        stem,
        re.findall(
            r"\S+",
            """a an the i me my mine we our you your it its he she his her they them their this that these those is are was
            were be been am do does did done can could may might shall should will would must have has had to of in on at
            by for from with and or if so as what which how why where who whom when please there here about into any some
            get got i'm it's what's im""",
        ),
    )
)


CONCEPT: Final = 1.6
CHARACTERS: Final = 1.0
CHARACTER: Final = 0.5
WORD: Final = 1.2
"""What the pieces of a question weigh against each other."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a question: the term that a text has if it says the same, and others by which it says
    something like it."""

    term: str
    weight: float
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A text taken apart: runs of Chinese; words of Latin letters in order, and their stems."""

    han: tuple[str, ...]
    words: tuple[str, ...]
    stems: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Written:
        """Take a text apart."""
        plain = normalised(text)
        words = tuple(_WORD.findall(HAN.sub(lambda run: "#" if run[0] == "#" else " ", plain)))
        han = tuple(run for run in HAN.findall(plain) if run != "#")
        return cls(han, words, tuple(map(stem, words)))


Span = tuple[int, int, str]
"""Where in a sequence a concept is named: from, to (not included), and its term."""


class Concepts:
    """Groups of expressions that mean the same: `("多少钱", "票价", "how much", "fare")`."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self._of_han, self._of_stems, self._of_syllables = _Expressions(), _Expressions(), _Expressions()
        for number, group in enumerate(groups):
            for expression in map(Written.of, group):
                concept = f"c:{number}"
                for run in expression.han:
                    self._of_han.add(tuple(run), concept)
                    if len(run) > 1:
                        self._of_syllables.add(pinyin(run), concept)
                if not expression.han:
                    self._of_stems.add(expression.stems, concept)

    def in_han(self, run: str) -> list[Span]:
        """Those that Chinese characters name."""
        return self._of_han.within(run)

    def in_stems(self, stems: Sequence[str]) -> list[Span]:
        """Those that English words name."""
        return self._of_stems.within(stems)

    def in_syllables(self, syllables: Sequence[str]) -> list[Span]:
        """Those that pinyin spells."""
        return self._of_syllables.within(syllables)


class _Expressions:
    """Sequences by their first member."""

    def __init__(self) -> None:
        self._beginning: dict[str, list[tuple[Syllables, str]]] = {}

    def add(self, expression: Syllables, concept: str) -> None:
        if expression:
            self._beginning.setdefault(expression[0], []).append((expression, concept))

    def within(self, text: Sequence[str]) -> list[Span]:
        return [
            (start, start + len(expression), concept)
            for start, first in enumerate(text)
            for expression, concept in self._beginning.get(first, ())
            if tuple(text[start : start + len(expression)]) == expression
        ]


def terms_of(text: str, concepts: Concepts) -> Iterator[str]:
    """Every term of a text that is to be found."""
    written = Written.of(text)
    named: set[str] = set()
    for run in written.han:
        for _, part in _content(run):
            yield from (f"u:{one}" for one in part)
            yield from (f"h:{one}{two}" for one, two in pairwise(part))
        yield from _spelt(pinyin(run))
        named.update(concept for *_, concept in concepts.in_han(run))
    yield from (f"e:{one}" for one in written.stems if one not in _FORM_IN_ENGLISH)
    named.update(concept for *_, concept in concepts.in_stems(written.stems))
    yield from sorted(named)


def units_of(question: str, concepts: Concepts) -> list[Unit]:
    """What a question asks for, piece by piece."""
    written = Written.of(question)
    units = [unit for run in written.han for unit in _han_units(run, concepts)]
    return list(dict.fromkeys([*units, *_latin_units(written, concepts)]))


def _han_units(run: str, concepts: Concepts) -> Iterator[Unit]:
    """Concepts, and pairs of characters; a pair inside of a concept's expression is like the concept, and
    what sounds the same is like it."""
    spans = concepts.in_han(run)
    yield from _named(spans)
    for start, part in _content(run):
        if len(part) == 1:
            yield Unit(f"u:{part}", CHARACTER, _around(spans, start, start + 1))
        for at, (one, two) in enumerate(pairwise(part), start):
            like = (*_spelt(pinyin(one + two)), *_around(spans, at, at + 2))
            yield Unit(f"h:{one}{two}", CHARACTERS, like)


def _latin_units(written: Written, concepts: Concepts) -> Iterator[Unit]:
    """Words of Latin letters are English, or pinyin where they split into syllables; syllables of neighbours
    stand together, as `gong jiao` does."""
    spans = concepts.in_stems(written.stems)
    yield from _named(spans)
    before: Syllables = ()
    for at, (word, cut) in enumerate(zip(written.words, written.stems, strict=True)):
        ways = splits(word)
        for way in ways:
            yield from _named(concepts.in_syllables(way))
        within = [pair for way in ways for pair in _spelt(way)]
        across = _spelt((before[-1], ways[0][0])) if before and ways else ()
        before = (*before, *ways[0]) if ways else ()
        if cut not in _FORM_IN_ENGLISH or within:
            yield Unit(f"e:{cut}", WORD, (*within, *across, *_around(spans, at, at + 1)))
    yield from _named(concepts.in_syllables(before))


def _named(spans: Iterable[Span]) -> Iterator[Unit]:
    return (Unit(concept, CONCEPT) for *_, concept in spans)


def _around(spans: Iterable[Span], start: int, end: int) -> tuple[str, ...]:
    return tuple(concept for first, last, concept in spans if first <= start and end <= last)


def _content(run: str) -> Iterator[tuple[int, str]]:
    """What a run of Chinese speaks of, without the form of the question: each part with its place."""
    start = 0
    for form in _FORM_OF_QUESTION.finditer(run):
        if form.start() > start:
            yield start, run[start : form.start()]
        start = form.end()
    if start < len(run):
        yield start, run[start:]


def _spelt(syllables: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"p:{one} {two}" for one, two in pairwise(syllables))
