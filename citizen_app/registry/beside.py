"""A service that is asked for something beside its scans: within its budget, in a savepoint, behind a circuit
breaker that is not the one of its scans. Where it fails, whoever asked goes on without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import structlog

from citizen_app.process import metrics
from citizen_app.registry.circuit_breaker import BudgetExceeded, CircuitBreaker, ModuleBusy
from citizen_app.settings import current_settings
from citizen_app.storage.dialects import outage_cause
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import raise_if_connection_lost

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


def ask_beside(
    service: str, breaker: CircuitBreaker, ask: Callable[[], Answer], missed: str, **told: Any
) -> Answer | None:
    """What a service answers; None where it is busy, late or broken, which is counted and logged as `missed`.
    A database outage is not its failure, and is raised."""
    try:
        # A statement that fails spoils the unit of work of whoever asks: hence the savepoint.
        with (
            breaker.guard(current_settings().hook_budget_ms / 1000),
            raise_if_connection_lost(),
            db.session.begin_nested(),
        ):
            return ask()
    except ModuleBusy:
        return None
    except Exception as error:
        outage = outage_cause(error)
        if outage is not None:
            raise outage from None
        late = isinstance(error, BudgetExceeded)
        metrics.hook_failed(service, "late" if late else "broken")
        log.error(missed, service=service, exc_info=None if late else error, **told)
        return None
