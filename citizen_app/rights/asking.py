"""Asking for a copy: made in the background, told when it is ready, kept for a week, fetched by whoever has
just proved who they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Select, delete, select, update

from citizen_app.citizens.models import Citizen
from citizen_app.clock import now
from citizen_app.files.models import StoredFile
from citizen_app.files.operations import Incoming, keep, store_file
from citizen_app.ids import new_id
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.notices.catalogue import COPY_READY
from citizen_app.notices.sending import tell
from citizen_app.rights.copying import CitizenGone, made
from citizen_app.rights.models import RightsRequest
from citizen_app.storage.dialects import outage_cause
from citizen_app.storage.locking import guarded_update, lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem

ANSWERED_WITHIN: Final = timedelta(days=30)
"""GB/T 35273-2020, 8.7 a): an answer within thirty days."""
KEPT: Final = timedelta(days=7)
WHOLE_WITHIN: Final = timedelta(hours=12)
"""How long a service whose part cannot be had is asked again."""
LONGEST_WAIT_SECONDS: Final = 900
MOST_BYTES: Final = 200_000_000
NAME: Final = "citizen-copy.zip"
REQUESTS_KEPT: Final = timedelta(days=1_095)
"""Three years: how long the city can show that it has answered."""

log = structlog.get_logger(__name__)


def ask_for_copy(citizen_id: str, *, asked_by: str) -> RightsRequest:
    """Ask for a copy; while one is being made, the same. Raises a 404 for an account that is gone."""
    if lock_row(Citizen, citizen_id) is None:
        raise Problem("not-found")
    waiting = copy_that_waits(citizen_id)
    if waiting is not None:
        return waiting
    moment = now()
    request = RightsRequest(
        id=new_id(),
        kind="copy",
        citizen_id=citizen_id,
        asked_by=asked_by,
        state="waiting",
        asked_at=moment,
        due_at=moment + ANSWERED_WITHIN,
        next_at=moment,
        missing=[],
    )
    db.session.add(request)
    db.session.flush()
    return request


def copy_that_waits(citizen_id: str) -> RightsRequest | None:
    """The copy of a citizen that is being made."""
    return db.session.scalar(_copies(citizen_id).where(RightsRequest.state == "waiting"))


def copy_that_is_ready(citizen_id: str) -> RightsRequest | None:
    """The newest copy of a citizen that can be fetched now."""
    ready = _copies(citizen_id).where(
        RightsRequest.state == "ready", RightsRequest.over_at > now(), RightsRequest.file_id.is_not(None)
    )
    return db.session.scalar(ready.order_by(RightsRequest.id.desc()).limit(1))


def copies_due(moment: datetime) -> bool:
    """Whether a copy is to be made."""
    return _next(moment) is not None


def make_copies() -> None:
    """Make the copies that are due, one after the other, each tried once."""
    with transaction(reading=True):
        due = db.session.scalars(_due(now())).all()
    for request_id in due:
        try:
            _make(request_id)
        except Exception as error:
            if (outage := outage_cause(error)) is not None:
                raise outage from None
            log.exception("a copy was not made", request=request_id)
            _try_again(request_id, type(error).__name__)


def forget_over() -> None:
    """Copies whose time is over are over (their files go by themselves); answered requests go after years."""
    moment = now()
    db.session.execute(
        update(RightsRequest)
        .where(RightsRequest.state == "ready", RightsRequest.over_at <= moment)
        .values(state="over")
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(RightsRequest)
        .where(RightsRequest.state != "waiting", RightsRequest.asked_at < retention_now() - REQUESTS_KEPT)
        .execution_options(synchronize_session=False)
    )


def _make(request_id: str) -> None:
    with transaction(reading=True):
        request = db.session.get(RightsRequest, request_id)
        if request is None or request.state != "waiting" or request.citizen_id is None:
            return
        citizen_id, asked_at = request.citizen_id, request.asked_at
    try:
        with made(citizen_id) as (copy, missing):
            if missing and now() - asked_at < WHOLE_WITHIN:
                _try_again(request_id, f"no answer from {', '.join(missing)}")
                return
            sent = Incoming(NAME, "application/zip", copy)
            file_id = store_file(sent, "core", endings=(".zip",), most_bytes=MOST_BYTES)
    except CitizenGone:
        return  # the erasure has made it void
    _hand_over(request_id, file_id, missing)


def _hand_over(request_id: str, file_id: str, missing: list[str]) -> None:
    """The copy is ready, if its citizen is still there: erased at the same moment, it is deleted."""
    moment = now()
    with transaction():
        ready = guarded_update(
            RightsRequest,
            RightsRequest.id == request_id,
            RightsRequest.state == "waiting",
            RightsRequest.citizen_id.is_not(None),
            state="ready",
            file_id=file_id,
            missing=missing,
            ended_at=moment,
            over_at=moment + KEPT,
            last_error=None,
        )
        if ready is None or ready.citizen_id is None:
            db.session.execute(delete(StoredFile).where(StoredFile.id == file_id))
            return
        keep(file_id, moment + KEPT)
        _replace_older(ready)
        tell(ready.citizen_id, COPY_READY, key=ready.id)
    log.info("a copy is ready", request=request_id, missing=missing)


def _replace_older(ready: RightsRequest) -> None:
    """One copy at a time: the one before goes."""
    older = (RightsRequest.citizen_id == ready.citizen_id, RightsRequest.id != ready.id)
    files = select(RightsRequest.file_id).where(*older, RightsRequest.state == "ready")
    db.session.execute(
        delete(StoredFile).where(StoredFile.id.in_(files)).execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(RightsRequest)
        .where(*older, RightsRequest.state == "ready")
        .values(state="over")
        .execution_options(synchronize_session=False)
    )


def _try_again(request_id: str, words: str) -> None:
    with transaction():
        request = lock_row(RightsRequest, request_id)
        if request is not None:
            request.attempts = min(request.attempts + 1, 1_000)
            wait = min(2 ** min(request.attempts, 20), LONGEST_WAIT_SECONDS)
            request.next_at, request.last_error = now() + timedelta(seconds=wait), words[:200]


def _copies(citizen_id: str) -> Select[RightsRequest]:
    return select(RightsRequest).where(RightsRequest.citizen_id == citizen_id, RightsRequest.kind == "copy")


def _due(moment: datetime) -> Select[str]:
    return (
        select(RightsRequest.id)
        .where(
            RightsRequest.kind == "copy", RightsRequest.state == "waiting", RightsRequest.next_at <= moment
        )
        .order_by(RightsRequest.next_at)
        .limit(20)
    )


def _next(moment: datetime) -> str | None:
    return db.session.scalar(_due(moment).limit(1))
