"""The walk of a scan, from step 4 on; a single scan is an upload of one, so there is one walk. All in the
caller's unit of work.

1–3 trust       readable, genuine, fresh                    (`trust`: pure, keys in memory; done when the scan
comes in) –   idempotency answered before? then the same answer       (one read; a retry writes nothing)
4   status      is the citizen's account active             (one read; one more for codes that another shows)
5   permission  may this kiosk do this purpose with this kind of code; is consent missing
6   replay      seen before?                                (one atomic write; a refusal above consumes
  nothing)
7   meaning     the service module decides                  (time budget, circuit breaker)
8   record      usage event and answer, in the same transaction as the module's own writes
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from citizen_app.citizens.queries import (
    citizens_by_ids,
    citizens_by_subject_numbers,
    citizens_of_refs,
    remember_refs,
)
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.consent.terms import needed, terms_of
from citizen_app.kiosks.places import VOID
from citizen_app.notices.catalogue import DOUBLE_USE
from citizen_app.notices.sending import tell_later
from citizen_app.registry.contract import Purpose
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.registry.state import standing_of
from citizen_app.scans import answers, delegated, replay
from citizen_app.scans.attempt import Attempt
from citizen_app.scans.meaning import HookCaller
from citizen_app.scans.needs_input import TOO_LATE, digest_of, resume
from citizen_app.scans.outcomes import actor_for, answer_for, count_decided, event_for, new_answer
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.transactions import after_commit
from citizen_app.usage.actors import record_actors
from citizen_app.usage.recording import mark, record
from citizen_app.usage.titles import service_title
from citizen_app.wire.problems import Problem

CLOCK_SKEW: Final = timedelta(seconds=15)
ONLINE_FORMS: Final = frozenset({"online", "delegate"})


def walk(attempts: Sequence[Attempt], failed: Collection[tuple[str, str]], seconds: float) -> None:
    """Take attempts at kiosks of one service through all steps, in the order given. The module is not asked
    about those in `failed`, and after so many seconds only about the first. Raises `ModuleFailed`: the caller
    must roll this unit of work back."""
    service = attempts[0].kiosk.service
    module = current_registry().get(service)
    _answer_repeated(attempts)
    fresh = [attempt for attempt in attempts if attempt.outcome is None]
    _check_status(service, fresh)
    _check_permission(service, fresh, module)
    delegated.take_uses(fresh)
    claimed = _claim(fresh)
    if module is not None:
        _ask(module, [attempt for attempt in fresh if attempt.undecided], failed, seconds)
    _release([attempt for attempt in claimed if attempt.verdict is None])
    delegated.give_uses_back(fresh)
    _record(service, [attempt for attempt in fresh if attempt.verdict is not None], module)


def _answer_repeated(attempts: Sequence[Attempt]) -> None:
    """Idempotency: a scan that was answered before gets the same answer. Unreadable codes are not looked up;
    codes whose key has been disabled since are."""
    named = [a for a in attempts if a.completion is None and a.names_somebody]
    stored = answers.stored_answers([attempt.key for attempt in named])
    for attempt in named:
        before = stored.get(attempt.key)
        if before is not None:
            attempt.recall(before.digest, before.answer)
    for attempt in attempts:
        if attempt.completion is not None:
            resume(attempt, attempt.completion)
        phone = attempt.request.phone
        if phone is not None and phone.is_void and attempt.outcome is None:
            attempt.problem = Problem("gone", VOID)


def _check_status(service: str, attempts: Sequence[Attempt]) -> None:
    """Step 4: find the citizens; a citizen who is gone or suspended is refused, and whoever may not show
    another's code."""
    delegated.resolve(service, attempts)
    by_number = citizens_by_subject_numbers(
        service, [a.subject_number for a in attempts if a.subject_number is not None]
    )
    by_ref = citizens_of_refs(service, [a.session.citizen_ref for a in attempts if a.session is not None])
    by_id = citizens_by_ids(
        [a.completion.citizen_id for a in attempts if a.completion and a.completion.citizen_id], service
    )
    vault = current_vault()
    for attempt in attempts:
        if attempt.subject_number is not None:
            attempt.citizen = by_number.get(attempt.subject_number)
        elif attempt.session is not None:
            attempt.citizen = by_ref.get(attempt.session.citizen_ref)
        elif attempt.completion is not None:
            attempt.citizen = by_id.get(attempt.completion.citizen_id or "")
            if attempt.citizen is None:
                attempt.problem = Problem("gone", TOO_LATE)
        elif attempt.undecided:  # genuine, but of a kind that nobody is enrolled for here
            attempt.refuse("kind_not_accepted")
        if attempt.citizen is not None:
            attempt.citizen_ref = vault.citizen_ref(service, attempt.citizen.id)
        if attempt.undecided and attempt.citizen is None:
            attempt.refuse("revoked")
        elif (
            attempt.undecided
            and attempt.citizen is not None
            and attempt.citizen.status != CitizenStatus.ACTIVE
        ):
            attempt.refuse("suspended")


def _check_permission(service: str, attempts: Sequence[Attempt], module: InstalledModule | None) -> None:
    """Step 5: the kiosk's purposes, whether the service is enabled, the purpose's own rules, consent to what
    it cannot do without, the age of an upload."""
    standing = standing_of(service)
    enabled, terms = standing.enabled, terms_of(module.descriptor, standing.granted) if module else None
    for attempt in attempts:
        if not attempt.undecided:
            continue
        purpose = module.descriptor.purpose(attempt.request.purpose) if module else None
        if module is None or not enabled:
            attempt.refuse("service_disabled")
        elif purpose is None or purpose.id not in attempt.kiosk.purposes or not _goes_on(attempt, module):
            attempt.refuse("purpose_not_permitted")
        elif attempt.kind not in purpose.kinds or not _accepted_late(attempt, purpose):
            attempt.refuse("kind_not_accepted")
        elif attempt.citizen is not None and attempt.citizen.assurance_level < purpose.minimum_assurance:
            attempt.refuse("assurance_too_low")
        elif terms and attempt.citizen and (missing := terms.missing(attempt.citizen.agreed)):
            attempt.refuse("consent_missing", needed(missing))
        elif attempt.late and attempt.occurred_at > attempt.received_at + CLOCK_SKEW:
            attempt.refuse("clock_skew")
        elif attempt.late and attempt.occurred_at < attempt.received_at - replay.LATE_UPLOAD:
            attempt.refuse("bundle_too_old")


def _goes_on(attempt: Attempt, module: InstalledModule) -> bool:
    """Whether the session, if the scan is made in one, is good for this purpose."""
    if attempt.session is None or attempt.session.purpose == attempt.request.purpose:
        return True
    opened = module.descriptor.purpose(attempt.session.purpose)
    return opened is not None and attempt.request.purpose in opened.session_purposes


def _accepted_late(attempt: Attempt, purpose: Purpose) -> bool:
    return not attempt.late or attempt.kind not in ONLINE_FORMS or purpose.offline.online_codes


def _claim(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Step 6: claim single-use codes; returns the attempts that won theirs."""
    claims: list[tuple[Attempt, replay.Claim]] = []
    for attempt in attempts:
        identity = replay.key_of(attempt.code) if attempt.undecided and attempt.code is not None else None
        if identity is not None:
            kiosk = attempt.kiosk
            made = replay.Claim(
                *identity, attempt.usage_id, kiosk.service, kiosk.placement_id, attempt.received_at
            )
            claims.append((attempt, made))
    lost = replay.claim([made for _, made in claims])
    for attempt, made in claims:
        standing = lost.get(made.identity)
        if standing is not None and standing.usage_id != attempt.usage_id:
            attempt.refuse("replayed")
            attempt.double_use_of = standing.usage_id if attempt.late else None
    return [attempt for attempt, _ in claims if attempt.undecided]


def _ask(
    module: InstalledModule,
    attempts: Sequence[Attempt],
    failed: Collection[tuple[str, str]],
    seconds: float,
) -> None:
    """Step 7: the module decides, one scan after another; those for which it has no time stay undecided."""
    asking, end = HookCaller(module), time.monotonic() + seconds
    for position, attempt in enumerate(attempts):
        if attempt.key in failed:
            asking.give_up(attempt)
        elif position and time.monotonic() > end:
            break
        else:
            asking.ask(attempt)
    asking.store([attempt for attempt in attempts if attempt.rows])


def _release(attempts: Sequence[Attempt]) -> None:
    """Release the codes of scans that were not decided."""
    given_back = [replay.key_of(attempt.code) for attempt in attempts if attempt.code is not None]
    replay.release([identity for identity in given_back if identity is not None])


def _record(service: str, decided: Sequence[Attempt], module: InstalledModule | None) -> None:
    """Step 8: one event and one answer for each scan that names a citizen; a counter for the others."""
    after_commit(partial(count_decided, decided, module))
    for attempt in decided:
        attempt.answer = answer_for(attempt, module)
    named = [attempt for attempt in decided if attempt.citizen is not None]
    met = {(a.citizen_ref, a.citizen.id) for a in named if a.citizen and a.citizen_ref}
    agents = {(a.agent.ref, a.delegation.agent_id) for a in named if a.agent and a.delegation}
    remember_refs(service, met | agents)
    record([event_for(attempt) for attempt in named])
    record_actors(filter(None, map(actor_for, named)))
    answers.store([new_answer(attempt) for attempt in named if attempt.completion is None])
    for attempt in named:
        if attempt.completion is not None:
            answers.complete(new_answer(attempt), digest_of(attempt.completion))
        if attempt.double_use_of is not None:
            mark(attempt.usage_id, "double_use", other=attempt.double_use_of)
            mark(attempt.double_use_of, "double_use", other=attempt.usage_id)
            _tell_double_use(attempt)


def _tell_double_use(attempt: Attempt) -> None:
    assert attempt.citizen is not None
    tell_later(
        attempt.citizen.id,
        DOUBLE_USE,
        key=attempt.usage_id,
        service=service_title(attempt.kiosk.service),
        at=attempt.occurred_at,
    )
