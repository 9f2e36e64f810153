"""Rate limits: how often one caller may ask for one thing.

    limiter = Limiter(caller_key)

    @limiter.limit("10/minute;60/hour")
    def route(): ...

In memory a limit is a sliding window from two counters: the calls of the current window plus a share of the
previous one, as far as it reaches into the last `period` seconds. With Redis, shared by several processes, it
is a fixed window counted by one INCR; while Redis is unreachable each process counts alone. A check takes a
few microseconds, because every scan makes one (ADR 0017).
"""

from __future__ import annotations

import functools
import math
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, ParamSpec, Protocol, TypeVar

import structlog

from citizen_app.flask_globals import current_request, request_globals
from citizen_app.wire.problems import Problem

log = structlog.get_logger(__name__)
Given = ParamSpec("Given")
Result = TypeVar("Result")

SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
REDIS_RETRY_SECONDS: Final = 5.0
"""Time until a Redis that did not answer is tried again."""
REDIS_TIMEOUT: Final = 0.2
EXACT: Final = 6
"""Decimal places of time: a caller who waits as long as `Retry-After` says must not be refused for a rounding
error."""
LIMITED: Final = "limits_calls"
"""The mark of a route with a limit."""
OPEN_TO_ANYONE: Final = "50/second;1500/minute"
"""The limit of one address on routes without a signed-in caller. Hundreds of phones share a mobile carrier's
address: a crowd at a stop that looks every half minute stays below it, and a machine that asks as fast as it
can takes a small part of a server."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls within a period in seconds."""

    most: int
    period: int


@dataclass(frozen=True, slots=True)
class LimitState:
    """The state of a limit after a call: whether the call is allowed, how many are left, seconds until there
    are more."""

    limit: Limit
    allowed: bool
    left: int
    reset: int


class Counters(Protocol):
    """Where calls are counted. `name` and `key` together say what is limited and for whom."""

    def hit(self, name: str, limit: Limit, key: str) -> LimitState:
        """Count a call, unless it is over the limit."""

    def peek(self, name: str, limit: Limit, key: str) -> LimitState:
        """How a call would stand, uncounted."""

    def reset(self) -> None:
        """Forget everything."""


class MemoryCounters:
    """Counters of one process: for each limit the current and the previous window; older ones are dropped."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, Limit], _Window] = {}

    def hit(self, name: str, limit: Limit, key: str) -> LimitState:
        """Count a call, unless it is over the limit."""
        return self._check(name, limit, key, counted=True)

    def peek(self, name: str, limit: Limit, key: str) -> LimitState:
        """How a call would stand, uncounted."""
        return self._check(name, limit, key, counted=False)

    def _check(self, name: str, limit: Limit, key: str, *, counted: bool) -> LimitState:
        number, elapsed = divmod(self._now(), limit.period)
        with self._lock:
            window = self._windows.get((name, limit))
            if window is None or window.number != number:
                before = window.counts if window is not None and window.number == number - 1 else {}
                window = self._windows[name, limit] = _Window(number, {}, before)
            here, earlier = window.counts.get(key, 0), window.before.get(key, 0)
            used = here + earlier * (1 - elapsed / limit.period)
            allowed = round(used + 1, EXACT) <= limit.most
            if allowed and counted:
                window.counts[key] = here + 1
        left = max(0, math.floor(limit.most - used - allowed))
        until_more = limit.period if allowed else _until_one_fits(limit, here, earlier)
        return LimitState(limit, allowed, left, math.ceil(round(until_more - elapsed, EXACT)))

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._windows.clear()


def _until_one_fits(limit: Limit, here: int, earlier: int) -> float:
    """Seconds from the beginning of the current window until the sliding window has room for one more
    call."""
    room = limit.most - 1 - here
    if room >= 0:
        return limit.period * (1 - room / earlier)
    return limit.period * (2 - (limit.most - 1) / here)


@dataclass(slots=True)
class _Window:
    number: float
    counts: dict[str, int]
    before: dict[str, int]


class RedisCounters:
    """Counters shared by all processes; while Redis is unreachable, those of this process."""

    def __init__(self, url: str, now: Callable[[], float] = time.time) -> None:
        import redis  # 6 MB that a server without Redis does without

        self._errors = redis.RedisError
        self._redis = redis.Redis.from_url(
            url, socket_timeout=REDIS_TIMEOUT, socket_connect_timeout=REDIS_TIMEOUT
        )
        self._now = now
        self._alone = MemoryCounters(now)
        self._away_until = 0.0

    def hit(self, name: str, limit: Limit, key: str) -> LimitState:
        """Count a call."""
        return self._check(name, limit, key, counted=True)

    def peek(self, name: str, limit: Limit, key: str) -> LimitState:
        """How a call would stand, uncounted."""
        return self._check(name, limit, key, counted=False)

    def _check(self, name: str, limit: Limit, key: str, *, counted: bool) -> LimitState:
        alone = self._alone.hit if counted else self._alone.peek
        if time.monotonic() < self._away_until:
            return alone(name, limit, key)
        number, elapsed = divmod(self._now(), limit.period)
        place = f"limit:{name}:{limit.most}/{limit.period}:{key}:{number:.0f}"
        try:
            count = self._counted(place, limit) if counted else int(self._redis.get(place) or 0) + 1
        except self._errors as error:
            log.error("Redis is away; each process counts its rate limits alone", error=type(error).__name__)
            self._away_until = time.monotonic() + REDIS_RETRY_SECONDS
            return alone(name, limit, key)
        left = max(0, limit.most - count)
        return LimitState(limit, count <= limit.most, left, math.ceil(limit.period - elapsed))

    def _counted(self, place: str, limit: Limit) -> int:
        with self._redis.pipeline(transaction=False) as asked:
            asked.incr(place)
            asked.expire(place, limit.period + 1)
            count, _ = asked.execute()
        return int(count)

    def reset(self) -> None:
        """Forget everything."""
        self._alone.reset()
        for place in self._redis.scan_iter("limit:*"):
            self._redis.delete(place)


class Limiter:
    """Puts limits on routes. `key` gives the caller to count when a limit has no key function of its own."""

    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key
        self.counters: Counters = MemoryCounters()
        self.enabled = True

    def use(self, redis_url: str | None) -> None:
        """Start with fresh counters, in Redis or in memory."""
        self.counters = RedisCounters(redis_url) if redis_url else MemoryCounters()

    def reset(self) -> None:
        """Forget every call."""
        self.counters.reset()

    def limit(
        self,
        words: str | Callable[[], str],
        *,
        key_func: Callable[[], str] | None = None,
        refusals_only: bool = False,
    ) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
        """Limit a route, for example `"10/minute;60/hour"`: beyond it the answer is 429 with `Retry-After`.

        The caller is authenticated before. Several limits of a route are checked from the outermost inwards.
        With `refusals_only` only calls that end with a problem are counted, so that correct calls never use
        the limit up.
        """
        if isinstance(words, str):
            limits_of(words)  # a mistake shows at import

        def decorate(route: Callable[Given, Result]) -> Callable[Given, Result]:
            @functools.wraps(route)
            def limited(*args: Given.args, **kwargs: Given.kwargs) -> Result:
                if not self.enabled:
                    return route(*args, **kwargs)
                limits = limits_of(words if isinstance(words, str) else words())
                key = (key_func or self._key)()
                self._check(limits, key, self.counters.peek if refusals_only else self.counters.hit)
                try:
                    return route(*args, **kwargs)
                except Exception:
                    if refusals_only:
                        for limit in limits:
                            self.counters.hit(current_request().endpoint or "", limit, key)
                    raise

            setattr(limited, LIMITED, True)  # decorators around it carry the mark on
            return limited

        return decorate

    def check(self, words: str, key: str, name: str | None = None) -> None:
        """Count a call of the current route, or under a name that several share. Raises a 429 beyond the
        limit."""
        if self.enabled:
            self._check(limits_of(words), key, self.counters.hit, name)

    def within(self, name: str, words: str, key: str) -> bool:
        """Count a call under a name that several routes share; False beyond the limit, where the caller
        decides what that means."""
        if not self.enabled:
            return True
        return all(self.counters.hit(name, limit, key).allowed for limit in limits_of(words))

    def _check(
        self,
        limits: tuple[Limit, ...],
        key: str,
        ask: Callable[[str, Limit, str], LimitState],
        name: str | None = None,
    ) -> None:
        counted, notes = name or current_request().endpoint or "", request_globals()
        for limit in limits:
            standing = ask(counted, limit, key)
            tightest: LimitState | None = notes.get("limited")
            if tightest is None or standing.left <= tightest.left:
                notes.limited = standing
            if not standing.allowed:
                raise Problem("too-many-requests", headers={"Retry-After": str(standing.reset)})


def limits_itself(view: Callable[..., object], method: str) -> bool:
    """Whether a view function limits calls by this method, beyond what its audience does."""
    handler = getattr(getattr(view, "view_class", None), method.lower(), None)
    return any(getattr(function, LIMITED, False) for function in (view, handler))


def headers_of(standing: LimitState) -> tuple[tuple[str, str], ...]:
    """The `RateLimit-*` headers: the limit, the calls left, and the seconds until there are more."""
    return (
        ("RateLimit-Limit", str(standing.limit.most)),
        ("RateLimit-Remaining", str(standing.left)),
        ("RateLimit-Reset", str(standing.reset)),
    )


@functools.cache
def limits_of(words: str) -> tuple[Limit, ...]:
    """Limits from words such as `30/second` or `10/minute;60/hour`. Raises `ValueError`."""
    found = []
    for part in words.split(";"):
        read = re.fullmatch(r"([1-9]\d*)/(second|minute|hour|day)", part)
        if read is None:
            raise ValueError(f"{part!r} is no limit: write a number / second, minute, hour or day")
        found.append(Limit(int(read[1]), SECONDS[read[2]]))
    return tuple(found)
