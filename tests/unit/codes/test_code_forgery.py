"""A code that has been touched is refused: every bit, every character, every cut, every borrowed part."""

from collections.abc import Iterator

import pytest

from citizen_app.codes import armour
from citizen_app.codes.cose import Sign1
from citizen_app.codes.format import Code, CodeRefused, compose, decode
from citizen_app.codes.reading import replay_key, verify
from tests.drills.sizes import FORGED_EVERY
from tools.vector_cases import ASKED, NOW, device, online, paper, proven, shown, signed, twin
from tools.vector_keys import DEVICE, DEVICE_ES256, KID_ES256, TRUSTED

CODES = {
    "online": shown(online()),
    "online, ES256": shown(online(), KID_ES256),
    "paper": shown(paper()),
    "device": proven(),
    "device, ES256": proven(claims=device(key=DEVICE_ES256), by=DEVICE_ES256),
    "challenge": proven(to=ASKED),
}
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@pytest.fixture(params=CODES, scope="module")
def text(request: pytest.FixtureRequest) -> str:
    return CODES[request.param]


def accepted(text: str) -> Code | None:
    """The code if a reader that trusts everything there is to trust accepts it; nothing but CodeRefused may
    be raised."""
    try:
        code = decode(text)
        verify(code, TRUSTED, NOW, asked=[ASKED])
    except CodeRefused:
        return None
    return code


def test_untouched_it_is_accepted(text: str) -> None:
    assert accepted(text)


def test_every_bit_counts(text: str) -> None:
    raw = armour.unarmour(text)
    survivors = [bit for bit in range(8 * len(raw)) if accepted(armour.armour(flipped(raw, bit)))]
    assert survivors == []


def test_every_character_counts(text: str) -> None:
    survivors = [forgery for forgery in substitutions(text) if accepted(forgery)]
    assert survivors == []


def test_nothing_may_be_missing(text: str) -> None:
    raw = armour.unarmour(text)
    assert not any(accepted(text[:end]) for end in range(len(text)))
    assert not any(accepted(armour.armour(raw[:end])) for end in range(len(raw)))
    assert not any(accepted(armour.armour(raw[start:])) for start in range(1, len(raw)))


def test_nothing_may_be_added(text: str) -> None:
    raw = armour.unarmour(text)
    assert not any(accepted(text + tail) for tail in [*ALPHABET, "00", "000", "\n", "\r\n", "\0", text])
    assert not any(accepted(head + text) for head in [*ALPHABET, "\ufeff", "\n", "CC1:"])
    assert not any(accepted(armour.armour(raw + bytes([byte]))) for byte in range(256))


def test_parts_of_two_codes_do_not_fit_together() -> None:
    parts = [Sign1.decode(armour.unarmour(text)) for text in CODES.values()]
    for head in parts:
        for body in parts:
            for seal in parts:
                mixed = Sign1(head.protected, body.payload, seal.signature)
                assert mixed in parts or not accepted(armour.armour(mixed.encode()))


def test_a_proof_does_not_carry_over_to_another_credential() -> None:
    proof = Sign1.decode(armour.unarmour(CODES["device"]))
    mine, other = signed(device()), signed(device(NOW + 3600))
    payload = proof.payload.replace(mine, other)
    assert payload != proof.payload
    assert not accepted(compose(Sign1(proof.protected, payload, proof.signature).encode()))


def test_a_challenge_cannot_be_cut_out_of_a_proof() -> None:
    proof = Sign1.decode(armour.unarmour(CODES["challenge"]))
    plain = Sign1.decode(armour.unarmour(CODES["device"]))
    assert not accepted(compose(Sign1(proof.protected, plain.payload, proof.signature).encode()))


def test_the_twin_of_an_es256_code_is_the_same_showing() -> None:
    text = CODES["device, ES256"]
    original, other = accepted(text), accepted(twin(text))
    assert twin(text) != text
    assert original is not None
    assert other is not None
    assert replay_key(original) == replay_key(other)


def test_the_twin_of_an_es256_issuer_signature_is_the_same_showing() -> None:
    text = CODES["online, ES256"]
    original, other = accepted(text), accepted(twin(text))
    assert original is not None
    assert other is not None
    assert replay_key(original) == replay_key(other)


def test_eddsa_has_no_twin() -> None:
    order = (1 << 252) + 27742317777372353535851937790883648493  # RFC 8032 section 5.1
    for text in (CODES["online"], CODES["device"]):
        message = Sign1.decode(armour.unarmour(text))
        s = int.from_bytes(message.signature[32:], "little")
        for k in range(1, 15):
            if (shifted := s + k * order) < 1 << 256:
                forgery = message.signature[:32] + shifted.to_bytes(32, "little")
                assert not accepted(compose(Sign1(message.protected, message.payload, forgery).encode()))


def test_only_the_device_key_in_the_credential_proves() -> None:
    assert accepted(proven(by=DEVICE))
    assert not accepted(proven(by=DEVICE_ES256))


def flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def substitutions(text: str) -> Iterator[str]:
    for place in range(0, len(text), FORGED_EVERY):
        for character in ALPHABET + "a\n\0\u00df\uff11":
            if character != text[place]:
                yield text[:place] + character + text[place + 1 :]
