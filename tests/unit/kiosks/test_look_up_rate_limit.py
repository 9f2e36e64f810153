"""Look-ups of unknown tokens are counted, so that a flood stays a trickle at the database."""

from __future__ import annotations

import pytest

from citizen_app.kiosks import queries


def test_so_many_per_second_and_again_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    second = 1000.0
    monkeypatch.setattr(queries.time, "monotonic", lambda: second)
    allowance = queries.LookUpRateLimit(3)
    assert [allowance.take() for _ in range(5)] == [True, True, True, False, False]
    second = 1001.0
    assert allowance.take()
