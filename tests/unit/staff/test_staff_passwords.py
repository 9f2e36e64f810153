"""Which passwords staff may choose, and that they are kept as argon2id."""

from __future__ import annotations

import threading
import unicodedata

import pytest
from argon2 import PasswordHasher

from citizen_app.staff import passwords
from citizen_app.wire.problems import Problem


@pytest.mark.parametrize(
    "password",
    [
        "short-one",
        "x" * 300,
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "123456789012",
        "abcdefghijklmnop",
        "qwertyuiop[asdfghjkl",
        "poiuytrewq0987654321",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "password1234",
        "P@ssw0rd2026!",
        "PASSWORD-PASSWORD",
        "admin123456!",
        "iloveyou520520",
        "woaini1314520",
        "Suqian@2026!!",
        "xiaoming-2026-ok",
        "Spring2026!Summer",
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str) -> None:
    assert passwords.weakness(password, "xiaoming") is not None


@pytest.mark.parametrize(
    "password",
    [
        "quiet-lantern-river",
        "correct horse battery staple",
        "x7#Kp2$mQ9!zW",
        "雨后 湖边 的 旧书店 很安静",
        "k" + "JdR7-u1bz" * 7,
        "the password is hidden under the third stone",
    ],
)
def test_a_password_with_something_of_its_own_is_accepted(password: str) -> None:
    assert passwords.weakness(password, "xiaoming") is None


def test_refusal_names_the_field() -> None:
    with pytest.raises(Problem) as refused:
        passwords.check_strength("short", "xiaoming")
    assert refused.value.kind.slug == "invalid-input"
    assert refused.value.errors[0].pointer == "/password"


def test_hash_is_argon2id_with_the_parameters_of_rfc_9106(
    production_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", production_hasher)
    stored = passwords.hash_password("quiet-lantern-river")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.verify_password(stored, "quiet-lantern-river")
    assert not passwords.verify_password(stored, "quiet-lantern-rivet")
    assert not passwords.is_outdated(stored)


def test_two_ways_to_type_one_character_are_one_password() -> None:
    composed = unicodedata.normalize("NFC", "café-au-lait-à-Suqian")
    apart = unicodedata.normalize("NFD", composed)
    assert composed != apart
    assert passwords.verify_password(passwords.hash_password(composed), apart)


def test_nobody_has_the_password_of_nobody() -> None:
    assert not passwords.verify_password(None, "nobody has this password")


def test_an_overlong_password_is_never_right_even_if_its_beginning_is() -> None:
    longest = "k7#" * 85 + "z"
    assert len(longest) == passwords.LONGEST
    stored = passwords.hash_password(longest)
    assert passwords.verify_password(stored, longest)
    assert not passwords.verify_password(stored, longest + "x")


def test_a_flood_of_sign_ins_waits_its_turn_and_is_then_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASH_SLOT_TIMEOUT_SECONDS", 0.05)
    running, peak, guard, others_refused = 0, 0, threading.Lock(), threading.Event()

    class SlowHasher:
        def verify(self, stored: str, password: str) -> bool:
            nonlocal running, peak
            with guard:
                running += 1
                peak = max(peak, running)
            assert others_refused.wait(20)
            with guard:
                running -= 1
            return True

    monkeypatch.setattr(passwords, "_hasher", SlowHasher())
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            passwords.verify_password("stored", "anything")
            outcomes.append("hashed")
        except Problem as problem:
            outcomes.append(problem.kind.slug)
            if len(outcomes) == 6:
                others_refused.set()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert peak == passwords.CONCURRENT_HASHES
    assert sorted(outcomes) == ["hashed"] * 2 + ["unavailable"] * 6
