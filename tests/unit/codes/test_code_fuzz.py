"""Whatever comes in, a code or a refusal comes out; and what is a code is the only text of its meaning."""

from typing import Any

import cbor2
from hypothesis import given, settings
from hypothesis import strategies as st

from citizen_app.codes import armour, cbor
from citizen_app.codes.cose import Sign1, SigningKey, VerifyKey
from citizen_app.codes.format import (
    Challenge,
    Claims,
    Code,
    CodeRefused,
    Credential,
    Kind,
    Traits,
    compose,
    decode,
    prove,
)
from tests.drills.sizes import EXAMPLES
from tools.vector_cases import device, online, paper, proven, shown, signed
from tools.vector_keys import DEVICE, DEVICE_ES256, ISSUERS, KID, KID_ES256

many = settings(max_examples=EXAMPLES, deadline=None)

uint32 = st.integers(0, (1 << 32) - 1)
kids = st.sampled_from([KID, KID_ES256])
devices = st.sampled_from([DEVICE, DEVICE_ES256])
challenges = st.builds(Challenge, uint32, st.binary(min_size=8, max_size=8))
stored = {"handle": st.binary(min_size=8, max_size=8), "status_index": uint32}
traits = st.builds(Traits, st.integers(0, 15), st.integers(0, 7))
alone = st.one_of(
    st.builds(
        Claims, st.sampled_from([Kind.ONLINE, Kind.DELEGATE]), uint32, st.binary(min_size=16, max_size=16)
    ),
    st.builds(Claims, st.just(Kind.PAPER), uint32, **stored, traits=traits),
)
GENUINE = [
    armour.unarmour(text) for text in (shown(online()), shown(paper()), proven(), shown(online(), KID_ES256))
]

scalars = st.one_of(
    st.integers(-(1 << 64), (1 << 64) - 1),
    st.booleans(),
    st.none(),
    st.floats(),
    st.binary(max_size=40),
    st.text(max_size=12),
)
keys = st.one_of(
    st.sampled_from([-65537, -3, -2, -1, 1, 3, 4, 7, 8]), st.integers(), st.booleans(), st.text(max_size=3)
)
items = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=12,
)


def read(text: object) -> Code | None:
    """The code, if it is one; then its text must be the only one."""
    try:
        code = decode(text)
    except CodeRefused as refusal:
        if refusal.reason != "malformed":
            raise AssertionError(f"decoding says {refusal.reason}") from refusal
        return None
    assert isinstance(text, str)
    assert armour.armour((code.proof.signed if code.proof else code.credential.signed).encode()) == text
    return code


@many
@given(alone, kids)
def test_a_credential_comes_back(claims: Claims, kid: bytes) -> None:
    credential = Credential.sign(claims, kid, ISSUERS[kid])
    assert read(compose(credential.raw)) == Code(credential)


@many
@given(
    uint32, st.binary(min_size=8, max_size=8), uint32, traits, devices, kids, uint32, st.none() | challenges
)
def test_a_device_code_comes_back(
    exp: int,
    handle: bytes,
    status: int,
    facts: Traits,
    by: SigningKey,
    kid: bytes,
    time: int,
    challenge: Challenge | None,
) -> None:
    credential = Credential.sign(
        Claims(Kind.DEVICE, exp, handle, by.verify_key, status, facts), kid, ISSUERS[kid]
    )
    code = read(prove(credential.raw, by, time, challenge))
    assert code is not None
    assert code.proof is not None
    assert code.credential == credential
    assert (code.proof.time, code.proof.challenge, code.proof.algorithm) == (time, challenge, by.algorithm)
    by.verify_key.verify(code.proof.signed.to_be_signed(), code.proof.signed.signature)


@many
@given(st.text(max_size=700))
def test_any_text(text: str) -> None:
    read(text)
    read(armour.PREFIX + text)


@many
@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=620))
def test_any_base45(text: str) -> None:
    read(armour.PREFIX + text)


@many
@given(st.binary(max_size=420))
def test_any_bytes(raw: bytes) -> None:
    read(armour.armour(raw))
    read(raw)


@many
@given(st.one_of(scalars, items, st.complex_numbers(), st.dates(), st.just(...), st.just(str)))
def test_anything_else(thing: Any) -> None:
    read(thing)


@many
@given(items)
def test_any_cbor(item: Any) -> None:
    read(armour.armour(cbor2.dumps(item)))


@many
@given(st.lists(items, min_size=4, max_size=4))
def test_any_four_items(item: list[Any]) -> None:
    read(armour.armour(cbor2.dumps(item)))


@many
@given(items, items)
def test_any_signed_header_and_payload(header: Any, payload: Any) -> None:
    read(armour.armour(Sign1(cbor2.dumps(header), cbor2.dumps(payload), bytes(64)).encode()))


@many
@given(st.dictionaries(keys, items, max_size=3), st.lists(items, max_size=4), st.lists(items, max_size=4))
def test_almost_codes(more: dict[Any, Any], facts: list[Any], proof: list[Any]) -> None:
    header = Sign1.decode(GENUINE[0]).protected
    claims = {4: 1, 7: bytes(8), -65537: [2, 5]}
    for payload in (claims | more, claims | {-65537: facts}):
        read(armour.armour(Sign1(header, cbor2.dumps(payload), bytes(64)).encode()))
    for items_of_proof in ([signed(device()), *proof], [*proof, signed(device())]):
        read(armour.armour(Sign1(b"\xa1\x01\x27", cbor2.dumps(items_of_proof), bytes(64)).encode()))


@many
@given(
    st.sampled_from(GENUINE),
    st.lists(st.tuples(st.integers(0, 300), st.binary(max_size=3)), max_size=4),
    st.data(),
)
def test_codes_with_pieces_changed(raw: bytes, edits: list[tuple[int, bytes]], data: st.DataObject) -> None:
    for place, piece in edits:
        cut = data.draw(st.integers(0, 3))
        raw = raw[:place] + piece + raw[place + cut :]
    read(armour.armour(raw))


@many
@given(st.binary(max_size=420))
def test_the_door_to_cbor_raises_value_errors_only(raw: bytes) -> None:
    try:
        cbor.decode(raw)
    except ValueError:
        return


@many
@given(items)
def test_only_the_shapes_of_a_cose_key(item: Any) -> None:
    for candidate in (item, {1: 1, -1: 6, -2: item}, {1: 2, -1: 1, -2: bytes(32), -3: item}):
        try:
            key = VerifyKey.from_cose_key(candidate)
        except ValueError:
            continue
        assert key.to_cose_key() == candidate
