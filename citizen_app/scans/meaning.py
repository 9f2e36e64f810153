"""Step 7 of the walk: call the service module's `on_scan`, within a time budget and behind a circuit
breaker."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal

import structlog

from citizen_app.citizens.documents import numbered_documents
from citizen_app.citizens.personal import masked_name, masked_phone, unseal
from citizen_app.citizens.queries import ScannedCitizen, citizens_by_ids
from citizen_app.claims.queries import known
from citizen_app.claims.truth import Known
from citizen_app.clock import now
from citizen_app.consent.terms import Terms, terms_of
from citizen_app.kiosks.tally import current_tally
from citizen_app.payments.charging import Charged, Declined, take
from citizen_app.payments.postings import INSERT_POSTING
from citizen_app.process import metrics
from citizen_app.registry.behaviour import Allow, CitizenView, KioskOfScan, Presenter, Scan
from citizen_app.registry.circuit_breaker import BudgetExceeded, ModuleBusy, check_budget
from citizen_app.registry.modules import InstalledModule
from citizen_app.registry.state import settings_of, standing_of
from citizen_app.scans.attempt import Attempt
from citizen_app.scans.decisions import verdict_of
from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import current_settings
from citizen_app.storage.dialects import outage_cause
from citizen_app.storage.statements import Prepared
from citizen_app.storage.transactions import after_commit, flush, raise_if_connection_lost
from citizen_app.usage.reasons import NO_ANSWER
from citizen_app.wire.problems import Problem

log = structlog.get_logger(__name__)


FailureCause = Literal["busy", "late", "broken"]
Rows = tuple[tuple[Prepared, Mapping[str, Any]], ...]


@dataclass(slots=True)
class _Present:
    """The citizen about whom a module is being asked, and what it has charged them for the scan."""

    service: str
    attempt: Attempt
    charged: Charged | Declined | None = None


_present: Final[ContextVar[_Present | None]] = ContextVar("present", default=None)


class ModuleFailed(Exception):
    """The module failed over a scan, or over one of several (`key` is None). Its writes are still in the
    transaction, which must be rolled back."""

    def __init__(self, key: tuple[str, str] | None, cause: FailureCause) -> None:
        super().__init__(key, cause)
        self.key = key
        self.cause: FailureCause = cause


class HookCaller:
    """Calls a service module for the scans of one walk: settings and grants are looked up once."""

    def __init__(self, module: InstalledModule) -> None:
        self._module = module
        self._settings = settings_of(module)
        self._terms = terms_of(module.descriptor, standing_of(module.id).granted)
        self._budget_ms = current_settings().hook_budget_ms

    def ask(self, attempt: Attempt) -> None:
        """Let the module decide. Raises `ModuleFailed` for a crash, a time-out or an answer outside the
        contract.

        A database outage is not the module's failure: the error is raised to the edge, nothing is decided,
        and the kiosk retries.
        """
        assert attempt.citizen is not None and attempt.citizen_ref is not None
        view = view_of(
            attempt.citizen, attempt.citizen_ref, self._module.id, self._terms, at=attempt.occurred_at
        )
        scan = Scan(
            id=attempt.request.scan_id,
            purpose=attempt.request.purpose,
            code_kind=attempt.kind,
            kiosk=KioskOfScan(attempt.kiosk.id, attempt.kiosk.name, attempt.kiosk.place),
            citizen=view,
            context=attempt.context,
            settings=self._settings,
            occurred_at=attempt.occurred_at,
            received_at=attempt.received_at,
            late=attempt.late,
            answer=attempt.completion.values if attempt.completion else None,
            presenter=self._presenter_of(attempt),
        )
        module, asked = self._module, time.perf_counter()
        present = _Present(module.id, attempt)
        standing_here = _present.set(present)
        try:
            with module.breaker.guard(self._budget_ms / 1000), raise_if_connection_lost():
                meaning = module.hooks.on_scan(scan)
                attempt.verdict = verdict_of(meaning, module.descriptor)
                attempt.rows = _with_charge(meaning.rows if isinstance(meaning, Allow) else (), present)
                flush()  # what the module left pending fails here, on its account
        except ModuleBusy:  # it was not even asked
            metrics.hook_failed(module.id, "busy")
            self.give_up(attempt)
        except Exception as error:
            outage = outage_cause(error)
            if outage is not None:
                raise outage from None
            raise self._failed(error, attempt) from error
        finally:
            _present.reset(standing_here)
            attempt.disclosed = view.disclosed
            metrics.hook_answered(module.id, time.perf_counter() - asked)

    def _presenter_of(self, attempt: Attempt) -> Presenter:
        """Who shows the code; their own fields are read when the module asks for them, and from the same
        unit of work."""
        shown = attempt.delegation
        if shown is None:
            return attempt.presenter

        def see() -> CitizenView:
            if attempt.agent is None:
                service, at = self._module.id, attempt.occurred_at
                agent = citizens_by_ids([shown.agent_id], service)[shown.agent_id]
                ref = current_vault().citizen_ref(service, shown.agent_id)
                attempt.agent = view_of(agent, ref, service, self._terms, at=at)
            return attempt.agent

        return replace(attempt.presenter, see=see)

    def store(self, attempts: Sequence[Attempt]) -> None:
        """Write the rows that the module gave with its decisions, those of one statement together. Raises
        `ModuleFailed`."""
        rows = defaultdict[Prepared, list[Mapping[str, Any]]](list)
        for attempt in attempts:
            for statement, values in attempt.rows:
                rows[statement].append(values)
        try:
            with raise_if_connection_lost():
                for statement, values_of_all in rows.items():
                    statement.run_many(values_of_all)
        except Exception as error:
            outage = outage_cause(error)
            if outage is not None:
                raise outage from None
            raise self._failed(error, attempts[0], known=len(attempts) == 1) from error

    def give_up(self, attempt: Attempt) -> None:
        """Answer without the module: online the citizen is refused and shows a new code; a scan that happened
        offline cannot be refused, so the kiosk keeps it and sends it again. That leaves no event: its kiosk's
        counter is what `doctor` finds."""
        if attempt.late:
            attempt.problem = Problem("unavailable")
            after_commit(partial(current_tally().add, attempt.kiosk.id, NO_ANSWER))
        else:
            attempt.refuse(NO_ANSWER)

    def _failed(self, error: Exception, attempt: Attempt, *, known: bool = True) -> ModuleFailed:
        service, purpose = self._module.id, attempt.request.purpose
        if isinstance(error, BudgetExceeded):
            cause: FailureCause = "late"
            log.error(
                "service module took too long", service=service, purpose=purpose, budget_ms=self._budget_ms
            )
        else:
            cause = "broken"
            log.error("service module failed", service=service, purpose=purpose, exc_info=error)
        metrics.hook_failed(service, cause)
        return ModuleFailed(attempt.key if known else None, cause)


def present_citizen(service: str, ref: str) -> str | None:
    """The id of the citizen whose scan the service is deciding, if the reference is theirs: it is stored only
    afterwards."""
    present = _present.get()
    if present is None or (present.service, present.attempt.citizen_ref) != (service, ref):
        return None
    citizen = present.attempt.citizen
    return None if citizen is None else citizen.id


def charge_present(scan: Scan, amount: int) -> Charged | Declined:
    """Charge whoever pays for the citizen of the scan that a module is deciding, under the scan's usage
    event; one that has happened already is never declined. Its posting is written with the rows of the same
    walk. Raises `RuntimeError` outside of `on_scan`, and for a second charge of one scan."""
    present = _present.get()
    if present is None or present.attempt.request.scan_id != scan.id:
        raise RuntimeError("charge_scan is for the scan that on_scan is deciding")
    if present.charged is not None:
        raise RuntimeError("a scan is charged once")
    check_budget()
    attempt = present.attempt
    assert attempt.citizen is not None
    present.charged = take(
        attempt.citizen.id,
        amount,
        service=present.service,
        key=attempt.usage_id,
        at=attempt.occurred_at,
        forced=attempt.late,
    )
    return present.charged


def _with_charge(rows: Rows, present: _Present) -> Rows:
    """What is to be stored of a decision: the module's rows, and the posting of what it has charged."""
    charged = present.charged
    if not isinstance(charged, Charged) or charged.row is None:
        return rows
    return (*rows, (INSERT_POSTING, charged.row))


def view_of(
    citizen: ScannedCitizen,
    ref: str,
    service: str,
    terms: Terms,
    asked_in_vain: Callable[[str], None] | None = None,
    at: datetime | None = None,
) -> CitizenView:
    """A citizen as the service may see them, read with what they have agreed to of it; claims are judged at
    the moment `at`, now without it."""
    granted = terms.granted(citizen.agreed)
    return CitizenView(
        ref,
        granted,
        lambda scope: REVEAL[scope](citizen, service),
        _Holds(citizen, at or now()),
        terms.declared - granted,
        asked_in_vain,
    )


class _Holds:
    """Which claims a citizen has; what is sealed is opened at the first question."""

    def __init__(self, citizen: ScannedCitizen, moment: datetime) -> None:
        self._citizen, self._moment = citizen, moment
        self._known: Known | None = None

    def __call__(self, claim: str, at: datetime | None) -> bool:
        if self._known is None:
            self._known = known(self._citizen.id, self._citizen.claims, self._citizen.born_sealed)
        return self._known.has(claim, at or self._moment)


def _masked_name(citizen: ScannedCitizen) -> str | None:
    return (
        masked_name(unseal(citizen.id, "name_sealed", citizen.name_sealed)) if citizen.name_sealed else None
    )


def _masked_phone(citizen: ScannedCitizen) -> str | None:
    phone = _phone(citizen)
    return None if phone is None else masked_phone(phone)


def _contact_ref(citizen: ScannedCitizen, service: str) -> str | None:
    phone = _phone(citizen)
    return None if phone is None else current_vault().contact_ref(service, phone)


def _identity_refs(citizen: ScannedCitizen, service: str) -> tuple[str, ...]:
    """A read of its own, made when a module asks: few scans need it."""
    vault, documents = current_vault(), numbered_documents([citizen.id]).get(citizen.id, ())
    return tuple(vault.identity_ref(service, one.kind, one.number) for one in documents)


def _phone(citizen: ScannedCitizen) -> str | None:
    sealed = citizen.phone_sealed
    return None if sealed is None else unseal(citizen.id, "phone_sealed", sealed)


REVEAL: Final[Mapping[str, Callable[[ScannedCitizen, str], Any]]] = {
    "masked_name": lambda citizen, service: _masked_name(citizen),
    "masked_phone": lambda citizen, service: _masked_phone(citizen),
    "contact_ref": _contact_ref,
    "identity_ref": _identity_refs,
}
"""Each scope of the contract that is no claim, computed for one service."""
