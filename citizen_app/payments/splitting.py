"""Splitting an amount exactly: by the largest remainder (Hamilton's method). Pure."""

from __future__ import annotations

from collections.abc import Sequence


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of `total` (分) in proportion to the weights, which add up to it exactly.

    Each part is its exact share rounded down; what is left goes, one 分 each, to the largest remainders, of
    equal ones to the first. Raises `ValueError` for negative numbers and for weights that are all zero.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("an amount of zero or more is split by weights of zero or more, not all zero")
    shares = [divmod(total * weight, whole) for weight in weights]
    parts = [share for share, _ in shares]
    by_remainder = sorted(range(len(weights)), key=lambda n: (-shares[n][1], n))
    for n in by_remainder[: total - sum(parts)]:
        parts[n] += 1
    return parts
