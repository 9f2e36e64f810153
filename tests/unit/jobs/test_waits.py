"""How long failures wait."""

from __future__ import annotations

import pytest

from citizen_app.jobs.outbox import GIVE_UP_AFTER, retry_wait
from citizen_app.jobs.runner import Job, backoff


def test_messages_wait_twice_as_long_each_time_up_to_an_hour() -> None:
    waits = [retry_wait(attempt).total_seconds() for attempt in range(1, 15)]
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert waits[-1] == 3600
    assert waits == sorted(waits)


def test_a_message_is_tried_many_times_before_it_is_given_up() -> None:
    spent, attempts = 0.0, 0
    while spent < GIVE_UP_AFTER.total_seconds():
        attempts += 1
        spent += retry_wait(attempts).total_seconds()
    assert 20 < attempts < 60


@pytest.mark.parametrize(
    ("every", "failures", "seconds"),
    [(1, 1, 2), (1, 3, 8), (1, 30, 60), (600, 1, 2), (600, 30, 600), (86400, 10, 1024), (86400, 99, 86400)],
)
def test_a_failing_job_is_tried_again_soon_and_then_more_slowly(
    every: int, failures: int, seconds: int
) -> None:
    assert backoff(every, failures).total_seconds() == seconds


def test_a_job_needs_an_interval() -> None:
    with pytest.raises(ValueError, match="every_seconds"):
        Job("idle", 0, lambda: None)
