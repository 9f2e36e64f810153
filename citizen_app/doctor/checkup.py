"""Run all checks in order; a check that crashes is reported and does not stop the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import structlog

from citizen_app.doctor import (
    channels,
    database,
    machine,
    money,
    partners,
    rights,
    running,
    scanning,
    service_checks,
    tasks,
)
from citizen_app.doctor.findings import Check, Fault, Level, failure
from citizen_app.storage.orm import ask_database
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text

log = structlog.get_logger(__name__)

MIGRATIONS: Final = "migrations"
CHECKS: Final[tuple[Check, ...]] = (
    *machine.CHECKS,
    *database.CHECKS,
    *running.CHECKS,
    *service_checks.CHECKS,
    *tasks.CHECKS,
    *scanning.CHECKS,
    *money.CHECKS,
    *channels.CHECKS,
    *partners.CHECKS,
    *rights.CHECKS,
)
DATABASE: Final = Text("数据库", "Database")


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check; `fault` is None when it is `ok` or was `skipped`."""

    check: str
    title: Text
    level: Level
    fault: Fault | None = None


def examine() -> Iterator[Finding]:
    """Run every check; those that ask the database are skipped when it does not answer or is behind the
    program."""
    answers = True
    for found in _one(Check("database", DATABASE, _database)):
        answers = answers and found.level == "ok"
        yield found
    for check in CHECKS:
        if check.asks_database and not answers:
            yield Finding(check.id, check.title, "skipped")
            continue
        for found in _one(check):
            answers = answers and not (check.id == MIGRATIONS and found.level == "failure")
            yield found


def _database() -> Iterator[Fault]:
    ask_database()
    yield from ()


def _one(check: Check) -> list[Finding]:
    try:
        if check.asks_database:
            with transaction(reading=True):
                faults = list(check.find())
        else:
            faults = list(check.find())
    except Exception as error:
        log.warning("a check could not be made", check=check.id, error=type(error).__name__, exc_info=True)
        faults = [_broken(error)]
    if not faults:
        return [Finding(check.id, check.title, "ok")]
    return [Finding(check.id, check.title, fault.level, fault) for fault in faults]


def _broken(error: Exception) -> Fault:
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()
    words = f"{type(error).__name__}: {reason[0] if reason else ''}"
    return failure(
        Text(f"无法检查（{words}）", f"This could not be looked at ({words})"),
        Text("不知道这里是否正常。", "Nobody knows whether all is well here."),
        Text(
            "数据库没有应答时，先看 CITIZEN_DATABASE_URL 和数据库的日志。",
            "When the database does not answer, see CITIZEN_DATABASE_URL and the database's own log.",
        ),
    )
