"""Sealed fields, blind indexes and pairwise references."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.secrecy.vault import SealBroken, Vault
from citizen_app.settings import Settings, load_settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with random keys."""
    return load_settings({"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path_factory.mktemp("vault"))})


@given(plain=st.text(), place=st.text(min_size=1, max_size=40))
def test_what_is_sealed_opens_in_its_place_only(settings: Settings, plain: str, place: str) -> None:
    vault = Vault(settings)
    sealed = vault.seal(plain, place)
    assert vault.unseal(sealed, place).decode() == plain
    with pytest.raises(SealBroken):
        vault.unseal(sealed, place + "x")


def test_every_flipped_bit_is_noticed(settings: Settings) -> None:
    vault = Vault(settings)
    sealed = vault.seal("张小三", "citizens.name.1")
    for position in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(SealBroken):
            vault.unseal(bytes(changed), "citizens.name.1")


def test_keys_rotate_and_old_data_stays_readable(settings: Settings) -> None:
    old = Vault(settings).seal("secret", "here")
    both = replace(settings, field_keys={**settings.field_keys, 2: secrets.token_bytes(32)})
    rotated = Vault(both)
    assert rotated.unseal(old, "here") == b"secret"
    fresh = rotated.seal("secret", "here")
    assert fresh[1] == 2
    with pytest.raises(SealBroken, match="key 2"):
        Vault(settings).unseal(fresh, "here")


def test_references_differ_by_service_and_by_person(settings: Settings) -> None:
    vault = Vault(settings)
    made = {vault.citizen_ref(service, person) for service in ("bus", "library") for person in ("a", "b")}
    assert len(made) == 4
    assert all(len(base64.urlsafe_b64decode(ref + "==")) == 16 for ref in made)


def test_a_signature_of_an_older_key_still_verifies(settings: Settings) -> None:
    token = Vault(settings).signer("cursor").dumps("x")
    rotated = replace(settings, secret_keys=(secrets.token_urlsafe(48), *settings.secret_keys))
    assert Vault(rotated).signer("cursor").loads(token) == "x"
