"""The line of scans: everybody is answered once, nobody waits for company, whoever waits is taken along."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

import pytest

from citizen_app.database import WriteLockTimeout
from citizen_app.scans import together
from citizen_app.scans.attempt import Attempt
from citizen_app.scans.together import MOST_TOGETHER, Line, Place


def place(scan_id: object, kiosk: str = "k") -> Place:
    attempt = SimpleNamespace(kiosk=SimpleNamespace(id=kiosk), request=SimpleNamespace(scan_id=str(scan_id)))
    return Place(cast(Attempt, attempt))


class Walks:
    """What was walked together; the first walk waits until it may end."""

    def __init__(self, first: Callable[[], None] = lambda: None) -> None:
        self.companies: list[list[str]] = []
        self.began, self.may_end = threading.Event(), threading.Event()
        self._first = first

    def __call__(self, company: Sequence[Place]) -> None:
        self.companies.append([one.attempt.request.scan_id for one in company])
        if len(self.companies) == 1:
            self.began.set()
            assert self.may_end.wait(10)
            self._first()
        for one in company:
            one.outcome = cast(Any, f"answered {one.attempt.request.scan_id}")


def queue_up(line: Line, walks: Walks, places: Sequence[Place], pool: ThreadPoolExecutor) -> list[Any]:
    """The first walks; the others come in their order while it does."""
    going = [pool.submit(line.pass_through, places[0])]
    assert walks.began.wait(10)
    for number, one in enumerate(places[1:], start=1):
        going.append(pool.submit(line.pass_through, one))
        while len(line._waiting) < number:
            time.sleep(0.001)
    return going


def test_who_comes_alone_walks_at_once() -> None:
    walks = Walks()
    walks.may_end.set()
    line = Line(walks)
    for scan_id in "abc":
        one = place(scan_id)
        line.pass_through(one)
        assert one.outcome == f"answered {scan_id}"
    assert walks.companies == [["a"], ["b"], ["c"]]


def test_who_waits_is_taken_along_by_the_first_who_waited() -> None:
    walks, places = Walks(), [place(scan_id) for scan_id in "abcdef"]
    with ThreadPoolExecutor(6) as pool:
        going = queue_up(Line(walks), walks, places, pool)
        walks.may_end.set()
        for one in going:
            one.result(10)
    assert walks.companies == [["a"], list("bcdef")]
    assert [one.outcome for one in places] == [f"answered {scan_id}" for scan_id in "abcdef"]


def test_one_scan_id_of_a_kiosk_goes_once_in_a_company() -> None:
    """The second is a retry: it must find the first answered."""
    walks = Walks()
    places = [place("a"), place("b"), place("b"), place("b", "another"), place("c"), place("b")]
    with ThreadPoolExecutor(6) as pool:
        going = queue_up(Line(walks), walks, places, pool)
        walks.may_end.set()
        for one in going:
            one.result(10)
    assert walks.companies == [["a"], ["b", "b", "c"], ["b"], ["b"]]


def test_a_leader_that_dies_leaves_nobody_waiting() -> None:
    def die() -> None:
        raise SystemExit

    walks = Walks(first=die)
    walks.companies.append([])  # the first walk of this test is not the one that waits
    walks.may_end.set()
    broken, line = [True], Line(lambda company: die() if broken and broken.pop() else walks(company))
    with pytest.raises(SystemExit):
        line.pass_through(place("a"))
    after = place("b")
    line.pass_through(after)
    assert after.outcome == "answered b"


def test_those_whom_a_dying_leader_took_along_walk_alone() -> None:
    walks, places = Walks(), [place(scan_id) for scan_id in "abc"]

    def walk(company: Sequence[Place]) -> None:
        walks(company)
        if len(company) > 1:
            for one in company:
                one.outcome = None
            raise SystemExit

    with ThreadPoolExecutor(3) as pool:
        going = queue_up(Line(walk), walks, places, pool)
        walks.may_end.set()
        with pytest.raises(SystemExit):
            going[1].result(10)
        going[2].result(10)
    assert (places[2].outcome, places[2].error, places[2].taken_along) == (None, None, True)


def test_who_waits_too_long_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "LOCK_TIMEOUT_SECONDS", 0.05)
    walks, impatient = Walks(), place("b")
    with ThreadPoolExecutor(1) as pool:
        line = Line(walks)
        (first,) = queue_up(line, walks, [place("a")], pool)
        with pytest.raises(WriteLockTimeout):
            line.pass_through(impatient)
        walks.may_end.set()
        first.result(10)
    assert walks.companies == [["a"]] and not line._waiting


@pytest.mark.parametrize("at_once", [1, 3])
def test_everybody_is_answered_exactly_once(at_once: int) -> None:
    walked, sizes, running, lock = Counter[str](), [], [0, 0], threading.Lock()

    def walk(company: Sequence[Place]) -> None:
        with lock:
            running[0] += 1
            running[1] = max(running)
            sizes.append(len(company))
            walked.update(one.attempt.request.scan_id for one in company)
        time.sleep(0.0005)
        with lock:
            running[0] -= 1
        for one in company:
            one.outcome = cast(Any, one.attempt.request.scan_id)

    line = Line(walk, at_once)

    def one_thread(thread: int) -> bool:
        places = [place(f"{thread}-{number}") for number in range(100)]
        for one in places:
            line.pass_through(one)
        return all(one.outcome == one.attempt.request.scan_id for one in places)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(one_thread, range(16)))
    assert set(walked.values()) == {1} and len(walked) == 1600
    assert running[1] == at_once and 1 < max(sizes) <= MOST_TOGETHER
