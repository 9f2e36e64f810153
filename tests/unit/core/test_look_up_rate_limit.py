"""Look-ups of unknown tokens are counted, so that a flood stays a trickle at the database."""

from __future__ import annotations

import pytest

from citizen_app.secrecy import bearers


def test_so_many_per_second_and_again_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    second = 1000.0
    monkeypatch.setattr(bearers.time, "monotonic", lambda: second)
    allowance = bearers.LookUpRateLimit(3)
    assert [allowance.take() for _ in range(5)] == [True, True, True, False, False]
    second = 1001.0
    assert allowance.take()


def test_what_is_gone_is_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bearers, "MOST_GONE", 2)
    allowance = bearers.LookUpRateLimit(3)
    assert not allowance.is_gone(b"a")
    for fingerprint in (b"a", b"b"):
        allowance.remember_gone(fingerprint)
    assert allowance.is_gone(b"a")
    assert allowance.is_gone(b"b")
    allowance.remember_gone(b"c")
    assert [allowance.is_gone(one) for one in (b"a", b"b", b"c")] == [False, False, True]
