"""`GET /metrics`: Prometheus metrics, for holders of the metrics token only."""

from __future__ import annotations

import hmac
import os
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import structlog
from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.pool import QueuePool

from citizen_app import clock
from citizen_app.backup.operations import last_backup
from citizen_app.codes.keys import ROTATE_EVERY, key_ring
from citizen_app.jobs.heartbeat import overdue
from citizen_app.jobs.queries import outbox_backlog, runs_of_jobs
from citizen_app.process import metrics
from citizen_app.process.release import VERSION
from citizen_app.registry.modules import current_registry
from citizen_app.settings import current_settings
from citizen_app.storage import dialects
from citizen_app.storage.orm import ask_database, db
from citizen_app.usage.partitions import months_ahead
from citizen_app.usage.statistics import oldest_uncounted
from citizen_app.web.boundary.audiences import Audience, bearer_token, page_blueprint
from citizen_app.wire.problems import Problem

log = structlog.get_logger(__name__)
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


def _watcher() -> None:
    """Check for `CITIZEN_METRICS_TOKEN`; without that setting the route answers 404."""
    token = current_settings().metrics_token
    if token is None:
        raise Problem("not-found")
    if not hmac.compare_digest(bearer_token().encode(), token.encode()):
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


METRICS: Final = Audience("watcher", _watcher)
blueprint = page_blueprint("metrics", METRICS)


@blueprint.get("/metrics")
def show() -> Response:
    """All counters, and gauges read now."""
    registry = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Counted())
    registry.register(_Standing())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def measure(app: Flask) -> None:
    """Read the gauges of an application once a second on its cache-watch thread, never during a request."""
    app.extensions["watch"].on_each_check(take_readings)


def take_readings() -> None:
    """Set the gauges: connections, circuit breakers."""
    pool, most = db.engine.pool, dialects.engine_options(current_settings())
    if isinstance(pool, QueuePool):
        metrics.CONNECTIONS.labels("in use").set(pool.checkedout())
        metrics.CONNECTIONS.labels("most").set(most["pool_size"] + most["max_overflow"])
    for module in current_registry():
        metrics.BREAKERS.labels(module.id).set(module.breaker.is_open)


class _Counted(Collector):
    """The figures of this one process."""

    def collect(self) -> Iterable[Metric]:
        return metrics.REGISTRY.collect()


class _Standing(Collector):
    """Gauges of the database and this machine, read when scraped."""

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily("citizen_build_info", "The release that runs.", labels=["version"])
        build.add_metric([VERSION], 1)
        yield build
        answers = GaugeMetricFamily("citizen_database_up", "Whether the database answers.")
        try:
            ask_database()
        except Exception as error:
            log.error("database does not answer", error=type(error).__name__)
            answers.add_metric([], 0)
            yield answers
            return
        answers.add_metric([], 1)
        yield answers
        yield from _outbox()
        yield from _jobs()
        yield from _keys()
        yield from _usage()
        yield from _backup()


def _outbox() -> Iterator[Metric]:
    backlog = outbox_backlog()
    age = _age(backlog.oldest)
    yield _gauge("citizen_outbox_waiting", "Messages not yet sent.", backlog.waiting)
    yield _gauge("citizen_outbox_oldest_seconds", "Age of the oldest message not yet sent.", age)
    yield _gauge(
        "citizen_outbox_given_up", "Messages given up (dead letters) in the last week.", backlog.given_up
    )


def _jobs() -> Iterator[Metric]:
    finished = GaugeMetricFamily(
        "citizen_job_finished_timestamp_seconds", "When a job last finished.", labels=["job"]
    )
    late = GaugeMetricFamily(
        "citizen_job_overdue_seconds", "How long a job has been due without being run.", labels=["job"]
    )
    failures = GaugeMetricFamily(
        "citizen_job_failures_in_a_row", "Consecutive failures of a job.", labels=["job"]
    )
    runs = runs_of_jobs()
    for name, run in runs.items():
        if run.last_finished is not None:
            finished.add_metric([name], run.last_finished.timestamp())
        failures.add_metric([name], run.failures)
    for name, wait in overdue(runs, clock.now()).items():
        late.add_metric([name], wait.total_seconds())
    yield from (finished, late, failures)


def _keys() -> Iterator[Metric]:
    rotate = GaugeMetricFamily(
        "citizen_signing_key_rotate_by_timestamp_seconds",
        "When the signing key should have been rotated.",
        labels=["use"],
    )
    ring = key_ring()
    for key in ring.keys:
        if ring.state(key) == "active":
            rotate.add_metric([key.use], (key.activate_at + ROTATE_EVERY).timestamp())
    yield rotate


def _usage() -> Iterator[Metric]:
    oldest = oldest_uncounted()
    moment = None if oldest is None else clock.at((uuid.UUID(oldest).int >> 80) // 1000)
    yield _gauge(
        "citizen_usage_rollup_lag_seconds",
        "Age of the oldest event not yet in the daily counts.",
        _age(moment),
    )
    if not current_settings().on_sqlite:
        yield _gauge("citizen_usage_months_ahead", "Partitions made for coming months.", months_ahead())


def _backup() -> Iterator[Metric]:
    told = last_backup(current_settings())
    if told is not None:
        made = datetime.fromisoformat(told["made_at"]).timestamp()
        yield _gauge("citizen_backup_timestamp_seconds", "When this machine last made a backup.", made)


def _gauge(name: str, explanation: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, explanation)
    family.add_metric([], value)
    return family


def _age(moment: datetime | None) -> float:
    return 0.0 if moment is None else max(0.0, (clock.now() - moment).total_seconds())
