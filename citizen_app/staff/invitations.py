"""How people of the city get an account: with a one-time token, by which they choose their password and set
up their authenticator themselves. There is no default account (ASVS V6.3.2): the first token, of an
installation where nobody can manage staff, is printed on the server.

The secret of the authenticator follows from the token, so nothing of it is stored before the account is made.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import pyotp
from sqlalchemy import delete, select

from citizen_app import clock
from citizen_app.audit.operations import SYSTEM, record
from citizen_app.ids import new_id
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.secrecy.bearers import is_ours, mint
from citizen_app.secrecy.vault import current_vault, token_hash
from citizen_app.staff import operations
from citizen_app.staff.models import Invitation, Staff
from citizen_app.staff.operations import Grant, NewStaff, locked, managers_of_staff
from citizen_app.staff.second_factor import DRIFT_STEPS, STEP_SECONDS
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

VALID: Final = timedelta(hours=24)
FIRST_ROLE: Final = "security_admin"
"""Whoever sets a city up can appoint the others, and nothing else."""
SECRET_BYTES: Final = 20
NOT_VALID: Final = Text(
    "令牌无效、已用过或已过期。请向安全管理员要一个新的；首次安装请在服务器上运行 flask --app wsgi staff setup-token。",
    "The token is not valid, used or expired. Ask a security administrator for a new one; for a new installation run flask --app wsgi staff setup-token on the server.",
)
WRONG_DIGITS: Final = Text("与身份验证器此刻显示的不符", "not what the authenticator shows at the moment")
ALREADY_SET_UP: Final = Text(
    "已有能管理工作人员的账号，请由其发出邀请。",
    "There is an account that can manage staff; it can invite others.",
)
NAME_TAKEN: Final = Text("用户名已被使用。", "The user name is taken.")


def set_up_token() -> str:
    """A token for the first account, which gets the role of a security administrator; those before are void.
    Raises a 409 where somebody can manage staff already."""
    operations.seed_roles()
    if managers_of_staff():
        raise Problem("conflict", ALREADY_SET_UP)
    db.session.execute(delete(Invitation).where(Invitation.username.is_(None)))
    token = _issue(None, None, [Grant(FIRST_ROLE)])
    record("staff.set_up_token", "staff", None)
    return token


def is_new_installation() -> bool:
    """Whether nobody has an account, and no token for the first one was ever given out."""
    anybody = db.session.scalar(select(Staff.id).limit(1)) or db.session.scalar(
        select(Invitation.id).limit(1)
    )
    return anybody is None


def invite(username: str, grants: Iterable[Grant]) -> str:
    """A token with which somebody makes the account of this name with these roles; one before for the same
    name is void. Raises a 422 or a 409 as the account itself would."""
    username = username.lower()
    if not operations.USERNAME.match(username):
        raise invalid_input("/username", operations.FORM_OF_A_NAME)
    if db.session.scalar(select(Staff.id).where(Staff.username == username)) is not None:
        raise Problem("conflict", NAME_TAKEN)
    wanted = list(grants)
    operations.check_together(wanted)
    db.session.execute(delete(Invitation).where(Invitation.username == username))
    token = _issue(username, None, wanted)
    record("staff.invite", "staff", None, username=username, grants=[str(grant) for grant in wanted])
    return token


def invite_again(staff_id: str) -> str:
    """A token with which somebody who has an account chooses a new password and sets up a new authenticator;
    what they have now works until then."""
    staff = locked(staff_id)
    db.session.execute(delete(Invitation).where(Invitation.staff_id == staff_id))
    token = _issue(staff.username, staff_id, [])
    record("staff.invite_again", "staff", staff_id)
    return token


def invitation_of(token: str) -> Invitation:
    """The invitation of a token that can be used now. Raises a 403 for any other."""
    found = None
    if is_ours("staff-invitation", token):
        known = select(Invitation).where(Invitation.token_hash == token_hash(token))
        found = db.session.scalars(known).one_or_none()
    if found is None or found.used_at is not None or clock.now() >= found.expires_at:
        raise Problem("not-permitted", NOT_VALID)
    return found


def secret_of(token: str) -> str:
    """The secret of the authenticator (base32) that goes with a token."""
    return base64.b32encode(current_vault().blind_index("staff.authenticator", token)[:SECRET_BYTES]).decode()


def accept(token: str, username: str, password: str, totp: str) -> Staff:
    """Make the account, or renew it, and use the token up. `username` counts for the first account only.

    Raises a 403 for a token that is not valid, a 422 for a weak password or wrong digits.
    """
    found = lock_row(Invitation, invitation_of(token).id)
    if found is None or found.used_at is not None:  # used while this one waited
        raise Problem("not-permitted", NOT_VALID)
    secret = secret_of(token)
    step = _step_of(secret, totp)
    if step is None:
        raise invalid_input("/totp", WRONG_DIGITS)
    if found.staff_id is not None:
        operations.reset_password(found.staff_id, password, secret)
        staff = locked(found.staff_id)
    else:
        staff = _made(found, username, password, secret).staff
    staff.totp_last_step = step  # used up
    found.used_at, found.staff_id = clock.now(), staff.id
    db.session.flush()
    record("staff.accept_invitation", "staff", staff.id, actor=SYSTEM, username=staff.username)
    return staff


def forget_old_invitations() -> None:
    """Delete what nobody can use any more."""
    over = Invitation.expires_at <= retention_now() - VALID
    db.session.execute(delete(Invitation).where(over, Invitation.username.is_not(None)))


def _made(found: Invitation, username: str, password: str, secret: str) -> NewStaff:
    if found.username is None and managers_of_staff():
        raise Problem("not-permitted", ALREADY_SET_UP)
    name = found.username or username
    return operations.create(name, password, found.grants, totp_secret=secret)


def _issue(username: str | None, staff_id: str | None, grants: list[Grant]) -> str:
    token, moment = mint("staff-invitation"), clock.now()
    invitation = Invitation(
        id=new_id(),
        token_hash=token_hash(token),
        username=username,
        staff_id=staff_id,
        grants=[list(grant) for grant in grants],
        created_at=moment,
        expires_at=moment + VALID,
    )
    db.session.add(invitation)
    db.session.flush()
    return token


def _step_of(secret: str, digits: str) -> int | None:
    """The time step whose digits these are; None for none near now."""
    totp, present = pyotp.TOTP(secret), clock.timestamp() // STEP_SECONDS
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None
