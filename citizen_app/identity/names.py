"""Names as two registers may write them."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST_NAME: Final = 60


def same_name(one: str, other: str) -> bool:
    """Whether two texts are the same name: letters count, whatever their case and width; spaces, middle dots,
    hyphens and commas do not."""
    letters = letters_of(one)
    return bool(letters) and letters == letters_of(other)


def letters_of(name: str) -> str:
    """The letters of a name in the form that is compared (compatibility caseless matching, Unicode §3.13);
    empty for what is no name."""
    folded = unicodedata.normalize("NFKD", name)
    for _ in range(2):
        folded = unicodedata.normalize("NFKD", folded.casefold())
    letters = "".join(letter for letter in folded if letter.isalnum() or unicodedata.combining(letter))
    return unicodedata.normalize("NFKD", letters)  # marks that were apart stand together now, in their order
