"""`python -m bench.growth`: what the usage log costs as it grows, on PostgreSQL, by the product's own
queries.

A database of its own gets the real schema by migrations, thirteen months of partitions, and events of
citizens who have a hundred each, so that the city grows with its log. Nothing else is measured here than
ratios to the smallest size.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from sqlalchemy import text

from bench.ratios import table
from bench.results import GROWTH, keep
from citizen_app import clock
from citizen_app.citizens.models import Citizen
from citizen_app.factory import create_app
from citizen_app.ids import first_id_at, new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import Databases, dispose, environment, postgresql_address
from citizen_app.usage.partitions import ensure_partitions
from citizen_app.usage.queries import usage_of_citizen
from citizen_app.usage.recording import NewEvent, record
from citizen_app.usage.statistics import statistics, today

SIZES: Final = (100_000, 1_000_000, 10_000_000)
SPAN: Final = timedelta(days=365)
PER_CITIZEN: Final = 100
MEASURED: Final = 400
PAGES: Final = 4
STEP: Final = 500_000
BUDGET_CITIZEN: Final = 3.0
BUDGET_REPORT: Final = 1.2

# The n-th event: a UUIDv7 of its moment (RFC 9562 §5.7) and a citizen by chance, both made from md5 as
# PostgreSQL and we know it.
_FILL: Final = text(
    """
    INSERT INTO usage_events (id, subject_key, service, purpose, code_kind, decision, reason, kiosk_id, placement_id,
                              disclosed, late, continues, occurred_at, received_at)
    SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid,
           md5('citizen ' || ('x' || substr(h, 20, 8))::bit(32)::bigint % :citizens)::uuid,
           (ARRAY['bus', 'library', 'hospital', 'pass'])[1 + n % 4], 'board', 'online',
           CASE WHEN n % 20 = 0 THEN 'deny' ELSE 'allow' END, CASE WHEN n % 20 = 0 THEN 'replayed' ELSE 'ok' END,
           md5('kiosk ' || n % 2000)::uuid, md5('place ' || n % 2000)::uuid, '[]', false, NULL, moment, moment
    FROM (SELECT n, md5('event ' || n) AS h, (:start + n * :gap)::bigint AS ms,
                 to_timestamp((:start + n * :gap) / 1000) AS moment
          FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n) AS made
    """
)
_ROLLUP: Final = text(
    """
    INSERT INTO usage_days (day, service, purpose, decision, reason, events)
    SELECT (occurred_at AT TIME ZONE :zone)::date, service, purpose, decision, reason, count(*)
    FROM usage_events GROUP BY 1, 2, 3, 4, 5
    """
)
_WATERMARK: Final = text("INSERT INTO usage_rollups (name, counted_to) VALUES ('usage_days', :reached)")


@dataclass(frozen=True, slots=True)
class Grown:
    """One size: medians in milliseconds, and what the log takes on the disk."""

    rows: int
    last_twenty: float
    fifth_page: float
    insert: float
    report: float
    fill_seconds: float
    gigabytes: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size in a database of its own; 2 without a PostgreSQL."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="rows, smallest first")
    parser.add_argument("--write", action="store_true", help="put the table into bench/RESULTS.md")
    asked = parser.parse_args(arguments)
    if postgresql_address() is None:
        print("PostgreSQL does not answer here (CITIZEN_TEST_POSTGRESQL)")
        return 2
    report = written([measured(rows) for rows in sorted(asked.sizes)])
    print(report)
    if asked.write:
        keep(GROWTH, report)
    return 0


def measured(rows: int) -> Grown:
    """Fill a database with so many events and ask it what people ask."""
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        databases = Databases(Path(name))
        url = databases.own_postgresql()
        app = create_app(environment(Path(name) / "data", url))
        try:
            with app.app_context():
                seconds = fill(rows)
                return _asked(rows, seconds)
        finally:
            dispose(app)
            databases.drop_postgresql(url)


def fill(rows: int) -> float:
    """Write the events, their daily counts and some citizens; the seconds that took."""
    began = time.monotonic()
    end = clock.now() - timedelta(minutes=10)
    start, citizens = end - SPAN, max(MEASURED, rows // PER_CITIZEN)
    with transaction():
        ensure_partitions(db.session.connection(), start, ahead=14)
    for first in range(0, rows, STEP):
        with transaction():
            db.session.execute(text("SET LOCAL statement_timeout = 0"))
            db.session.execute(
                _FILL,
                {
                    "citizens": citizens,
                    "start": start.timestamp() * 1000,
                    "gap": SPAN.total_seconds() * 1000 / rows,
                    "first": first,
                    "last": min(first + STEP, rows) - 1,
                },
            )
        print(f"{min(first + STEP, rows):>10} of {rows} events, {time.monotonic() - began:.0f} s", flush=True)
    with transaction():
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
        db.session.execute(_ROLLUP, {"zone": "Asia/Shanghai"})
        db.session.execute(_WATERMARK, {"reached": first_id_at(clock.now() - timedelta(minutes=9))})
        for number in range(MEASURED):
            db.session.add(_citizen(number))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    return time.monotonic() - began


def log_key(number: int) -> str:
    """Under which key the n-th citizen's events stand."""
    return str(uuid.UUID(hashlib.md5(f"citizen {number}".encode(), usedforsecurity=False).hexdigest()))


def _citizen(number: int) -> Citizen:
    index = hashlib.sha256(f"phone {number}".encode()).digest()
    return Citizen(
        id=str(uuid.UUID(int=number + 1)), log_key=log_key(number), phone_sealed=b"-", phone_index=index
    )


def _asked(rows: int, seconds: float) -> Grown:
    random = Random(1)  # noqa: S311 - chooses whom to ask
    numbers = [random.randrange(MEASURED) for _ in range(MEASURED)]
    with transaction(reading=True):
        size = db.session.scalar(
            text("SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('usage_events')")
        )
    return Grown(
        rows,
        last_twenty=_median(_last_twenty, numbers),
        fifth_page=_median(_fifth_page, numbers[:100]) / (PAGES + 1),
        insert=_median(_insert, numbers),
        report=_median(_report, [29] * 100),
        fill_seconds=seconds,
        gigabytes=float(size or 0) / 1e9,
    )


def _last_twenty(number: int) -> None:
    with transaction(reading=True):
        page = usage_of_citizen(str(uuid.UUID(int=number + 1)), limit=20)
        assert len(page.items) == 20


def _fifth_page(number: int) -> None:
    cursor = None
    for _ in range(PAGES + 1):
        with transaction(reading=True):
            page = usage_of_citizen(str(uuid.UUID(int=number + 1)), limit=10, cursor=cursor)
        cursor = page.next_cursor


def _insert(number: int) -> None:
    moment = clock.now()
    with transaction():
        record([_event(number, moment)])


def _event(number: int, moment: datetime) -> NewEvent:
    return NewEvent(
        id=new_id(),
        subject_key=log_key(number),
        service="bus",
        purpose="board",
        code_kind="online",
        decision="allow",
        reason="ok",
        detail_code=None,
        kiosk_id=new_id(),
        placement_id=new_id(),
        disclosed=[],
        late=False,
        continues=None,
        occurred_at=moment,
        received_at=moment,
    )


def _report(days: int) -> None:
    end = today()
    with transaction(reading=True):
        found = statistics(first_day=end - timedelta(days=days), last_day=end, group=("service", "decision"))
        assert found


def _median(work: Callable[[int], None], arguments: Sequence[int]) -> float:
    """Milliseconds; a first share of the calls only warms caches."""
    for argument in arguments[: len(arguments) // 4]:
        work(argument)
    times = []
    for argument in arguments:
        began = time.perf_counter()
        work(argument)
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


def written(found: Sequence[Grown]) -> str:
    """The section of the results."""
    base = found[0]
    head = ("events", "last 20 of a citizen", "page by cursor", "one insert", "report of 30 days", "on disk")
    rows = [
        (
            f"{one.rows:,}",
            _ratio(one.last_twenty, base.last_twenty),
            _ratio(one.fifth_page, base.fifth_page),
            _ratio(one.insert, base.insert),
            _ratio(one.report, base.report),
            f"{one.gigabytes:.2f} GB",
        )
        for one in found
    ]
    largest = found[-1]
    kept = (
        largest.last_twenty <= BUDGET_CITIZEN * base.last_twenty
        and largest.insert <= BUDGET_CITIZEN * base.insert
        and largest.report <= BUDGET_REPORT * base.report
    )
    words = (
        f"{clock.now():%Y-%m-%d}, PostgreSQL, thirteen monthly partitions, {PER_CITIZEN} events a citizen. Medians as ratios to"
        f" {base.rows:,} events, milliseconds here in brackets. Budget 6: at most {BUDGET_CITIZEN:g} × for a citizen's last"
        f" 20 events and for one insert, {BUDGET_REPORT:g} × for a report: {'kept' if kept else 'OVER'}."
    )
    return f"{words}\n\n{table(head, rows)}\n"


def _ratio(figure: float, base: float) -> str:
    return f"{figure / base:.2f} × ({figure:.2f})"


if __name__ == "__main__":
    raise SystemExit(main())
