"""English words cut to a stem, so that `invite`, `invited` and `inviting` are one word.

A few endings of the plural and the verb, after Porter's first step (Program 14, 1980); less than his whole
algorithm, because the vocabulary here is small and irregular words are synonyms.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_VOWEL: Final = re.compile(r"[aeiouy]")
_HISSING: Final = ("ses", "xes", "zes", "ches", "shes")
_SHORTEST: Final = 3


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """The stem of a word in lower case."""
    word = word.removesuffix("'s")
    if len(word) <= _SHORTEST:
        return word
    return _without_e(_without_verb_ending(_singular(word)))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(_HISSING):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _without_verb_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= _SHORTEST and _VOWEL.search(rest):
            return rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
    return word


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST + 1 else word  # `fare` is not `far`
