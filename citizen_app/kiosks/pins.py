"""The PIN of a kiosk: six to eight digits that staff type on its page to reach settings and lists.

Hashed like passwords of staff (argon2id). Five wrong PINs in a row lock it for 15 minutes; a new PIN unlocks.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from itsdangerous import BadData
from sqlalchemy import select

from citizen_app import clock
from citizen_app.audit.operations import record
from citizen_app.kiosks.models import Kiosk, KioskPin
from citizen_app.kiosks.queries import KioskView
from citizen_app.secrecy.vault import current_vault
from citizen_app.staff.passwords import hash_password, verify_password
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

DEMO_PIN: Final = "280614"
DIGITS: Final = 6
TRIES: Final = 5
LOCK: Final = timedelta(minutes=15)
UNLOCKED: Final = timedelta(minutes=5)
"""How long one PIN opens lists."""
SALT: Final = "kiosk-unlock"

NOT_SIX_DIGITS: Final = Text("应为 6 至 8 位数字", "six to eight digits")
TOO_EASY: Final = Text("太容易猜到，请换一个", "too easy to guess; choose another")
NO_PIN: Final = Text(
    "这台设备还没有设置 PIN，请管理员在后台设置。",
    "This kiosk has no PIN yet; ask an operator to set one in the console.",
)
TRIES_LEFT: Final = Text("PIN 不对，还可再试 {left} 次。", "Wrong PIN. Tries left: {left}.")
LOCKED: Final = Text(
    "多次输错，PIN 已锁定，请 {minutes} 分钟后再试，或由管理员重设。",
    "Too many wrong PINs: locked for {minutes} min. An operator can set a new one.",
)
REVOKED: Final = Text("该设备已吊销，不能再更改。", "This kiosk is revoked and cannot be changed.")
CLOSED: Final = Text("请重新输入 PIN。", "Please enter the PIN again.")

_ROWS: Final = "01234567890", "09876543210"


def set_pin(kiosk_id: str, pin: str | None = None) -> str:
    """Give the kiosk a PIN, a random one where none is stated, and unlock it; returns the PIN.

    Raises a 422 for one that is no PIN or easily guessed, a 404, and a 409 for a revoked kiosk.
    """
    chosen = _random() if pin is None else _checked(pin)
    hashed = hash_password(chosen)  # before any lock is held
    kiosk = lock_row(Kiosk, kiosk_id)
    if kiosk is None:
        raise Problem("not-found")
    if kiosk.state == "revoked":
        raise Problem("conflict", REVOKED)
    held = db.session.get(KioskPin, kiosk_id) or KioskPin(kiosk_id=kiosk_id)
    held.pin_hash, held.tries, held.locked_until, held.set_at = hashed, 0, None, clock.now()
    db.session.add(held)
    db.session.flush()
    record("kiosk.set_pin", "kiosk", kiosk_id, number=kiosk.number)
    return chosen


def has_pin(kiosk_id: str) -> bool:
    """Whether a PIN is set."""
    return db.session.scalar(select(KioskPin.kiosk_id).where(KioskPin.kiosk_id == kiosk_id)) is not None


def unlock(kiosk: KioskView, pin: str) -> tuple[str, datetime]:
    """Try a PIN; returns what opens the kiosk's lists for five minutes, and until when.

    Opens its own units of work, because the hash takes long and a lock would hold up scans. Of tries at the
    same moment no more than five are judged. Raises a 403 with `tries_left` for a wrong PIN, a 429 while
    locked, a 409 where none is set.
    """
    with transaction(reading=True):
        stored = db.session.scalar(select(KioskPin.pin_hash).where(KioskPin.kiosk_id == kiosk.id))
    if stored is None:
        raise Problem("conflict", NO_PIN)
    right = verify_password(stored, pin)
    with transaction():
        return _judge(kiosk, stored, right)


def require_unlocked(kiosk: KioskView, token: str) -> None:
    """Raises a 403 unless `token` is what `unlock` gave this kiosk under the present PIN, five minutes ago at
    most."""
    try:
        kiosk_id, set_at, until = current_vault().signer(SALT).loads(token)
    except (BadData, TypeError, ValueError):
        raise Problem("not-permitted", CLOSED) from None
    held = db.session.scalar(select(KioskPin.set_at).where(KioskPin.kiosk_id == kiosk.id))
    is_open = held is not None and (kiosk_id, set_at) == (kiosk.id, _version(held))
    if not is_open or until <= clock.timestamp():
        raise Problem("not-permitted", CLOSED)


def _judge(kiosk: KioskView, stored: str, right: bool) -> tuple[str, datetime]:
    held, moment = lock_row(KioskPin, kiosk.id), clock.now()
    if held is None:
        raise Problem("conflict", NO_PIN)
    if held.locked_until is not None and moment < held.locked_until:
        raise _locked(held.locked_until - moment)
    if held.locked_until is not None:
        held.tries, held.locked_until = 0, None
    if right and held.pin_hash == stored:  # one that was changed meanwhile counts as wrong
        held.tries = 0
        until = moment + UNLOCKED
        said = [kiosk.id, _version(held.set_at), int(until.timestamp())]
        return current_vault().signer(SALT).dumps(said), until
    held.tries += 1
    if held.tries >= TRIES:
        held.locked_until = moment + LOCK
        record("kiosk.pin_locked", "kiosk", kiosk.id, result="refused", actor=kiosk.actor)
        raise _locked(LOCK)
    left = TRIES - held.tries
    raise Problem("pin-refused", TRIES_LEFT.fill(left=left), keep_writes=True, more={"tries_left": left})


def _locked(wait: timedelta) -> Problem:
    seconds = max(1, int(wait.total_seconds()))
    detail = LOCKED.fill(minutes=-(-seconds // 60))
    return Problem("pin-locked", detail, headers={"Retry-After": str(seconds)}, keep_writes=True)


def _version(set_at: datetime) -> int:
    return int(set_at.timestamp() * 1_000_000)


def _checked(pin: str) -> str:
    if re.fullmatch(r"[0-9]{6,8}", pin) is None:
        raise invalid_input("/pin", NOT_SIX_DIGITS)
    if _is_easy(pin):
        raise invalid_input("/pin", TOO_EASY)
    return pin


def _random() -> str:
    while True:
        pin = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        if not _is_easy(pin):
            return pin


def _is_easy(pin: str) -> bool:
    return len(set(pin)) < 3 or any(pin in row for row in _ROWS)
