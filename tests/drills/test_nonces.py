"""Nonces of sealed fields over many encryptions: each once, and none to be foreseen (AES-GCM under one key
loses everything with the first that comes twice)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from citizen_app.secrecy import vault as vaults
from citizen_app.secrecy.vault import NONCE_BYTES, Vault
from citizen_app.settings import Settings, load_settings
from tests.drills.sizes import ENCRYPTIONS
from tests.randomness import random_bits


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with random keys."""
    return load_settings({"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path_factory.mktemp("vault"))})


def nonces_of(settings: Settings, times: int) -> list[bytes]:
    """The nonce of each encryption of the same thing in the same place."""
    vault = Vault(settings)
    return [vault.seal("张小三", "citizens.name.1")[2 : 2 + NONCE_BYTES] for _ in range(times)]


def test_no_nonce_comes_twice_and_none_is_foreseen(settings: Settings) -> None:
    nonces = nonces_of(settings, ENCRYPTIONS)
    assert len(set(nonces)) == ENCRYPTIONS
    assert random_bits(nonces) == 8 * NONCE_BYTES


@pytest.mark.parametrize(
    ("made", "most"),
    [
        (lambda numbers: next(numbers).to_bytes(NONCE_BYTES), 1),
        (lambda numbers: (next(numbers) % 1000 * 2**64 // 1000).to_bytes(NONCE_BYTES), 64),
    ],
    ids=["counted", "of few"],
)
def test_negative_control_nonces_that_are_counted_or_few_are_noticed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, made: Callable[[count[int]], bytes], most: int
) -> None:
    numbers = count(1)
    monkeypatch.setattr(vaults.os, "urandom", lambda length: made(numbers))
    nonces = nonces_of(settings, 5_000)
    assert random_bits(nonces) <= most < 8 * NONCE_BYTES
