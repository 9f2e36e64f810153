"""A citizen's e-mail address for notices: given, confirmed by a code that was sent to it, taken away.

Until the code was typed in nothing else goes to an address, and the one before stays in use. A code is good
for half an hour and five guesses; each day five codes at most leave for one citizen, so that nobody's mailbox
is filled from here. Whatever changes is told by phone, and to the address that was in use until then.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from citizen_app.audit.operations import Actor, record
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.email import EMAIL, Letter, email_offered, masked_email
from citizen_app.jobs.outbox import enqueue
from citizen_app.notices.catalogue import NEW_EMAIL
from citizen_app.notices.models import CitizenEmail
from citizen_app.notices.preferences import preferences_of, spoken
from citizen_app.notices.sending import tell
from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import current_settings
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

LIFETIME: Final = timedelta(minutes=30)
"""Mail servers that do not know ours let a message wait for some minutes."""
MOST_TRIES: Final = 5
MOST_CODES_A_DAY: Final = 5
SUBJECT: Final = Text("{city}市民码：邮箱验证码", "{city} Citizen Code: your code")
MESSAGE: Final = Text(
    "验证码 {code}，30 分钟内有效。请在“我的 → 我的消息 → 通知设置”中填写，以便用这个邮箱接收通知。如果不是您本人操作，请忽略本邮件，不会再有其他邮件。",
    "{code} is your code for 30 minutes. Enter it under Mine, My inbox, How I am told, to receive notices at this address. If you did not ask for it, ignore this message; no other will follow.",
)
NOT_OFFERED: Final = Text("本市尚未开通邮件通知。", "This city does not send notices by e-mail yet.")
NOTHING_WAITS: Final = Text(
    "没有等待确认的邮箱，请重新填写邮箱。", "No address waits to be confirmed: give it again."
)
WRONG: Final = Text("验证码不对，还可以试 {left} 次。", "That is not the code. Tries left: {left}.")
NO_TRIES: Final = Text("验证码已失效，请重新获取。", "The code is no longer good: please ask for another.")
ENOUGH: Final = Text(
    "今天发出的验证码已达上限，请明天再试。", "No more codes leave today: please try again tomorrow."
)

_EMAILS: Final = table_of(CitizenEmail)


@dataclass(frozen=True, slots=True)
class EmailStanding:
    """A citizen's address as they see it, masked; `pending` waits for its code until `expires_at`."""

    offered: bool
    address: str | None = None
    confirmed_at: datetime | None = None
    pending: str | None = None
    expires_at: datetime | None = None


def standing_of(citizen_id: str) -> EmailStanding:
    """What is known and what waits."""
    row = _row(citizen_id)
    if row is None:
        return EmailStanding(email_offered())
    address, pending = row.address, row.pending if _waits(row) else None
    return EmailStanding(
        email_offered(),
        masked_email(address) if address else None,
        row.confirmed_at,
        masked_email(pending) if pending else None,
        row.expires_at if pending else None,
    )


def ask_for(citizen_id: str, address: str) -> None:
    """Send a code to an address; the one in use stays in use until the code is typed in. Raises a 404 where
    the city sends no e-mail, a 429 when the day has had its number."""
    if not email_offered():
        raise Problem("not-found", NOT_OFFERED)
    local, _, domain = address.rpartition("@")
    moment, row, address = now(), _locked(citizen_id), f"{local}@{domain.lower()}"
    today = moment.astimezone(current_settings().timezone).date()
    sent = row.sent if row.sent_on == today else 0
    if sent >= MOST_CODES_A_DAY:
        raise Problem("too-many-requests", ENOUGH, headers={"Retry-After": "3600"})
    code = f"{secrets.randbelow(10**6):06d}"
    row.pending, row.code_hash = address, _hash(row.id, code)
    row.tries, row.expires_at = 0, moment + LIFETIME
    row.sent, row.sent_on = sent + 1, today
    db.session.flush()
    speech, city = preferences_of(citizen_id).language, current_settings().city
    letter = Letter(
        address, spoken(SUBJECT.fill(city=city), speech), spoken(MESSAGE.fill(code=code), speech, "\n\n")
    )
    enqueue(EMAIL, letter.as_json(), give_up_after=LIFETIME)


def confirm(citizen_id: str, code: str) -> None:
    """The code that was sent: from now on notices go to that address. The guess is counted in the statement
    that reads the code, and the row is locked by it, so of many at once none is left out.

    Raises a 409 for a wrong code and where nothing waits.
    """
    guessed = db.session.execute(
        update(_EMAILS)
        .where(
            _EMAILS.c.citizen_id == citizen_id,
            _EMAILS.c.pending_sealed.is_not(None),
            _EMAILS.c.tries < MOST_TRIES,
            _EMAILS.c.expires_at > now(),
        )
        .values(tries=_EMAILS.c.tries + 1)
        .returning(_EMAILS.c.id, _EMAILS.c.tries, _EMAILS.c.code_hash)
    ).one_or_none()
    if guessed is None:
        raise Problem("conflict", NOTHING_WAITS)
    right = _hash(guessed.id, code if code.isascii() else "")
    if not hmac.compare_digest(guessed.code_hash or b"", right):
        left = MOST_TRIES - guessed.tries
        words = WRONG.fill(left=left) if left else NO_TRIES
        raise Problem("conflict", words, keep_writes=True)
    row = db.session.get_one(CitizenEmail, guessed.id, populate_existing=True)
    before, wanted = row.address, row.pending
    if before != wanted:
        tell(citizen_id, NEW_EMAIL, email=before)
    row.address, row.confirmed_at = wanted, now()
    _nothing_waits(row)
    _record("notices.email.confirm", citizen_id)


def take_away(citizen_id: str) -> None:
    """No e-mail from now on, and nothing is kept of the address but how many codes left today."""
    row = _row(citizen_id)
    if row is None:
        return
    row = _locked(citizen_id)
    if row.address is not None:
        tell(citizen_id, NEW_EMAIL, email=row.address)
        _record("notices.email.remove", citizen_id)
    row.address = row.confirmed_at = None
    _nothing_waits(row)


def address_of(citizen_id: str) -> str | None:
    """Where notices go."""
    row = _row(citizen_id)
    return None if row is None else row.address


def _nothing_waits(row: CitizenEmail) -> None:
    row.pending = row.code_hash = row.expires_at = None
    row.tries = 0
    db.session.flush()


def _waits(row: CitizenEmail) -> bool:
    return row.expires_at is not None and row.expires_at > now() and row.tries < MOST_TRIES


def _hash(row_id: str, code: str) -> bytes:
    return current_vault().short_secret_hash(f"email {row_id}", code)


def _row(citizen_id: str) -> CitizenEmail | None:
    return db.session.scalars(select(CitizenEmail).where(CitizenEmail.citizen_id == citizen_id)).one_or_none()


def _locked(citizen_id: str) -> CitizenEmail:
    """The citizen's row, made if there is none, so that of many at once each counts those before it."""
    made = upsert(_EMAILS).values(id=new_id(), citizen_id=citizen_id, tries=0, sent=0)
    db.session.execute(made.on_conflict_do_nothing(index_elements=["citizen_id"]))
    row = _row(citizen_id)
    locked = None if row is None else lock_row(CitizenEmail, row.id)
    if locked is None:
        raise Problem("not-found")
    return locked


def _record(action: str, citizen_id: str) -> None:
    row = _row(citizen_id)
    record(action, "email", row.id if row else None, actor=Actor("citizen", None, "citizen"))
