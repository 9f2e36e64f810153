"""Signing in with a phone, also where the number may have passed to somebody else (二次放号).

Networks give out a number anew some 90 days after its holder has left it. So where nobody has used an account
with a proved name for that long, a right OTP alone does not open it: who calls also says the end of a
document of the account, or that the account is not theirs. Three wrong ends, counted for the account, and
only a desk helps.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import delete, or_, select

from citizen_app.citizens.challenges import give_back_challenge, redeem_challenge, sign_in_refused
from citizen_app.citizens.documents import documents_of
from citizen_app.citizens.models import Citizen, PhoneDoubt, SignInSession
from citizen_app.citizens.personal import phone_index
from citizen_app.citizens.phones import take_phone_away
from citizen_app.citizens.queries import citizen_by_phone
from citizen_app.citizens.registration import registered_citizen
from citizen_app.citizens.sessions import Tokens, start_session, stated_session
from citizen_app.citizens.traits import AssuranceLevel, CitizenStatus
from citizen_app.clock import now
from citizen_app.notices.catalogue import SIGNED_IN
from citizen_app.notices.sending import tell
from citizen_app.settings import current_settings
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

MOST_SUFFIXES: Final = 3
WRONG: Final = Text(
    "与账户的证件不符，还可以试 {left} 次。",
    "That is not how a document of the account ends. Tries left: {left}.",
)
AT_A_DESK: Final = Text(
    "次数已用完。如果账户是您的，请携带证件到市民服务窗口办理；如果不是，请选择“这不是我的账户”。",
    "No tries are left. If the account is yours, come to a service counter with your document; if not, say so.",
)
USED_LATELY: Final = Text(
    "这个号码的账户近期有人使用，请直接登录。",
    "The account of this number has been used lately; just sign in.",
)

log = structlog.get_logger(__name__)


def open_session(
    challenge_id: str, otp: str, *, id_suffix: str | None = None, new_account: bool = False
) -> Tokens:
    """Sign in with an OTP; the first one of a phone registers its citizen.

    Where the number may have passed on (`may_have_passed_on`), `id_suffix` is the end of a document of the
    account, four to six characters; or with `new_account` who calls gets an account of their own, and the one
    before is without a phone. The OTP stays good until one of them is right.

    Raises `sign-in-refused`, and to whoever has given the right OTP only: `account-suspended`,
    `identity-proof-required`, a 409 for a `new_account` in place of one that was used lately.
    """
    phone = redeem_challenge(challenge_id, otp)
    known = citizen_by_phone(phone) is not None
    citizen = _account_of(phone)
    if new_account and known:
        if not _is_idle(citizen):
            raise Problem("conflict", USED_LATELY)
        log.info("an account is somebody else's than the phone", citizen=citizen.id)
        take_phone_away(citizen)
        citizen = _account_of(phone)
    elif may_have_passed_on(citizen):
        _prove(citizen, id_suffix, challenge_id)
    if citizen.status != CitizenStatus.ACTIVE:
        raise Problem("account-suspended", keep_writes=True)
    knows_devices = _has_signed_in(citizen)
    tokens = start_session(citizen)
    if knows_devices:
        tell(citizen.id, SIGNED_IN, about=stated_session(tokens.refresh_token), at=now())
    return tokens


def may_have_passed_on(citizen: Citizen) -> bool:
    """Whether the number of an account with a proved name may be somebody else's by now. The demo city's
    people sign in with their OTP alone."""
    return citizen.assurance_level >= AssuranceLevel.REAL_NAME and not citizen.is_demo and _is_idle(citizen)


def _account_of(phone: str) -> Citizen:
    """The account of a phone, locked, made now if there is none. Raises the 401 where it is erased at this
    moment."""
    for _ in range(2):
        citizen = lock_row(Citizen, registered_citizen(phone).id)
        if citizen is not None and citizen.phone_index == phone_index(phone):  # nobody has moved it meanwhile
            return citizen
    raise sign_in_refused(keep_writes=True)


def _is_idle(citizen: Citizen) -> bool:
    """Whether nobody has used the account for so long, nor given it the number since."""
    bound = now() - timedelta(days=current_settings().phone_idle_days)
    if (citizen.phone_since or citizen.created_at) > bound:
        return False
    used = select(SignInSession.id).where(
        SignInSession.citizen_id == citizen.id,
        or_(SignInSession.rotated_at > bound, SignInSession.authenticated_at > bound),
    )
    return db.session.scalar(used.limit(1)) is None


def _has_signed_in(citizen: Citizen) -> bool:
    """Whether a sign-in is one more: the first of an account is told to nobody."""
    earlier = select(SignInSession.id).where(SignInSession.citizen_id == citizen.id)
    return db.session.scalar(earlier.limit(1)) is not None


def _prove(citizen: Citizen, id_suffix: str | None, challenge_id: str) -> None:
    """Raises `identity-proof-required` unless a document of the account ends so. The account is locked: of
    many at once none is left out of the count."""
    tries = db.session.scalar(select(PhoneDoubt.tries).where(PhoneDoubt.citizen_id == citizen.id)) or 0
    if tries >= MOST_SUFFIXES:
        raise _proof_required(0, AT_A_DESK)
    if id_suffix is None:
        raise _proof_required(MOST_SUFFIXES - tries)
    if any((one.number or "").endswith(id_suffix) for one in documents_of(citizen.id)):
        db.session.execute(delete(PhoneDoubt).where(PhoneDoubt.citizen_id == citizen.id))
        return
    db.session.merge(PhoneDoubt(citizen_id=citizen.id, tries=tries + 1, tried_at=now()))
    db.session.flush()
    give_back_challenge(challenge_id)
    left = MOST_SUFFIXES - tries - 1
    log.warning("the end of a document was wrong at a sign-in", citizen=citizen.id, left=left)
    raise _proof_required(left, WRONG.fill(left=left) if left else AT_A_DESK, keep_writes=True)


def _proof_required(left: int, words: Text | None = None, *, keep_writes: bool = False) -> Problem:
    """Without `keep_writes` the unit of work rolls back, and with it the use of the OTP."""
    return Problem(
        "identity-proof-required",
        words,
        headers={"WWW-Authenticate": "Bearer"},
        keep_writes=keep_writes,
        more={"tries_left": left},
    )
