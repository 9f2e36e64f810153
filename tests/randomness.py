"""How unpredictable something looks that was made many times: bits that are ones half the time, and do not
follow from those of the one before, are random. It finds what is constant, short, counted on or derived; a
cryptographer it is not."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from typing import Final

URL_SAFE: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
DEVIATIONS: Final = 6
"""A fair bit lies further from a half once in 500 million times."""


def random_bits(samples: Sequence[bytes]) -> int:
    """How many bits of equally long texts look random: by themselves, and against the text before."""
    length = len(samples[0])
    assert all(len(sample) == length for sample in samples)
    steps = [bytes(a ^ b for a, b in zip(*pair, strict=True)) for pair in pairwise(samples)]
    return len(_fair(samples, length) & _fair(steps, length))


def digits_of(text: str, alphabet: str = URL_SAFE) -> bytes:
    """A text of 32 or 64 letters as the numbers of its letters; what is no letter is left out."""
    return bytes(alphabet.index(letter) for letter in text if letter in alphabet)


def _fair(samples: Sequence[bytes], length: int) -> set[tuple[int, int]]:
    """Places of bits that are ones about half the time."""
    joined, count = b"".join(samples), len(samples)
    most = DEVIATIONS * sqrt(count) / 2
    fair = set()
    for place in range(length):
        seen = Counter(joined[place::length])
        for bit in range(8):
            ones = sum(times for value, times in seen.items() if value >> bit & 1)
            if abs(ones - count / 2) <= most:
                fair.add((place, bit))
    return fair
