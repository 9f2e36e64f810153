"""Words as they are being typed: a part of a title is enough, in Chinese, in pinyin (whole or initials) or in
English."""

from __future__ import annotations

from dataclasses import dataclass

from citizen_app.searching.spelling import HAN, initials, normalised, pinyin


@dataclass(frozen=True, slots=True)
class Typed:
    """A text prepared for words in part."""

    title: str
    everything: str
    pinyin: str
    initials: str

    @classmethod
    def of(cls, title: str, everything: str) -> Typed:
        """Prepare a title, and all that is said beside it, in both languages."""
        whole = normalised(f"{title} {everything}")
        runs = HAN.findall(whole)
        return cls(
            normalised(title),
            whole,
            " ".join("".join(pinyin(run)) for run in runs),
            " ".join(initials(run) for run in runs),
        )

    def rank(self, query: str) -> int | None:
        """How well every word of the query is found, 0 best: in the title, anywhere, then by pinyin; None
        where a word is missing."""
        ranks = [self._rank(word) for word in normalised(query).split()]
        return None if None in ranks else sum(rank or 0 for rank in ranks)

    def _rank(self, word: str) -> int | None:
        if word in self.title:
            return 0
        if word in self.everything:
            return 1
        if word in self.pinyin:
            return 2
        return 3 if word in self.initials else None
