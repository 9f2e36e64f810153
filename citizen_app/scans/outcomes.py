"""The results of a decided attempt: its answer, the stored row, the usage event, the counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from citizen_app import clock
from citizen_app.claims.catalogue import as_logged
from citizen_app.kiosks.tally import current_tally
from citizen_app.process import metrics
from citizen_app.registry.contract import NOT_TOLD_TO_KIOSKS
from citizen_app.registry.modules import InstalledModule
from citizen_app.scans import answers
from citizen_app.scans.attempt import Attempt
from citizen_app.scans.decisions import ANSWER_SECONDS, Answer
from citizen_app.usage.actors import NewActor
from citizen_app.usage.reasons import Reason
from citizen_app.usage.recording import Decision, NewEvent


def count_decided(attempts: Sequence[Attempt], module: InstalledModule | None) -> None:
    """Count decisions after the commit; codes that name no citizen are only added to the kiosk's tally."""
    made: Counter[tuple[str, str, Decision, Reason]] = Counter()
    for attempt in attempts:
        assert attempt.verdict is not None
        purpose = module.descriptor.purpose(attempt.request.purpose) if module else None
        purpose_id = purpose.id if purpose else "none"
        made[attempt.kiosk.service, purpose_id, attempt.verdict.decision, attempt.verdict.reason] += 1
        if attempt.citizen is None:
            current_tally().add(attempt.kiosk.id, attempt.verdict.reason)
    for decided, times in made.items():
        metrics.scan_decided(*decided, times=times)


def answer_for(attempt: Attempt, module: InstalledModule | None) -> Answer:
    """The answer that goes with the attempt's verdict."""
    assert attempt.verdict is not None
    purpose = module.descriptor.purpose(attempt.request.purpose) if module else None
    goes_on = (
        attempt.verdict.decision == "allow"
        and purpose is not None
        and purpose.session_seconds > 0
        and attempt.session is None
        and attempt.request.phone is None
    )
    return Answer(
        scan_id=attempt.request.scan_id,
        service=attempt.kiosk.service,
        purpose=attempt.request.purpose,
        verdict=attempt.verdict,
        server_time=attempt.received_at,
        usage_id=attempt.usage_id if attempt.citizen else None,
        citizen_ref=attempt.citizen_ref,
        granted={k: v for k, v in attempt.disclosed.items() if k not in NOT_TOLD_TO_KIOSKS},
        session=_goes_on(attempt, purpose.session_seconds) if goes_on and purpose else None,
    )


def _goes_on(attempt: Attempt, seconds: int) -> tuple[int, str, int | None]:
    return clock.timestamp() + seconds, attempt.kind, attempt.delegation_number


def event_for(attempt: Attempt) -> NewEvent:
    """The usage event of an attempt whose citizen is known."""
    assert attempt.citizen is not None and attempt.verdict is not None
    return NewEvent(
        id=attempt.usage_id,
        subject_key=attempt.citizen.log_key,
        service=attempt.kiosk.service,
        purpose=attempt.request.purpose,
        code_kind=attempt.kind,
        decision=attempt.verdict.decision,
        reason=attempt.verdict.reason,
        detail_code=attempt.verdict.detail_code,
        kiosk_id=attempt.kiosk.id,
        placement_id=attempt.kiosk.placement_id,
        disclosed=as_logged(attempt.disclosed),
        late=attempt.late,
        continues=attempt.completion.continues if attempt.completion else None,
        occurred_at=attempt.occurred_at,
        received_at=attempt.received_at,
    )


def actor_for(attempt: Attempt) -> NewActor | None:
    """Who showed the code, where it was not the citizen, and what the service was told of them."""
    shown = attempt.delegation
    if shown is None:
        return None
    disclosed = sorted(attempt.agent.disclosed) if attempt.agent is not None else []
    return NewActor(attempt.usage_id, shown.kind, shown.agent_key, disclosed or None)


def new_answer(attempt: Attempt) -> answers.NewAnswer:
    """The row to store; for a scan that needs input, with the state to resume from."""
    assert attempt.answer is not None and attempt.citizen is not None and attempt.verdict is not None
    if attempt.verdict.decision != "needs_input":
        return answers.NewAnswer(attempt.kiosk.id, attempt.request.digest(), attempt.answer)
    waiting = answers.Waiting(
        citizen_id=attempt.citizen.id,
        kind=attempt.kind,
        late=attempt.late,
        occurred_at=attempt.occurred_at.isoformat(),
        context=dict(attempt.context),
        delegation=attempt.delegation_number,
    )
    until = attempt.received_at + timedelta(seconds=ANSWER_SECONDS)
    return answers.NewAnswer(attempt.kiosk.id, attempt.request.digest(), attempt.answer, waiting, until)
