"""What this room throws away: challenges, sessions and revocations whose time is up."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, delete, or_

from citizen_app.citizens.models import OtpChallenge, OtpShare, RevokedSession, SignInSession
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.jobs.runner import Job
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db

CHALLENGES_KEPT: Final = timedelta(hours=1)
"""As long as challenges are counted towards a phone's share of messages."""
SESSIONS_KEPT: Final = timedelta(days=30)
"""A copied token of an ended session is still told from an invention for as long."""


def sweep_sign_in() -> None:
    """Delete what is over."""
    moment = retention_now()
    used_within = timedelta(days=current_settings().phone_idle_days)  # asked for by `signing_in`
    for doomed in (
        delete(OtpChallenge).where(OtpChallenge.expires_at < moment - CHALLENGES_KEPT),
        delete(OtpShare).where(OtpShare.asked_at < moment - CHALLENGES_KEPT),
        delete(RevokedSession).where(RevokedSession.until < moment),
        delete(SignInSession).where(
            SignInSession.rotated_at < moment - used_within,
            or_(
                SignInSession.expires_at < moment - SESSIONS_KEPT,
                and_(
                    SignInSession.revoked_at.is_not(None), SignInSession.revoked_at < moment - SESSIONS_KEPT
                ),
            ),
        ),
    ):
        db.session.execute(doomed.execution_options(synchronize_session=False))


JOBS: Final = (Job("citizens.sweep", every_seconds=600, run=sweep_sign_in),)
