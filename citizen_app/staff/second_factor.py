"""The second factor: time-based one-time passwords (RFC 6238), each used once."""

from __future__ import annotations

import hmac
from typing import Final

import pyotp

from citizen_app import clock
from citizen_app.settings import current_settings
from citizen_app.staff.models import Staff

STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1


def new_secret() -> str:
    """A fresh secret of 160 bits in base32, as authenticator apps take it."""
    return pyotp.random_base32()


def enrolment_uri(username: str, secret: str) -> str:
    """The `otpauth://` address that an authenticator app reads."""
    uri: str = pyotp.TOTP(secret).provisioning_uri(
        name=username, issuer_name=f"{current_settings().city.zh}市民码"
    )
    return uri


def use_one_time_password(staff: Staff, given: str) -> bool:
    """Whether the six digits are right for now, one step earlier or later, and not used before; uses them up.

    The caller has locked the person's row, so that of two concurrent uses one is refused (RFC 6238 §5.2).
    """
    totp = pyotp.TOTP(Staff.totp_secret.open(staff.id, staff.totp_sealed))
    present = clock.timestamp() // STEP_SECONDS
    matching = [
        step
        for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode())
    ]
    fresh = [step for step in matching if step > staff.totp_last_step]
    if not fresh:
        return False
    staff.totp_last_step = fresh[0]
    return True
