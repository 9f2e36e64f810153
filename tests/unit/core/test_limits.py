"""How often a caller may ask: windows that slide, words that are read once, and a Redis that is away."""

from __future__ import annotations

import os

import pytest
import redis
from flask import Flask, g

from citizen_app.extensions import address_key
from citizen_app.ids import new_id
from citizen_app.limits import Limit, Limiter, MemoryCounters, RedisCounters, headers_of, limits_of
from citizen_app.wire.problems import Problem

PER_MINUTE = Limit(60, 60)


class Clock:
    """A moment that a test moves."""

    def __init__(self) -> None:
        self.now = 60_000.0

    def __call__(self) -> float:
        return self.now


def test_words_are_limits() -> None:
    assert limits_of("10/minute;60/hour") == (Limit(10, 60), Limit(60, 3600))


@pytest.mark.parametrize(
    "words", ["", "ten/minute", "0/minute", "10/fortnight", "10 per minute", "10/minute;"]
)
def test_other_words_are_refused_where_they_are_written(words: str) -> None:
    with pytest.raises(ValueError, match="is no limit"):
        Limiter(lambda: "").limit(words)


def test_a_limit_is_reached_and_is_left_again() -> None:
    clock = Clock()
    counters = MemoryCounters(clock)
    asked = [counters.hit("scan", PER_MINUTE, "kiosk") for _ in range(61)]
    assert [standing.allowed for standing in asked] == [True] * 60 + [False]
    assert [asked[0].left, asked[59].left, asked[60].left] == [59, 0, 0]
    assert headers_of(asked[0]) == (
        ("RateLimit-Limit", "60"),
        ("RateLimit-Remaining", "59"),
        ("RateLimit-Reset", "60"),
    )
    assert counters.hit("scan", PER_MINUTE, "other kiosk").allowed
    assert counters.hit("show", PER_MINUTE, "kiosk").allowed
    clock.now += 120
    assert counters.hit("scan", PER_MINUTE, "kiosk").left == 59


def test_the_window_slides() -> None:
    """A limit that is used up at the end of a window cannot be used again at the beginning of the next."""
    clock = Clock()
    counters = MemoryCounters(clock)
    clock.now += 59
    assert all(counters.hit("scan", PER_MINUTE, "kiosk").allowed for _ in range(60))
    clock.now += 31  # half of the window before still counts
    allowed = [counters.hit("scan", PER_MINUTE, "kiosk").allowed for _ in range(60)]
    assert allowed == [True] * 30 + [False] * 30


@pytest.mark.parametrize("spent_at", [0, 20, 59])
@pytest.mark.parametrize("most", [1, 2, 60])
def test_retry_after_is_exact(spent_at: int, most: int) -> None:
    clock, limit = Clock(), Limit(most, 60)
    counters = MemoryCounters(clock)
    clock.now += spent_at
    for _ in range(most):
        assert counters.hit("scan", limit, "kiosk").allowed
    for _ in range(3):  # in the window in which it was spent, and in those after it
        refused = counters.hit("scan", limit, "kiosk")
        assert not refused.allowed
        clock.now += refused.reset - 1
        assert not counters.peek("scan", limit, "kiosk").allowed
        clock.now += 1
        assert counters.hit("scan", limit, "kiosk").allowed


def test_what_nobody_asks_for_any_more_is_forgotten() -> None:
    clock = Clock()
    counters = MemoryCounters(clock)
    for caller in range(1000):
        counters.hit("scan", PER_MINUTE, str(caller))
    for _ in range(2):
        clock.now += 60
        counters.hit("scan", PER_MINUTE, "kiosk")
    (window,) = counters._windows.values()
    assert (len(window.counts), len(window.before)) == (1, 1)


@pytest.fixture
def shared() -> str:
    """The address of a Redis."""
    url = os.environ.get("CITIZEN_TEST_REDIS", "redis://127.0.0.1:6379/0")
    try:
        redis.Redis.from_url(url, socket_connect_timeout=0.5).ping()
    except redis.RedisError:
        pytest.skip("no Redis answers here")
    return url


def test_processes_share_a_limit_through_redis(shared: str) -> None:
    clock, name = Clock(), new_id()
    processes = [RedisCounters(shared, clock) for _ in range(2)]
    asked = [processes[n % 2].hit(name, PER_MINUTE, "kiosk") for n in range(61)]
    assert [standing.allowed for standing in asked] == [True] * 60 + [False]
    assert not processes[0].peek(name, PER_MINUTE, "kiosk").allowed
    clock.now += 60
    assert processes[1].peek(name, PER_MINUTE, "kiosk").left == 59
    assert processes[0].hit(name, PER_MINUTE, "kiosk").left == 59


def test_without_redis_each_process_counts_alone() -> None:
    counters = RedisCounters("redis://127.0.0.1:1/0", Clock())
    asked = [counters.hit("scan", PER_MINUTE, "kiosk") for _ in range(61)]
    assert [standing.allowed for standing in asked] == [True] * 60 + [False]


def test_only_refusals_count_where_a_route_says_so() -> None:
    limiter = Limiter(lambda: "caller")
    limiter.counters = MemoryCounters(Clock())

    @limiter.limit("2/minute", refusals_only=True)
    def route(right: bool) -> bool:
        if not right:
            raise Problem("sign-in-refused")
        return right

    with Flask(__name__).test_request_context("/"):
        assert all(route(True) for _ in range(5))
        for slug in ("sign-in-refused", "sign-in-refused", "too-many-requests"):
            with pytest.raises(Problem) as refused:
                route(False)
            assert refused.value.kind.slug == slug
        with pytest.raises(Problem, match="too-many"):
            route(True)


def test_a_route_beyond_its_limit_is_a_problem() -> None:
    limiter = Limiter(lambda: "caller")
    limiter.counters = MemoryCounters(Clock())

    @limiter.limit("100/hour")
    @limiter.limit(lambda: "2/minute", key_func=lambda: "other")
    def route(number: int) -> int:
        return number

    with Flask(__name__).test_request_context("/"):
        assert [route(1), route(2)] == [1, 2]
        assert g.limited.limit == Limit(2, 60), "the caller hears of the limit that is nearest"
        with pytest.raises(Problem) as refused:
            route(3)
        limiter.enabled = False
        assert route(4) == 4
    assert refused.value.kind.slug == "too-many-requests"
    assert refused.value.headers == {"Retry-After": "90"}  # two more: half of the next window too


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("", "", True),
    ],
)
def test_an_address_is_a_subscriber(one: str, other: str, same: bool) -> None:
    """A subscriber of IPv6 has a network of addresses."""
    keys = []
    for address in (one, other):
        with Flask(__name__).test_request_context("/", environ_base={"REMOTE_ADDR": address}):
            keys.append(address_key())
    assert (keys[0] == keys[1]) is same
