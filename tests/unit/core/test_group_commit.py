"""The group-commit queue: every item is answered once, without a batching delay; waiting items join the next
batch."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from citizen_app.storage import group_commit
from citizen_app.storage.dialects import WriteLockTimeout
from citizen_app.storage.group_commit import MOST_IN_BATCH, GroupCommit

Queue = GroupCommit[str, str]


def first_letter(item: str) -> str:
    """Items are one letter, the key, and what tells equal keys apart."""
    return item[0]


class Commits:
    """What was committed together; the first batch waits until it may end, and every batch of several then
    does `fate`."""

    def __init__(self, fate: Callable[[], None] = lambda: None) -> None:
        self.batches: list[list[str]] = []
        self.began, self.may_end = threading.Event(), threading.Event()
        self._fate = fate

    def __call__(self, batch: Sequence[str]) -> list[str | None]:
        self.batches.append(list(batch))
        if len(self.batches) == 1:
            self.began.set()
            assert self.may_end.wait(10)
        if len(batch) > 1:
            self._fate()
        return [f"did {item}" for item in batch]


def queue_up(
    queue: Queue, commits: Commits, items: str | Sequence[str], pool: ThreadPoolExecutor
) -> list[Future[str]]:
    """The first leads; the others come in their order while it does. Then it may end."""
    going = [pool.submit(queue.submit, items[0])]
    assert commits.began.wait(10)
    for number, item in enumerate(items[1:], start=1):
        going.append(pool.submit(queue.submit, item))
        while len(queue._queue) < number:
            time.sleep(0.001)
    commits.may_end.set()
    return going


def test_a_single_item_is_committed_immediately() -> None:
    commits = Commits()
    commits.may_end.set()
    queue = Queue(commits, first_letter)
    assert [queue.submit(item) for item in "abc"] == ["did a", "did b", "did c"]
    assert commits.batches == [["a"], ["b"], ["c"]]


def test_followers_are_committed_by_the_next_leader() -> None:
    commits = Commits()
    with ThreadPoolExecutor(6) as pool:
        going = queue_up(Queue(commits, first_letter), commits, "abcdef", pool)
        assert [one.result(10) for one in going] == [f"did {item}" for item in "abcdef"]
    assert commits.batches == [["a"], list("bcdef")]


def test_items_with_one_key_never_share_a_batch() -> None:
    """The second has to find the first committed."""
    commits = Commits()
    with ThreadPoolExecutor(6) as pool:
        going = queue_up(Queue(commits, first_letter), commits, ["a", "b1", "b2", "c", "d", "b3"], pool)
        assert [one.result(10) for one in going][1:3] == ["did b1", "did b2"]
    assert commits.batches == [["a"], ["b1", "c", "d"], ["b2"], ["b3"]]


def test_what_a_batch_leaves_over_is_committed_alone() -> None:
    commits = Commits()

    def leave_over(batch: Sequence[str]) -> list[str | None]:
        done = commits(batch)
        return done[:1] + [None] * (len(done) - 1)

    with ThreadPoolExecutor(4) as pool:
        going = queue_up(Queue(leave_over, first_letter), commits, "abcd", pool)
        assert [one.result(10) for one in going] == ["did a", "did b", "did c", "did d"]
    assert (commits.batches[:2], sorted(commits.batches[2:])) == ([["a"], ["b", "c", "d"]], [["c"], ["d"]])


def test_of_a_batch_that_fails_each_is_committed_alone() -> None:
    def fail() -> None:
        raise RuntimeError("one of them is at fault")

    commits = Commits(fail)
    with ThreadPoolExecutor(3) as pool:
        going = queue_up(Queue(commits, first_letter), commits, "abc", pool)
        assert [one.result(10) for one in going] == ["did a", "did b", "did c"]
    assert (commits.batches[:2], sorted(commits.batches[2:])) == ([["a"], ["b", "c"]], [["b"], ["c"]])


def test_an_outage_is_raised_to_the_whole_batch() -> None:
    class Lost(Exception):
        sqlstate = "08006"

    def lose() -> None:
        raise OperationalError("INSERT", {}, Lost())

    commits = Commits(lose)
    with ThreadPoolExecutor(3) as pool:
        going = queue_up(Queue(commits, first_letter), commits, "abc", pool)
        assert [type(one.exception(10)) for one in going] == [type(None), OperationalError, OperationalError]
    assert commits.batches == [["a"], ["b", "c"]]


def test_a_leader_hears_its_own_error() -> None:
    def fail(batch: Sequence[str]) -> list[str | None]:
        raise KeyError(batch[0])

    queue = Queue(fail, first_letter)
    for item in "ab":
        with pytest.raises(KeyError, match=item):
            queue.submit(item)


def test_a_leader_that_dies_leaves_nobody_waiting() -> None:
    def die() -> None:
        raise SystemExit

    commits = Commits(die)
    with ThreadPoolExecutor(4) as pool:
        going = queue_up(Queue(commits, first_letter), commits, "abc", pool)
        with pytest.raises(SystemExit):
            going[1].result(10)
        assert going[2].result(10) == "did c", "whom it had taken along goes on alone"


def test_a_follower_leaves_the_queue_after_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "LOCK_TIMEOUT_SECONDS", 0.05)
    commits = Commits()
    with ThreadPoolExecutor(1) as pool:
        queue = Queue(commits, first_letter)
        first = pool.submit(queue.submit, "a")
        assert commits.began.wait(10)
        with pytest.raises(WriteLockTimeout):
            queue.submit("b")
        commits.may_end.set()
        first.result(10)
    assert commits.batches == [["a"]] and not queue._queue


@pytest.mark.parametrize("leaders", [1, 3])
def test_everybody_is_answered_exactly_once(leaders: int) -> None:
    done, sizes, running, lock = Counter[str](), list[int](), [0, 0], threading.Lock()

    def commit(batch: Sequence[str]) -> list[str | None]:
        with lock:
            running[0] += 1
            running[1] = max(running)
            sizes.append(len(batch))
            done.update(batch)
        time.sleep(0.0005)
        with lock:
            running[0] -= 1
        return list(batch)

    queue = Queue(commit, str, leaders=leaders)

    def one_thread(thread: int) -> bool:
        return all(queue.submit(item) == item for item in (f"{thread}-{number}" for number in range(100)))

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(one_thread, range(16)))
    assert set(done.values()) == {1} and len(done) == 1600
    assert running[1] == leaders and 1 < max(sizes) <= MOST_IN_BATCH
