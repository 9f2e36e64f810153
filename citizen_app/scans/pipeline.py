"""The walk of a scan. A single scan is an upload of one, so there is one walk.

    1–3 trust       readable, genuine, fresh                    (pure, keys in memory)
    4   status      does the citizen still stand behind it      (one read)
    5   permission  may this kiosk do this purpose with this kind of code
    6   replay      seen before?                                (one atomic write; a refusal above consumes nothing)
    7   meaning     the service module decides                  (savepoint, time budget, breaker)
    8   record      usage event and answer, in the same transaction as the module's own writes

Everything happens in the caller's transaction; nothing is acknowledged before it is committed. A walk first goes straight on. When it
cannot, because the module failed or the same scan is being answered elsewhere, all of it is undone and walked again with care: stored
answers are looked for first, and a savepoint stands around each call of the module. `together` takes scans that arrive at the same
moment on one walk.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from citizen_app import clock
from citizen_app.citizens.queries import citizens_by_subject_numbers, citizens_of_refs, remember_refs
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.codes.keys import key_ring
from citizen_app.database import is_outage
from citizen_app.kiosks.queries import KioskView
from citizen_app.problems import Problem
from citizen_app.registry.contract import Purpose
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.registry.state import standing_of
from citizen_app.scans import answers, replay
from citizen_app.scans.attempt import Attempt, ScanRequest
from citizen_app.scans.decisions import Answer
from citizen_app.scans.meaning import Asking, ModuleFailed
from citizen_app.scans.outcomes import answer_for, count_decided, event_for, new_answer
from citizen_app.scans.trust import examine
from citizen_app.transactions import after_commit, flush, start_over
from citizen_app.usage.recording import mark, record
from citizen_app.vault import current_vault

CLOCK_SKEW: Final = timedelta(seconds=15)
UPLOAD_SECONDS: Final = 10.0
"""How long a module may work on one upload. What was not reached comes back as `unavailable`, and the kiosk sends it again."""
TOGETHER_SECONDS: Final = 0.1
"""How long a module may work on scans that arrived together, so that a slow one keeps nobody waiting for others' scans."""


def process(
    kiosk: KioskView, requests: Sequence[ScanRequest], *, uploaded: bool = False
) -> list[Answer | Problem]:
    """Answer scans of one kiosk, in the order given; `uploaded` when they happened earlier, offline.

    A problem stands where nothing was decided: `idempotency-conflict` when the scan id was used for another request,
    `unavailable` when the module cannot say what an uploaded scan means, or had no time left for it.
    """
    return settle(read(kiosk, requests, uploaded=uploaded)) if requests else []


def read(kiosk: KioskView, requests: Sequence[ScanRequest], *, uploaded: bool = False) -> list[Attempt]:
    """Steps 1 to 3: what was sent, and whether its codes are genuine and fresh. Reads no table."""
    now, ring = clock.now(), key_ring()
    attempts = [Attempt(kiosk, request, now, late=uploaded) for request in requests]
    for attempt in attempts:
        examine(attempt, ring)
    return attempts


def settle(attempts: Sequence[Attempt], broken: ModuleFailed | None = None) -> list[Answer | Problem]:
    """Walk straight on, and with care where that fails, or at once when it is known over which scan the module fails (`broken`)."""
    if broken is None:
        try:
            return walk(attempts)
        except ModuleFailed as failed:
            broken = failed
        except Exception as error:
            if is_outage(error):
                raise
            # Somebody else stored an answer to one of these scans at this moment, or a row of the module's cannot be written.
        start_over()
    again = [Attempt(before.kiosk, before.request, before.received_at, before.late) for before in attempts]
    for attempt in again:
        examine(attempt, key_ring())
    return walk(again, carefully=True, broken=broken)


def walk(
    attempts: Sequence[Attempt], *, carefully: bool = False, broken: ModuleFailed | None = None
) -> list[Answer | Problem]:
    """Steps 4 to 8 for attempts at kiosks of one service. `carefully` is the second walk; `broken` is the scan over which the module
    failed in the first. Raises `ModuleFailed`, and whatever the database says, when a walk that is not careful cannot go on."""
    service = attempts[0].kiosk.service
    module = current_registry().get(service)
    in_order = sorted(attempts, key=lambda attempt: attempt.occurred_at)
    _check_status(service, in_order)
    enabled = standing_of(service).enabled
    for attempt in in_order:
        if attempt.open:
            _check_permission(attempt, module, enabled=enabled)
    if carefully:
        _recall(in_order)
    claimed = _claim(in_order)
    _recall([a for a in in_order if a.usage_id not in claimed and a.answer is None])
    if module is not None:
        _ask(Asking(module), [a for a in in_order if a.open], carefully=carefully, broken=broken)
    _release(attempt for attempt in in_order if attempt.usage_id in claimed and attempt.problem is not None)
    _record(service, in_order, module)
    return [_outcome(attempt) for attempt in attempts]


def _ask(
    asking: Asking, attempts: Sequence[Attempt], *, carefully: bool, broken: ModuleFailed | None
) -> None:
    """Step 7: the module decides, one scan after another, until the time is over; the first is always asked."""
    uploaded = any(attempt.late for attempt in attempts)
    end = time.monotonic() + (UPLOAD_SECONDS if uploaded else TOGETHER_SECONDS)
    for position, attempt in enumerate(attempts):
        if broken is not None and attempt.request.scan_id == broken.scan_id:
            asking.give_up(attempt, broken.cause)
        elif position and time.monotonic() > end:
            attempt.problem, attempt.was_not_reached = Problem("unavailable"), True
        elif carefully:
            asking.ask_alone(attempt)
        else:
            asking.ask(attempt, writing=False)
    asking.finish()


def _outcome(attempt: Attempt) -> Answer | Problem:
    outcome = attempt.answer or attempt.problem
    assert outcome is not None, "every attempt ends with an answer or a problem"
    return outcome


def _check_status(service: str, attempts: Sequence[Attempt]) -> None:
    """Step 4: find the citizens; a citizen who is gone or suspended is refused."""
    numbers = [a.subject_number for a in attempts if a.subject_number is not None]
    by_number = citizens_by_subject_numbers(numbers)
    refs = [a.session.citizen_ref for a in attempts if a.session is not None]
    by_ref = citizens_of_refs(service, refs) if refs else {}
    vault = current_vault()
    for attempt in attempts:
        if attempt.subject_number is not None:
            attempt.citizen = by_number.get(attempt.subject_number)
        elif attempt.session is not None:
            attempt.citizen = by_ref.get(attempt.session.citizen_ref)
        elif attempt.open:  # genuine, but of a kind that nobody is enrolled for here
            attempt.refuse("kind_not_accepted")
        if attempt.citizen is not None:
            attempt.citizen_ref = vault.citizen_ref(service, attempt.citizen.id)
        if attempt.open and attempt.citizen is None:
            attempt.refuse("revoked")
        elif attempt.open and attempt.citizen is not None and attempt.citizen.status != CitizenStatus.ACTIVE:
            attempt.refuse("suspended")


def _check_permission(attempt: Attempt, module: InstalledModule | None, *, enabled: bool) -> None:
    """Step 5: the kiosk's purposes, the service's standing, the purpose's own rules, the times of an upload."""
    purpose = module.descriptor.purpose(attempt.request.purpose) if module else None
    if module is None or not enabled:
        attempt.refuse("service_disabled")
    elif purpose is None or purpose.id not in attempt.kiosk.purposes:
        attempt.refuse("purpose_not_permitted")
    elif attempt.kind not in purpose.kinds or not _accepted_late(attempt, purpose):
        attempt.refuse("kind_not_accepted")
    elif attempt.citizen is not None and attempt.citizen.assurance_level < purpose.minimum_assurance:
        attempt.refuse("assurance_too_low")
    elif attempt.late and attempt.occurred_at > attempt.received_at + CLOCK_SKEW:
        attempt.refuse("clock_skew")
    elif attempt.late and attempt.occurred_at < attempt.received_at - replay.LATE_UPLOAD:
        attempt.refuse("bundle_too_old")


def _accepted_late(attempt: Attempt, purpose: Purpose) -> bool:
    return not attempt.late or attempt.kind != "online" or purpose.offline.online_codes


def _claim(attempts: Sequence[Attempt]) -> set[str]:
    """Step 6: claim single-use codes; returns the usage ids of the attempts that won theirs."""
    claims: list[tuple[Attempt, replay.Claim]] = []
    for attempt in attempts:
        identity = replay.key_of(attempt.code) if attempt.open and attempt.code is not None else None
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
    return {attempt.usage_id for attempt, _ in claims if attempt.open}


def _release(attempts: Iterable[Attempt]) -> None:
    """An upload of which nothing came has not used its code."""
    given_back = [replay.key_of(attempt.code) for attempt in attempts if attempt.code is not None]
    replay.release([identity for identity in given_back if identity is not None])


def _recall(attempts: Sequence[Attempt]) -> None:
    """A scan that has just won its code cannot be a retry; of the others, those answered before hear the same again.

    Rubbish is not looked for; a code whose key has been disabled since is.
    """
    of_kiosk: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.names_somebody:
            of_kiosk[attempt.kiosk.id].append(attempt)
    for kiosk_id, named in of_kiosk.items():
        stored = answers.stored_answers(kiosk_id, [attempt.request.scan_id for attempt in named])
        for attempt in named:
            before = stored.get(attempt.request.scan_id)
            if before is None:
                continue
            if before.digest != attempt.request.digest():
                attempt.problem = Problem("idempotency-conflict")
            else:
                attempt.answer, attempt.is_retry = before.answer, True


def _record(service: str, attempts: Sequence[Attempt], module: InstalledModule | None) -> None:
    """Step 8: one event and one answer for each scan that names a citizen; a counter for the others."""
    events, stored = [], []
    decided = [a for a in attempts if not a.is_retry and a.problem is None and a.verdict is not None]
    after_commit(partial(count_decided, decided, module))
    for attempt in decided:
        attempt.answer = answer_for(attempt, module)
        if attempt.citizen is None:
            continue
        events.append(event_for(attempt))
        stored.append(new_answer(attempt))
    met = {
        (a.citizen_ref, a.citizen.id)
        for a in attempts
        if a.citizen and a.citizen_ref and a.answer and not a.is_retry
    }
    remember_refs(service, met)
    record(events)
    answers.store(stored)
    for attempt in attempts:
        if attempt.double_use_of is not None and attempt.answer is not None and not attempt.is_retry:
            mark(attempt.usage_id, "double_use", other=attempt.double_use_of)
            mark(attempt.double_use_of, "double_use", other=attempt.usage_id)
    flush()
