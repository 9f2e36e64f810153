"""The tables: ratios within one run, with the budgets beside them."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from bench import inprocess, layers, weight
from bench.ratios import Budget, by_round, percentile, spread, table
from bench.run import CHECKS, PEERS, Measured
from bench.subjects import ACCEPT, BATCH, DJANGO_PEER, NULL, PEER, SHOW
from bench.weight import Weight
from citizen_app import clock

ROOT: Final = Path(__file__).parent.parent
MEGABYTE: Final = 1_000_000
SUBJECTS: Final = (
    "subject",
    "rate ÷ null",
    "CPU ÷ null",
    "CPU ÷ peer",
    "p99 ÷ p50",
    "CPU µs here",
)
SPENT: Final = (
    "Where its CPU time goes, from a profile inside one process, without gunicorn (a profiler makes Python dearer than it is, and C "
    "cheaper, so these shares say what is large and what is small):"
)
BUDGETS: Final = ("budget", "min – median – max", "limit", "")


def written(results: Sequence[Measured], version: str | None, load_before: float) -> str:
    """The report as Markdown, a section of the results; `version` is that of the PostgreSQL server, if there
    was one."""
    parts = [_machine(clock.now(), version, load_before)]
    for found in results:
        parts += [f"### {found.database}", subject_table(found), budget_table(found)]
        parts.append(
            f"One accepted scan: {len(found.statements)} statements: {inprocess.described(found.statements)}."
        )
        parts.append(SPENT)
        parts.append(table(("an accepted scan is spent on", "share"), layers.lines(found.spent)))
    return "\n\n".join(parts) + "\n"


def subject_table(found: Measured) -> str:
    """One row per subject; every figure is minimum – median – maximum over the rounds."""
    return table(SUBJECTS, [_row(found, name) for name in (NULL, *PEERS, SHOW, ACCEPT, BATCH, CHECKS)])


def budget_table(found: Measured) -> str:
    """The budgets of this database's run."""
    return table(BUDGETS, [budget.row() for budget in budgets(found)])


def weight_table(found: dict[str, Weight]) -> str:
    """What a start costs, beside its budgets."""
    return table(BUDGETS, [budget.row() for budget in weight.budgets(found)])


def budgets(found: Measured) -> Iterator[Budget]:
    """Every budget that this run can judge."""
    on_postgresql = found.database == "PostgreSQL"
    accept = by_round(_cpu(found, ACCEPT), _cpu(found, PEER))
    yield Budget("1 accept: CPU ÷ bare peer", accept, 2.0 if on_postgresql else 2.2)
    if on_postgresql:
        django = by_round(_cpu(found, ACCEPT), _cpu(found, DJANGO_PEER))
        yield Budget("1 accept: CPU ÷ bare Django + DRF", django, 1.2)
    yield Budget("1 accept: statements", spread([len(found.statements)]), 7, unit="")
    yield Budget(
        "2 batch: scans/s ÷ single scans/s",
        by_round(_rate(found, BATCH), _rate(found, ACCEPT)),
        5,
        at_least=True,
    )
    yield Budget(
        "3 show: rate ÷ null request", by_round(_rate(found, SHOW), _rate(found, NULL)), 0.4, at_least=True
    )
    yield Budget("4 accept: p99 ÷ p50, 16 connections", spread(_tails(found, ACCEPT)), 4)
    noisy = [percentile(latencies, 0.99) for latencies in found.beside_garbage]
    quiet = [percentile(latencies, 0.99) for latencies in found.quiet]
    yield Budget("4 valid p99 beside 10 × garbage ÷ without", by_round(noisy, quiet), 2)
    read = [sample.cpu_per_unit for sample in found.read_offline]
    yield Budget("5 reading offline: CPU ÷ the bare check it needs", by_round(read, _cpu(found, CHECKS)), 1.3)
    usual = [sample.cpu_per_unit for sample in found.drawn_usually]
    ours = [sample.cpu_per_unit for sample in found.drawn_by_us]
    yield Budget("7 QR as PNG: speed ÷ qrcode + Pillow", by_round(usual, ours), 3, at_least=True)
    yield Budget(
        f"7 worker memory after {found.scans} scans", spread([found.worker_bytes / MEGABYTE]), 150, unit="MB"
    )
    began = found.start_seconds
    yield Budget(
        f"7 start-up ({began[ACCEPT] / began[NULL]:.1f} × bare Flask)", spread([began[ACCEPT]]), 3, unit="s"
    )


def _row(found: Measured, name: str) -> tuple[str, ...]:
    cpu = _cpu(found, name)
    served = name != CHECKS
    return (
        name,
        str(by_round(_rate(found, name), _rate(found, NULL))) if served else "",
        str(by_round(cpu, _cpu(found, NULL))),
        str(by_round(cpu, _cpu(found, PEER))),
        str(spread(_tails(found, name))) if served and name != BATCH else "",
        str(spread([seconds * 1e6 for seconds in cpu])),
    )


def _cpu(found: Measured, name: str) -> list[float]:
    return [sample.cpu_per_unit for sample in found.samples[name]]


def _rate(found: Measured, name: str) -> list[float]:
    return [sample.rate for sample in found.samples[name]]


def _tails(found: Measured, name: str) -> list[float]:
    return [percentile(s.latencies, 0.99) / percentile(s.latencies, 0.5) for s in found.samples[name]]


def _machine(moment: datetime, version: str | None, load_before: float) -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    lines = [
        f"- {moment:%Y-%m-%d %H:%M} UTC, commit {_commit()}",
        f"- {os.cpu_count()} × {model}, {platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"- load average {load_before:.1f} before the run"
        + (" (other work ran beside it: read the ratios, doubt the tails)" if load_before > 1 else ""),
        f"- PostgreSQL {version or 'not measured'}; one process with 8 threads for every server, 16 connections",
    ]
    return "\n".join(lines)


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() or "unknown"
