"""The sealed handle of an online code."""

import pytest

from citizen_app.codes.format import Credential, decode
from citizen_app.codes.handles import open_handle, seal_handle
from citizen_app.codes.issuing import IssuingKey, issue_online_code
from tools.vector_cases import NOW
from tools.vector_keys import ISSUERS, KID

KEY = bytes(range(32))


@pytest.mark.parametrize("number", [0, 1, 4711, (1 << 63) - 1])
def test_there_and_back(number: int) -> None:
    handle = seal_handle(number, KEY)
    assert len(handle) == 16
    assert open_handle(handle, KEY) == number


@pytest.mark.parametrize("number", [-1, 1 << 63, 1 << 64])
def test_numbers_out_of_range(number: int) -> None:
    with pytest.raises(ValueError):
        seal_handle(number, KEY)


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_handles_of_another_length(length: int) -> None:
    with pytest.raises(ValueError):
        open_handle(bytes(length), KEY)


@pytest.mark.parametrize("key", [b"", bytes(16), bytes(31), bytes(33)])
def test_sealing_keys_of_another_length(key: bytes) -> None:
    with pytest.raises(ValueError):
        seal_handle(1, key)


def test_another_key_opens_nothing() -> None:
    handles = [seal_handle(1, KEY) for _ in range(64)]
    other = bytes(32)
    opened = []
    for handle in handles:
        try:
            opened.append(open_handle(handle, other))
        except ValueError:
            continue
    assert 1 not in opened
    assert len(opened) < len(handles)


def runs(raw: bytes) -> set[bytes]:
    """Every run of 8 bytes in it."""
    return {raw[start : start + 8] for start in range(len(raw) - 7)}


def test_a_thousand_handles_of_one_person_share_nothing() -> None:
    handles = [seal_handle(4711, KEY) for _ in range(1000)]
    assert len(set[bytes]().union(*map(runs, handles))) == 1000 * 9


def test_codes_of_one_person_share_what_everyones_codes_share() -> None:
    key = IssuingKey(KID, ISSUERS[KID], KEY)
    mine = [decode(issue_online_code(4711, key, NOW).text).credential for _ in range(300)]
    other = decode(issue_online_code(1, key, NOW).text).credential
    assert {without_random_parts(credential) for credential in mine} == {without_random_parts(other)}
    secrets = [runs(credential.claims.handle) | runs(credential.signed.signature) for credential in mine]
    assert len(set[bytes]().union(*secrets)) == 300 * (9 + 57)
    assert all(open_handle(credential.claims.handle, KEY) == 4711 for credential in mine)


def without_random_parts(credential: Credential) -> bytes:
    return credential.raw.replace(credential.claims.handle, b"").replace(credential.signed.signature, b"")
