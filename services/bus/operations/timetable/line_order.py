"""The stops of a line in one order, although its trips differ: short turns, detours, branches. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def merged_order(patterns: Mapping[tuple[int, ...], int]) -> list[int]:
    """Every stop of the patterns once, in an order that riders recognise.

    `patterns` are the stop sequences of a direction's trips, with how many trips follow each. The pattern
    that serves the most stops (then the most used) is the spine; a stop that only others serve is put behind
    the stop it follows there, or before the one it precedes when it comes first. A stop that a loop serves
    twice stands at its first place.
    """
    order: list[int] = []
    for pattern in sorted(patterns, key=lambda p: (-len(set(p)), -patterns[p], p)):
        if not order:
            order = list(dict.fromkeys(pattern))
            continue
        known = set(order)
        for place, stop in enumerate(pattern):
            if stop not in known:
                order.insert(_place_for(order, pattern, place, known), stop)
                known.add(stop)
    return order


def _place_for(order: Sequence[int], pattern: Sequence[int], place: int, known: Iterable[int]) -> int:
    if place > 0:
        return order.index(pattern[place - 1]) + 1
    following = next((stop for stop in pattern if stop in known), None)
    return len(order) if following is None else order.index(following)
