"""`python -m bench`: measure and print. See `bench/README.md` for how to read it."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psycopg

from bench.report import weight_table, written
from bench.results import RATIOS, keep
from bench.run import FULL, QUICK, Measured, Size, run
from bench.weight import weights
from citizen_app.toolkit.testing import Databases, postgresql_address


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; 2 when the only database asked for does not answer."""
    asked = _parser().parse_args(arguments)
    load_before = os.getloadavg()[0]
    size = replace(QUICK if asked.quick else FULL, soak=asked.soak)
    wanted = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    address = postgresql_address() if "postgresql" in wanted else None
    if "postgresql" in wanted and address is None:
        _say("PostgreSQL does not answer here (CITIZEN_TEST_POSTGRESQL), so it is not measured")
        wanted.remove("postgresql")
    if not wanted:
        return 2
    report = written([_measure(database, size) for database in wanted], _version(address), load_before)
    _say("starts with and without each service")
    report += f"\n### A start\n\n{weight_table(weights())}\n"
    print(report)
    if asked.write:
        keep(RATIOS, report)
    return 0


def _measure(database: str, size: Size) -> Measured:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        databases = Databases(folder)
        if database == "sqlite":
            return run("SQLite", databases.fresh_sqlite(folder), folder, size, _say)
        url = databases.own_postgresql()
        try:
            return run("PostgreSQL", url, folder, size, _say)
        finally:
            databases.drop_postgresql(url)


def _version(address: str | None) -> str | None:
    if address is None:
        return None
    with psycopg.connect(address) as connection:
        return str(connection.info.parameter_status("server_version"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Ratios of the hot paths, in one run."
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument(
        "--soak", action="store_true", help="go on to 100,000 scans before memory is looked at"
    )
    parser.add_argument("--write", action="store_true", help="keep the report in bench/RESULTS.md")
    return parser


def _say(words: str) -> None:
    print(f"… {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
