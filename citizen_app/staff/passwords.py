"""Staff passwords: argon2id (RFC 9106), 12 to 256 characters, no common or easily guessed ones."""

from __future__ import annotations

import os
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

Hashed = TypeVar("Hashed")

SHORTEST: Final = 12
LONGEST: Final = 256
CONCURRENT_HASHES: Final = 2
WAITING_HASHES: Final = 2
HASH_SLOT_TIMEOUT_SECONDS: Final = 2.0
NICENESS: Final = 5
"""Of threads that hash, below whatever else the server does."""

TOO_SHORT: Final = Text("至少 {count} 个字符", "at least {count} characters").fill(count=SHORTEST)
TOO_LONG: Final = Text("至多 {count} 个字符", "at most {count} characters").fill(count=LONGEST)
HAS_THE_NAME: Final = Text("含有用户名", "contains the user name")
REPEATS: Final = Text("只是重复少数几个字符", "repeats the same few characters")
FOLLOWS: Final = Text("是键盘或字母表上的顺序", "follows the keyboard or the alphabet")
COMMON: Final = Text("由最常见的密码拼成", "is built from the commonest passwords")

STEMS: Final = tuple(
    """
    password passwort passwd passw0rd passphrase pass word welcome letmein admin administrator root
    superuser guest test testing tester demo default changeme change secret master login access system
    server manager support service hello iloveyou ilove lovely love sunshine princess prince dragon monkey
    football baseball basketball soccer hockey superman batman pokemon naruto starwars trustno whatever
    freedom shadow michael jordan jennifer jessica ashley daniel charlie andrew thomas george summer winter
    spring autumn january february monday friday flower cookie cheese chocolate banana orange computer
    internet samsung google facebook microsoft windows android iphone apple qwerty qwertz azerty asdfgh
    zxcvbn qazwsx 1qaz 2wsx 3edc 4rfv 1q2w 3e4r 5t6y q1w2 e3r4 t5y6 woaini aini woaiwojia wo5201314 5201314
    520 1314 nihao mima zhongguo china beijing shanghai suqian citizen shimin shiminma kiosk taobao wechat
    weixin alipay zhifubao laoban caonima tiankong baobao 666 888 999 110 119 120 abc xyz
    """.split()  # noqa: SIM905
)
"""Words that passwords are commonly built from; what is left besides them has to carry the secret."""

ROWS: Final = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "!@#$%^&*()",
)
RUN_LENGTH: Final = 4
LEAST_DISTINCT: Final = 6
LEAST_LEFT: Final = 6
UNLEET: Final = str.maketrans(
    {"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"}
)

_hasher: Final = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_turns: Final = threading.BoundedSemaphore(CONCURRENT_HASHES)
_line: Final = threading.BoundedSemaphore(CONCURRENT_HASHES + WAITING_HASHES)


def check_strength(password: str, username: str, pointer: str = "/password") -> None:
    """Raises a 422 with the reason when the password may not be used (ASVS V6.2.1, V6.2.4, V6.2.9)."""
    fault = weakness(password, username)
    if fault is not None:
        raise invalid_input(pointer, fault)


def weakness(password: str, username: str) -> Text | None:
    """Why the password may not be used, or None."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    plain = _folded(password)
    if len(username) >= 3 and username.lower() in plain:
        return HAS_THE_NAME
    if len(set(plain)) < LEAST_DISTINCT:
        return REPEATS
    if len(_without_runs(plain)) < LEAST_LEFT:
        return FOLLOWS
    if min(len(_without_stems(plain)), len(_without_stems(plain.translate(UNLEET)))) < LEAST_LEFT:
        return COMMON
    return None


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters, that is stored."""
    with _HashSlot():
        return _behind_others(lambda: _hasher.hash(_normal(password)))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password matches the stored hash; without one a dummy hash is verified, so that both take
    equally long.

    At most two hashes are computed concurrently in a process, so that a flood of sign-ins cannot starve the
    kiosks, and two wait; raises a 503 where more want to, and when no turn comes within two seconds.
    """
    if len(password) > LONGEST:
        password = password[:LONGEST] + "\0"  # never a password, but the same work
    with _HashSlot():
        try:
            right = _behind_others(lambda: _hasher.verify(stored or _dummy_hash(), _normal(password)))
        except (VerificationError, InvalidHashError):
            return False
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _behind_others(work: Callable[[], Hashed]) -> Hashed:
    """Do what keeps a core busy for long in a thread of lower priority, so that kiosks do not wait for
    whoever tries passwords. Other systems than Linux have no priority of one thread."""
    done: Future[Hashed] = Future()

    def run() -> None:
        try:
            if sys.platform == "linux":
                with suppress(OSError):  # a sandbox may forbid it
                    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=run, name="argon2", daemon=True).start()
    return done.result()


class _HashSlot:
    """A turn to hash. Whoever finds a line is told to come again: a thread that waits answers no kiosk."""

    def __enter__(self) -> None:
        if not _line.acquire(blocking=False):
            raise _busy()
        if not _turns.acquire(timeout=HASH_SLOT_TIMEOUT_SECONDS):
            _line.release()
            raise _busy()

    def __exit__(self, *failure: object) -> None:
        _turns.release()
        _line.release()


def _busy() -> Problem:
    return Problem("unavailable", headers={"Retry-After": "2"})


@cache
def _dummy_hash() -> str:
    return _hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _folded(password: str) -> str:
    return unicodedata.normalize("NFKC", password).lower()


def _without_runs(plain: str) -> str:
    """The text without stretches of four or more that follow a row of keys or the alphabet, either way."""
    kept, start = [], 0
    while start < len(plain):
        length = _run_at(plain, start)
        if length < RUN_LENGTH:
            kept.append(plain[start])
            length = 1
        start += length
    return "".join(kept)


def _run_at(plain: str, start: int) -> int:
    longest = 1
    for row in ROWS:
        for line in (row, row[::-1]):
            length = 1
            while start + length < len(plain) and plain[start : start + length + 1] in line:
                length += 1
            longest = max(longest, length)
    return longest


def _without_stems(plain: str) -> str:
    """The letters and marks that are left when common words, runs, digits and repeats are taken out."""
    for stem in sorted(STEMS, key=len, reverse=True):
        plain = plain.replace(stem, " ")
    left = _without_runs(plain)
    return "".join(c for c in left if not c.isspace() and not c.isdigit())
