"""The test vectors that are not of the format. Whatever can be signed is signed: only the shape is wrong."""

from typing import Any, Final

import cbor2

from citizen_app.codes.armour import PREFIX, armour, unarmour
from citizen_app.codes.cose import Sign1, SigningKey
from tools.vector_cases import (
    ASKED,
    DAY,
    HANDLE,
    NOW,
    ONLINE_HANDLE,
    Vector,
    device,
    online,
    proven,
    shown,
    signed,
)
from tools.vector_keys import DEVICE, DEVICE_ES256, ISSUERS, KID

_EXP: Final = NOW + 60
_HEADER: Final = {1: -8, 4: KID}
_ONLINE: Final = {4: _EXP, 7: ONLINE_HANDLE, -65537: [0]}
_PAPER: Final = {4: NOW + DAY, 7: HANDLE, -65537: [2, 1 << 20 | 5]}
_X: Final = DEVICE.verify_key.public


def malformed() -> list[Vector]:
    """All of them."""
    cases = texts() | envelopes() | headers() | claims() | confirmations() | proofs()
    return [Vector(name, text, "malformed") for name, text in cases.items()]


def texts() -> dict[str, str]:
    """Wrong before base45 has been read."""
    good = shown(online())
    return {
        "empty": "",
        "prefix alone": PREFIX,
        "no prefix": good.removeprefix(PREFIX),
        "prefix in lower case": good.replace(PREFIX, "cc1:"),
        "prefix of another version": good.replace(PREFIX, "CC2:"),
        "all in lower case": PREFIX + good.removeprefix(PREFIX).lower(),
        "space before": " " + good,
        "line feed after": good + "\n",
        "a character outside base45": good[:-1] + "_",
        "a letter that only looks right": PREFIX
        + good.removeprefix(PREFIX).replace("C", "\N{CYRILLIC CAPITAL LETTER ES}", 1),
        "a full-width digit": good[:-1] + "\N{FULLWIDTH DIGIT ONE}",
        "last character missing": good[:-1],
        "one character too many": good + "0",
        "two characters too many": good + "11",
        "group above 65535": good[:-3] + ":::",
        "last pair above 255": PREFIX + "::",
        "601 characters": good + "0" * (601 - len(good)),
    }


def envelopes() -> dict[str, str]:
    """COSE_Sign1 in another form than RFC 9052 section 4.2 with deterministic CBOR."""
    good = unarmour(shown(online()))
    message = Sign1.decode(good)
    parts: list[Any] = [message.protected, {}, message.payload, message.signature]
    return {
        "not CBOR": armour(b"\xff"),
        "a number": armour(b"\x00"),
        "a byte after the end": armour(good + b"\x00"),
        "bytes missing": armour(good[:-2]),
        "tagged COSE_Sign1": armour(b"\xd2" + good),
        "tagged COSE_Sign1 in a tagged CWT": armour(b"\xd8\x3d\xd2" + good),
        "three elements": armour(cbor2.dumps(parts[:3])),
        "five elements": armour(cbor2.dumps([*parts, 0])),
        "array of indefinite length": armour(b"\x9f" + good[1:] + b"\xff"),
        "array length in two bytes": armour(b"\x98\x04" + good[1:]),
        "protected header as a map": armour(cbor2.dumps([_HEADER, *parts[1:]])),
        "kid in the unprotected header": armour(cbor2.dumps([parts[0], {4: KID}, *parts[2:]])),
        "unprotected header an array": armour(cbor2.dumps([parts[0], [], *parts[2:]])),
        "payload detached": armour(cbor2.dumps([*parts[:2], None, parts[3]])),
        "payload empty": armour(cbor2.dumps([*parts[:2], b"", parts[3]])),
        "payload as text": armour(cbor2.dumps([*parts[:2], "4", parts[3]])),
        "signature of 63 bytes": armour(cbor2.dumps([*parts[:3], message.signature[:-1]])),
        "signature in DER": armour(cbor2.dumps([*parts[:3], b"\x30" + bytes(69)])),
        "nested deeper than anything here": armour(b"\x81" * 64 + b"\x00"),
        "a decimal fraction of enormous size": armour(bytes.fromhex("c4821b7fffffffffffffff03")),
        "a string longer than the world": armour(bytes.fromhex("845b7fffffffffffffff00")),
    }


def headers() -> dict[str, str]:
    """The credential's protected header."""
    return {
        "header empty": _code(header=b""),
        "header an empty map": _code(header={}),
        "header keys out of order": _code(header={4: KID, 1: -8}),
        "header key twice": _code(header=bytes.fromhex("a301270127") + cbor2.dumps({4: KID})[1:]),
        "header with a content type": _code(header={**_HEADER, 3: 0}),
        "header without kid": _code(header={1: -8}),
        "header without algorithm": _code(header={4: KID}),
        "kid of 3 bytes": _code(header={1: -8, 4: KID[:3]}),
        "kid as text": _code(header={1: -8, 4: "QZWA"}),
        "algorithm of another format (ES384)": _code(header={1: -35, 4: KID}),
        "algorithm by name": _code(header={1: "EdDSA", 4: KID}),
        "a byte after the header": _code(header=cbor2.dumps(_HEADER) + b"\x00"),
    }


def claims() -> dict[str, str]:
    """The claims set of online and paper codes."""
    shortest = cbor2.dumps(_ONLINE)
    exp = cbor2.dumps(_EXP)
    return {
        "exp as a float": _code(_ONLINE | {4: float(_EXP)}),
        "exp as text": _code(_ONLINE | {4: str(_EXP)}),
        "exp tagged as a time": _code(shortest.replace(exp, b"\xc1" + exp)),
        "exp negative": _code(_ONLINE | {4: -1}),
        "exp true": _code(_ONLINE | {4: True}),
        "exp beyond 32 bits": _code(_ONLINE | {4: 1 << 32}),
        "exp in nine bytes": _code(shortest.replace(exp, b"\x1b\0\0\0\0" + exp[1:])),
        "exp twice": _code(b"\xa4\x04" + exp + shortest[1:]),
        "nbf written": _code({4: _EXP, 5: NOW, 7: ONLINE_HANDLE, -65537: [0]}),
        "a name in it": _code({2: "Wang", **_ONLINE}),
        "no exp": _code({7: ONLINE_HANDLE, -65537: [0]}),
        "no handle": _code({4: _EXP, -65537: [0]}),
        "no kind": _code({4: _EXP, 7: ONLINE_HANDLE}),
        "claims out of order": _code({7: ONLINE_HANDLE, 4: _EXP, -65537: [0]}),
        "claims of indefinite length": _code(b"\xbf" + shortest[1:] + b"\xff"),
        "handle as text": _code(_ONLINE | {7: ONLINE_HANDLE.hex()[:16]}),
        "handle in pieces": _code(
            shortest.replace(b"\x50" + ONLINE_HANDLE, b"\x5f\x50" + ONLINE_HANDLE + b"\xff")
        ),
        "online with a handle of 8 bytes": _code(_ONLINE | {7: HANDLE}),
        "paper with a handle of 16 bytes": _code(_PAPER | {7: ONLINE_HANDLE}),
        "kind 4": _code(_ONLINE | {-65537: [4]}),
        "kind false": _code(_ONLINE | {-65537: [False]}),
        "kind 0.0": _code(_ONLINE | {-65537: [0.0]}),
        "kind in two bytes": _code(shortest[:-1] + b"\x18\x00"),
        "kind not in an array": _code(_ONLINE | {-65537: 0}),
        "facts empty": _code(_ONLINE | {-65537: []}),
        "online with a status index": _code(_ONLINE | {-65537: [0, 5]}),
        "online with an empty status index": _code(_ONLINE | {-65537: [0, None]}),
        "paper without a status index": _code(_PAPER | {-65537: [2]}),
        "paper, status index negative": _code(_PAPER | {-65537: [2, -1]}),
        "paper, status index beyond 32 bits": _code(_PAPER | {-65537: [2, 1 << 32]}),
        "paper, empty traits written as 0": _code(_PAPER | {-65537: [2, 5, 0]}),
        "paper, empty traits written as null": _code(_PAPER | {-65537: [2, 5, None]}),
        "paper, an unassigned bit among the traits": _code(_PAPER | {-65537: [2, 5, 128]}),
        "paper, traits negative": _code(_PAPER | {-65537: [2, 5, -1]}),
        "paper, a fourth fact": _code(_PAPER | {-65537: [2, 5, 1, 1]}),
        "paper with a device key": _code(_bound({1: {1: 1, -1: 6, -2: _X}}, kind=2)),
        "device without a device key": _code(_PAPER | {-65537: [1, 5]}),
        "a byte after the claims": _code(shortest + b"\x00"),
    }


def confirmations() -> dict[str, str]:
    """The device key, each time with a proof by the device it was meant for."""
    p256 = DEVICE_ES256.verify_key.public
    return {
        "cnf empty": _proof(_bound({})),
        "cnf with a key id instead of a key": _proof(_bound({3: b"key"})),
        "key of another type": _proof(_bound({1: {1: 3, -1: 6, -2: _X}})),
        "key of another curve": _proof(_bound({1: {1: 1, -1: 7, -2: _X}})),
        "Ed25519 key with a y": _proof(_bound({1: {1: 1, -1: 6, -2: _X, -3: True}})),
        "Ed25519 key of 31 bytes": _proof(_bound({1: {1: 1, -1: 6, -2: _X[:-1]}})),
        "key out of order": _proof(_bound({1: {-1: 6, 1: 1, -2: _X}})),
        "key that names its algorithm": _proof(_bound({1: {1: 1, 3: -8, -1: 6, -2: _X}})),
        "P-256 key without y": _proof(_bound({1: {1: 2, -1: 1, -2: p256[1:]}}), DEVICE_ES256),
        "P-256 key with y in full": _proof(
            _bound({1: {1: 2, -1: 1, -2: p256[1:], -3: bytes(32)}}), DEVICE_ES256
        ),
        "P-256 key with y as a number": _proof(_bound({1: {1: 2, -1: 1, -2: p256[1:], -3: 1}}), DEVICE_ES256),
    }


def proofs() -> dict[str, str]:
    """The device's part."""
    bound, time = signed(device()), NOW
    asked: list[Any] = [bound, time, ASKED.nonce, ASKED.kiosk_number.to_bytes(4)]
    return {
        "device credential without a proof": shown(device()),
        "proof over an online credential": _proof_of([signed(online()), time]),
        "proof over a proof": _proof_of([unarmour(proven()), time]),
        "proof over a credential not in a byte string": _proof_of([cbor2.loads(bound), time]),
        "proof without a time": _proof_of([bound]),
        "proof with a nonce and no kiosk": _proof_of(asked[:3]),
        "proof with five elements": _proof_of([*asked, 0]),
        "proof time as a float": _proof_of([bound, float(time)]),
        "proof time false": _proof_of([bound, False]),
        "proof time negative": _proof_of([bound, -time]),
        "proof time beyond 32 bits": _proof_of([bound, 1 << 32]),
        "nonce of 7 bytes": _proof_of([bound, time, ASKED.nonce[:7], asked[3]]),
        "kiosk as a number": _proof_of([bound, time, ASKED.nonce, ASKED.kiosk_number]),
        "kiosk of 3 bytes": _proof_of([bound, time, ASKED.nonce, asked[3][1:]]),
        "challenge written empty": _proof_of([bound, time, None, None]),
        "proof header with a kid": _proof_of([bound, time], header={1: -8, 4: KID}),
        "proof header empty": _proof_of([bound, time], header={}),
        "proof time in nine bytes": _proof_of(
            cbor2.dumps([bound, time]).replace(cbor2.dumps(time), b"\x1b\0\0\0\0" + cbor2.dumps(time)[1:])
        ),
        "a byte after the proof": _proof_of(cbor2.dumps([bound, time]) + b"\x00"),
    }


def _code(payload: object = _ONLINE, header: object = _HEADER) -> str:
    """A code with the issuer's signature over whatever it is given; bytes are taken as they are."""
    return armour(Sign1.signed(_bytes(header), _bytes(payload), ISSUERS[KID]).encode())


def _bound(confirmation: object, kind: int = 1) -> dict[int, object]:
    return {4: NOW + DAY, 7: HANDLE, 8: confirmation, -65537: [kind, 5]}


def _proof(payload: object, by: SigningKey = DEVICE) -> str:
    """A device code around a credential with these claims."""
    credential = Sign1.signed(_bytes(_HEADER), _bytes(payload), ISSUERS[KID]).encode()
    return _proof_of([credential, NOW], by=by)


def _proof_of(payload: object, header: object = None, by: SigningKey = DEVICE) -> str:
    header = {1: int(by.algorithm)} if header is None else header
    return armour(Sign1.signed(_bytes(header), _bytes(payload), by).encode())


def _bytes(item: object) -> bytes:
    return item if isinstance(item, bytes) else cbor2.dumps(item)
