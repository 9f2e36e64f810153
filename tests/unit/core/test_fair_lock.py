"""The write lock is granted in the order of asking."""

from __future__ import annotations

import threading
import time

import pytest

from citizen_app.storage.dialects import FairLock, WriteLockTimeout


def test_first_come_first_served() -> None:
    lock, order = FairLock(), []
    lock.acquire(1)
    threads = []

    def wait(number: int) -> None:
        lock.acquire(5)
        order.append(number)
        lock.release()

    for number in range(20):
        thread = threading.Thread(target=wait, args=(number,))
        thread.start()
        threads.append(thread)
        while len(lock._waiting) <= number:
            time.sleep(0.001)
    lock.release()
    for thread in threads:
        thread.join(5)
    assert order == list(range(20))


def test_a_waiter_that_times_out_leaves_the_queue() -> None:
    lock = FairLock()
    lock.acquire(1)
    with pytest.raises(WriteLockTimeout):
        lock.acquire(0.01)
    lock.release()
    lock.acquire(0.1)
    lock.release()
