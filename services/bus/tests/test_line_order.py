"""The stops of a line in one order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.bus.operations.timetable.line_order import merged_order


def test_a_short_turn_adds_nothing() -> None:
    assert merged_order({(1, 2, 3, 4): 2, (1, 2): 50, (3, 4): 9}) == [1, 2, 3, 4]


def test_a_branch_comes_behind_the_stop_it_leaves_and_a_feeder_before_the_one_it_joins() -> None:
    assert merged_order({(1, 2, 3, 4): 5, (1, 2, 8, 9): 1}) == [1, 2, 8, 9, 3, 4]
    assert merged_order({(1, 2, 3): 5, (7, 2, 3): 1}) == [1, 7, 2, 3]


def test_a_loop_shows_its_first_stop_once() -> None:
    assert merged_order({(1, 2, 3, 1): 1}) == [1, 2, 3]


def test_patterns_that_share_nothing_follow_each_other() -> None:
    assert merged_order({(1, 2, 3): 1, (8, 9): 1}) == [1, 2, 3, 8, 9]


def test_nothing_gives_nothing() -> None:
    assert merged_order({}) == []


@given(
    st.dictionaries(
        st.lists(st.integers(1, 9), min_size=1, max_size=8).map(tuple),
        st.integers(1, 9),
        min_size=1,
        max_size=6,
    )
)
def test_every_stop_stands_there_once_and_the_longest_pattern_keeps_its_order(
    patterns: dict[tuple[int, ...], int],
) -> None:
    order = merged_order(patterns)
    assert sorted(order) == sorted({stop for pattern in patterns for stop in pattern})
    spine = min(patterns, key=lambda p: (-len(set(p)), -patterns[p], p))
    assert [stop for stop in order if stop in spine] == list(dict.fromkeys(spine))
