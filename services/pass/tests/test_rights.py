"""Which right holds, and of several reasons the one that is worth telling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ..manifest import DETAILS
from ..operations.rights import WORST_FIRST, Right, choose, fault_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("right", "is_open", "fault"),
    [
        (Right("member"), True, None),
        (Right("member"), False, "outside_hours"),
        (Right("member", status="suspended"), True, "suspended"),
        (Right("guest", status="revoked", used_up=True), True, "revoked"),
        (Right("guest", starts=NOW + HOUR), True, "not_yet"),
        (Right("guest", starts=NOW, ends=NOW + HOUR), True, None),
        (Right("guest", ends=NOW), True, "expired"),
        (Right("guest", used_up=True), True, "invitation_used"),
        (Right("guest", host_stands=False, used_up=True), True, "host_left"),
    ],
)
def test_why_a_right_does_not_hold(right: Right, is_open: bool, fault: str | None) -> None:
    assert fault_of(right, NOW, is_open) == fault


def test_the_first_right_that_holds_is_used() -> None:
    first, second = Right("member"), Right("guest", "1")
    assert choose([(first, "expired"), (second, None), (Right("anyone"), None)]) is second


def test_the_most_helpful_reason_is_told() -> None:
    rights = [(Right("member"), "revoked"), (Right("guest"), "not_yet"), (Right("guest"), "expired")]
    assert choose(rights) == "not_yet"
    assert choose([]) == "not_a_member"


def test_every_reason_has_its_words() -> None:
    declared = {detail.code for detail in DETAILS}
    assert set(WORST_FIRST) <= declared
    assert declared - set(WORST_FIRST) == {
        "wrong_gate",
        "no_gate",
        "already_inside",
        "place_closed",
        "not_a_counter",
    }
