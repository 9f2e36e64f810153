"""How texts are spelt for a search: one form for all widths and cases, Chinese as pinyin, pinyin as
syllables."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

HAN: Final = re.compile(r"[\u3400-\u9fff#]+")
"""Chinese characters; `#` stands for a number."""
_NUMBER: Final = re.compile(r"\d+")
_FINALS: Final = "iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|er|ia|ie|iu|in|ua|uo|ui|un|ue|ve|[aoeiuv]"
_ALONE: Final = "ang|eng|ai|ei|ao|ou|an|en|er|[aoe]"
_SYLLABLE: Final = re.compile(rf"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])(?:{_FINALS})|{_ALONE}")
MOST_SPLITS: Final = 3
LONGEST_PINYIN: Final = 40

Syllables = tuple[str, ...]


def normalised(text: str) -> str:
    """The text in one form: full-width letters are plain, all are small, numbers are `#`, ü is v as on
    keyboards."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v").replace("’", "'")
    return _NUMBER.sub("#", plain)


@lru_cache(maxsize=4096)
def pinyin(han: str) -> Syllables:
    """The syllables of Chinese characters, without tones."""
    from pypinyin import lazy_pinyin  # its dictionaries cost half a second: the first search loads them

    return tuple(syllable.replace("ü", "v") for syllable in lazy_pinyin(han))


def initials(han: str) -> str:
    """The first letters of the syllables."""
    return "".join(syllable[:1] for syllable in pinyin(han))


@lru_cache(maxsize=1024)
def splits(word: str) -> tuple[Syllables, ...]:
    """The ways in which a word of Latin letters is whole syllables of pinyin, the longest syllables first; at
    most three (`xian`: 先, 西安). None for a word that is no pinyin."""
    found: list[Syllables] = []
    if word.isascii() and word.isalpha() and len(word) <= LONGEST_PINYIN:
        _split(word, 0, (), found, set())
    return tuple(found)


def _split(word: str, start: int, before: Syllables, found: list[Syllables], dead: set[int]) -> bool:
    """Whether the rest of the word can be split; `dead` remembers from where it cannot."""
    if start == len(word):
        found.append(before)
        return True
    if start in dead:
        return False
    longest = _SYLLABLE.match(word, start)
    fits = False
    for end in range(longest.end() if longest else start, start, -1):
        if len(found) >= MOST_SPLITS:
            return True
        if _SYLLABLE.fullmatch(word, start, end):
            fits |= _split(word, end, (*before, word[start:end]), found, dead)
    if not fits:
        dead.add(start)
    return fits
