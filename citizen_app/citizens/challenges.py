"""One-time passwords by SMS: proof that someone holds a phone.

A challenge belongs to a phone, not to an account, so that known and unknown phones get the same answer from
the same work.
"""

from __future__ import annotations

import ipaddress
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import case, insert, select, update

from citizen_app.citizens.models import Citizen, OtpChallenge, OtpShare
from citizen_app.citizens.personal import named_regions, phone_index, region_of
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import enqueue
from citizen_app.jobs.sms import SMS, sms_payload
from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.text import DEFAULT_LANGUAGE, Language, Text
from citizen_app.wire.problems import Problem, invalid_input

OTP_LIFETIME: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
MOST_UNUSED_PER_NETWORK: Final = 5
MOST_UNUSED_PER_PHONE: Final = 10
"""How many messages a phone gets within an hour without any being used: asked for from one network, and in
all. Together with the tries this bounds guessing at 50 of a million per hour, and what strangers can send to
a phone; one network alone cannot use up a phone's share (docs/adr/0014). The demo citizens' public OTP needs
no such bound."""
COUNTED_FOR: Final = timedelta(hours=1)
DEMO_OTP: Final = "000000"
MESSAGE: Final = Text(
    "【{city}市民码】验证码 {otp}，10 分钟内有效。工作人员不会索要验证码，请勿告诉他人。",
    "[{city} Citizen Code] {otp} is your code for 10 minutes. Never tell it to anyone, staff included.",
)

ONLY_TO: Final = Text(
    "验证码只发往这些地区的手机号：{regions}", "codes go to mobile numbers of these regions only: {regions}"
)

log = structlog.get_logger(__name__)

_SHARES: Final = table_of(OtpShare)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the caller learns: whether an OTP is on its way, and when another could be, as things stand. The
    same for any phone."""

    challenge_id: str
    expires_at: datetime
    sent: bool
    next_message_at: datetime


def start_challenge(phone: str, asked_from: str, language: Language = DEFAULT_LANGUAGE) -> Challenge:
    """Send an OTP to a phone in E.164, in words of `language`; `asked_from` is the asker's IP address.

    Beyond the hour's share nothing is sent, the answer says so, and no guess opens the challenge. An older
    challenge of the phone stays as it is. Raises a 422 for a number of a region to which the city sends no
    messages (`CITIZEN_SMS_REGIONS`).
    """
    _check_region(phone)
    moment, index, challenge_id = now(), phone_index(phone), new_id()
    network = network_index(phone, asked_from)
    is_demo = current_settings().demo and _is_demo_phone(index)
    otp = DEMO_OTP if is_demo else f"{secrets.randbelow(10**6):06d}"
    otp_hash = current_vault().short_secret_hash(challenge_id, otp)
    in_all, from_network = _unused_messages(index, network, moment)
    sends = is_demo or _next_message(in_all, from_network, moment) == moment
    db.session.execute(
        insert(OtpChallenge).values(
            id=challenge_id,
            phone_index=index,
            network_index=network,
            phone_sealed=OtpChallenge.phone.seal(challenge_id, phone),
            otp_hash=otp_hash if sends else None,
            created_at=moment,
            expires_at=moment + OTP_LIFETIME,
        )
    )
    if sends:
        words = MESSAGE.fill(city=current_settings().city, otp=otp).say(language)
        enqueue(SMS, sms_payload(phone, words), give_up_after=OTP_LIFETIME)
        in_all, from_network = [moment, *in_all], [moment, *from_network]
    again = moment if is_demo else _next_message(in_all, from_network, moment)
    return Challenge(challenge_id, moment + OTP_LIFETIME, sends, again)


def redeem_challenge(challenge_id: str, otp: str) -> str:
    """The phone (E.164) of a challenge whose OTP this is; works once.

    Raises the same `sign-in-refused` for an unknown, used or expired challenge and for a wrong OTP; the guess
    stays counted. Guess, count and use are one statement, so of two concurrent right answers one is accepted
    (OWASP ASVS 5.0 V6.6.3).
    """
    moment, challenge_id = now(), _uuid_or_nil(challenge_id)
    guess_hash = current_vault().short_secret_hash(challenge_id, otp if otp.isascii() else "")
    right = OtpChallenge.otp_hash == guess_hash
    answered = db.session.execute(
        update(OtpChallenge)
        .where(
            OtpChallenge.id == challenge_id,
            OtpChallenge.attempts < MOST_TRIES,
            OtpChallenge.used_at.is_(None),
            OtpChallenge.expires_at > moment,
        )
        .values(attempts=OtpChallenge.attempts + 1, used_at=case((right, moment), else_=None))
        .returning(OtpChallenge.id, OtpChallenge.phone_sealed, OtpChallenge.used_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if answered is None or answered.used_at is None:
        raise sign_in_refused(keep_writes=True)
    return OtpChallenge.phone.open(answered.id, answered.phone_sealed)


def give_back_challenge(challenge_id: str) -> None:
    """A right OTP opens its challenge once more: something else that was asked beside it was wrong, and is
    counted by itself. In the unit of work that has redeemed it."""
    db.session.execute(
        update(OtpChallenge)
        .where(OtpChallenge.id == _uuid_or_nil(challenge_id))
        .values(attempts=OtpChallenge.attempts - 1, used_at=None)
        .execution_options(synchronize_session=False)
    )


def sign_in_refused(*, keep_writes: bool = False) -> Problem:
    """The one answer to whatever does not sign in; a 401 names its scheme (RFC 9110 §15.5.2)."""
    return Problem("sign-in-refused", headers={"WWW-Authenticate": "Bearer"}, keep_writes=keep_writes)


def _is_demo_phone(index: bytes) -> bool:
    return bool(db.session.scalar(select(Citizen.is_demo).where(Citizen.phone_index == index)))


def network_index(phone: str, address: str) -> bytes:
    """A keyed fingerprint of who asks for a phone: an IPv4 address, or the /64 that one subscriber of IPv6
    has. It says nothing about who asks for another phone.
    """
    try:
        network = str(ipaddress.ip_network((address, 64 if ":" in address else 32), strict=False))
    except ValueError:  # a unix socket has no address
        network = "unknown"
    return current_vault().blind_index("otp-network", f"{phone} {network}")


def _check_region(phone: str) -> None:
    """A message abroad costs many times one at home, and whoever pumps numbers is paid for it."""
    regions = current_settings().sms_regions
    if regions and region_of(phone) not in regions:
        raise invalid_input("/phone", ONLY_TO.fill(regions=named_regions(regions)))


def _unused_messages(index: bytes, network: bytes, moment: datetime) -> tuple[list[datetime], list[datetime]]:
    """When messages went to the phone within the hour that nobody has used, newest first: all, and those
    asked for from the network.

    The phone's row is locked first, known phone or not, so that each of many concurrent requests counts those
    before it.
    """
    db.session.execute(
        upsert(_SHARES)
        .values(phone_index=index, asked_at=moment)
        .on_conflict_do_update(index_elements=["phone_index"], set_={"asked_at": moment})
    )
    unused = (
        select(OtpChallenge.created_at, OtpChallenge.network_index)
        .where(
            OtpChallenge.phone_index == index,
            OtpChallenge.created_at > moment - COUNTED_FOR,
            OtpChallenge.used_at.is_(None),
            OtpChallenge.otp_hash.is_not(None),
        )
        .order_by(OtpChallenge.created_at.desc())
    )
    sent = db.session.execute(unused).all()
    if len(sent) >= MOST_UNUSED_PER_PHONE:
        log.warning("a phone's share of messages is used up by several networks")
    return [row.created_at for row in sent], [row.created_at for row in sent if row.network_index == network]


def _next_message(in_all: list[datetime], from_network: list[datetime], moment: datetime) -> datetime:
    """From when on another message may go: now, or when enough of those that count are older than an hour."""
    bounds = ((in_all, MOST_UNUSED_PER_PHONE), (from_network, MOST_UNUSED_PER_NETWORK))
    return max([moment, *(sent[most - 1] + COUNTED_FOR for sent, most in bounds if len(sent) >= most)])


def _uuid_or_nil(text: str) -> str:
    """The text as a canonical UUID; the nil UUID, which names no row, for anything else."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.UUID(int=0))
