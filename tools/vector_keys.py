"""The keys of the test vectors. Their secrets are published: never trust one of them."""

import hashlib
from typing import Final

from citizen_app.codes import cbor
from citizen_app.codes.cose import Algorithm, SigningKey, to_base64url


def _test_key(name: str, algorithm: Algorithm) -> SigningKey:
    return SigningKey.from_secret(
        algorithm, hashlib.sha256(f"citizen code test vectors: {name}".encode()).digest()
    )


KID: Final = bytes.fromhex("04e71401")
KID_ES256: Final = bytes.fromhex("04e71402")
KID_STRANGER: Final = bytes.fromhex("01adb001")

ISSUERS: Final = {
    KID: _test_key("issuer 1", Algorithm.EDDSA),
    KID_ES256: _test_key("issuer 2", Algorithm.ES256),
    KID_STRANGER: _test_key("stranger", Algorithm.EDDSA),
}
"""Issuers by kid: two keys of Suqian (321300), and a city whose key no reader of the vectors trusts."""

DEVICE: Final = _test_key("device 1", Algorithm.EDDSA)
DEVICE_ES256: Final = _test_key("device 2", Algorithm.ES256)

TRUSTED: Final = {kid: ISSUERS[kid].verify_key for kid in (KID, KID_ES256)}


def key_file() -> dict[str, object]:
    """The content of keys.json."""
    return {
        "description": "Keys of the vectors. The secrets are published so that others can make vectors: trust none.",
        "issuers": [
            {"kid": kid.hex(), "trusted": kid in TRUSTED} | _described(key) for kid, key in ISSUERS.items()
        ],
        "devices": [_described(key) for key in (DEVICE, DEVICE_ES256)],
    }


def _described(key: SigningKey) -> dict[str, object]:
    return {
        "algorithm": key.algorithm.name,
        "jwk": key.verify_key.to_jwk() | {"d": to_base64url(key.secret())},
        "cose_key": cbor.encode(key.verify_key.to_cose_key()).hex(),
    }
