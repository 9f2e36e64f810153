"""Prometheus metrics counted by the processes themselves. Names and labels are a contract with operators'
alerts.

Label values are closed sets: declared routes, methods and status classes, services and their declared
purposes, reasons of the catalogue. None identifies a citizen, a kiosk or an address. Under gunicorn each
worker counts in memory-mapped files of its own and `/metrics` adds them up; labelled children are looked up
once, so counting costs microseconds.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY: Final = CollectorRegistry()
METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
SECONDS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)

REQUESTS: Final = Histogram(
    "citizen_http_request_seconds",
    "Time to answer a request, by route and class of status.",
    ["method", "route", "status"],
    buckets=SECONDS,
    registry=REGISTRY,
)
PROBLEMS: Final = Counter(
    "citizen_problems", "Requests refused or failed, by kind of problem.", ["problem"], registry=REGISTRY
)
SCANS: Final = Counter(
    "citizen_scans",
    "Scans decided, retries not counted; unreadable codes are the reasons that name nobody.",
    ["service", "purpose", "decision", "reason"],
    registry=REGISTRY,
)
HOOKS: Final = Histogram(
    "citizen_hook_seconds",
    "Time a service took to decide a scan.",
    ["service"],
    buckets=SECONDS,
    registry=REGISTRY,
)
HOOK_FAILURES: Final = Counter(
    "citizen_hook_failures",
    "Scans that a service did not decide: busy (or circuit breaker open), late, broken.",
    ["service", "cause"],
    registry=REGISTRY,
)
BREAKERS: Final = Gauge(
    "citizen_breaker_open",
    "Processes in which a service's circuit breaker is open.",
    ["service"],
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
CONNECTIONS: Final = Gauge(
    "citizen_database_connections",
    "Database connections of the pools: in use, and the maximum.",
    ["state"],
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
WRITE_WAITS: Final = Histogram(
    "citizen_write_lock_wait_seconds",
    "SQLite only: time a transaction waited for the write lock.",
    buckets=SECONDS,
    registry=REGISTRY,
)

DESK_SEARCHES: Final = Counter(
    "citizen_desk_searches",
    "Searches for citizens by staff, by what they were searched by.",
    ["key"],
    registry=REGISTRY,
)
DESK_ALARMS: Final = Counter(
    "citizen_desk_search_alarms",
    "Times that a member of staff reached another fifty searches within an hour.",
    registry=REGISTRY,
)


def request_answered(method: str, route: str, status: int, seconds: float) -> None:
    """One answered request; `route` is the rule that matched."""
    _request(method, route, status // 100).observe(seconds)


def problem_answered(slug: str) -> None:
    """Count one problem of the catalogue."""
    _problem(slug).inc()


def scan_decided(service: str, purpose: str, decision: str, reason: str, times: int = 1) -> None:
    """Count `times` decisions; `purpose` must be declared by the service."""
    _scan(service, purpose, decision, reason).inc(times)


def hook_answered(service: str, seconds: float) -> None:
    """Count one call of a service's hook."""
    _hook(service).observe(seconds)


def hook_failed(service: str, cause: str) -> None:
    """Count one failed hook call: `busy`, `late` or `broken`."""
    HOOK_FAILURES.labels(service, cause).inc()


def write_lock_waited(seconds: float) -> None:
    """Record one wait for the write lock (SQLite)."""
    WRITE_WAITS.observe(seconds)


@cache
def _request(method: str, route: str, status_class: int) -> Histogram:
    return REQUESTS.labels(method if method in METHODS else "other", route, f"{status_class}xx")


@cache
def _problem(slug: str) -> Counter:
    return PROBLEMS.labels(slug)


@cache
def _scan(service: str, purpose: str, decision: str, reason: str) -> Counter:
    return SCANS.labels(service, purpose, decision, reason)


@cache
def _hook(service: str) -> Histogram:
    return HOOKS.labels(service)
