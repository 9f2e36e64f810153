"""Keys and signatures, against the published vectors of the standards they follow."""

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from citizen_app.codes import cbor
from citizen_app.codes.cose import Algorithm, Sign1, SigningKey, VerifyKey, from_base64url, to_base64url


@pytest.fixture(params=Algorithm, ids=lambda algorithm: algorithm.name)
def key(request: pytest.FixtureRequest) -> SigningKey:
    return SigningKey.from_secret(request.param, hashlib.sha256(b"a test key").digest())


def test_ed25519_as_in_rfc_8032() -> None:
    secret = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"
    key = SigningKey.from_secret(Algorithm.EDDSA, bytes.fromhex(secret))
    assert key.verify_key.public.hex() == "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
    assert key.sign(b"\xaf\x82").hex() == (
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )


def test_es256_as_in_rfc_6979() -> None:
    secret = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
    key = SigningKey.from_secret(Algorithm.ES256, bytes.fromhex(secret))
    x, y = (
        "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
        "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
    )
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": to_base64url(bytes.fromhex(x)),
        "y": to_base64url(bytes.fromhex(y)),
    }
    assert key.verify_key.to_jwk() == jwk
    assert VerifyKey.from_jwk(jwk) == key.verify_key
    assert key.sign(b"sample").hex().upper() == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )


def test_raw_signatures_are_r_and_s() -> None:
    key = SigningKey.generate(Algorithm.ES256)
    signature = key.sign(b"message")
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.verify_key.public)
    public.verify(encode_dss_signature(r, s), b"message", ECDSA(hashes.SHA256()))


def test_a_signature_holds_for_its_message_and_key_only(key: SigningKey) -> None:
    signature = key.sign(b"message")
    key.verify_key.verify(b"message", signature)
    others = [SigningKey.generate(algorithm).verify_key for algorithm in Algorithm]
    for public, message, forged in [
        (key.verify_key, b"messagf", signature),
        (key.verify_key, b"", signature),
        (key.verify_key, b"message", bytes(64)),
        (key.verify_key, b"message", b"\xff" * 64),
        (key.verify_key, b"message", signature[:63]),
        (key.verify_key, b"message", signature + b"\0"),
        (key.verify_key, b"message", b""),
        *((other, b"message", signature) for other in others),
    ]:
        with pytest.raises(InvalidSignature):
            public.verify(message, forged)


def test_keys_survive_every_spelling(key: SigningKey) -> None:
    public = key.verify_key
    assert VerifyKey.from_cose_key(cbor.decode(cbor.encode(public.to_cose_key()))) == public
    assert VerifyKey.from_jwk(public.to_jwk()) == public
    assert VerifyKey.from_jwk(public.to_jwk() | {"kid": "1", "alg": "anything", "use": "sig"}) == public
    assert SigningKey.from_secret(key.algorithm, key.secret()) == key


def test_both_signs_of_a_point_survive() -> None:
    signs = set()
    for number in range(1, 9):
        public = SigningKey.from_secret(Algorithm.ES256, number.to_bytes(32)).verify_key
        signs.add(public.public[0])
        assert VerifyKey.from_jwk(public.to_jwk()) == public
        assert VerifyKey.from_cose_key(public.to_cose_key()) == public
    assert signs == {2, 3}


def test_a_secret_is_not_printed(key: SigningKey) -> None:
    assert key.secret().hex() not in repr(key)
    assert "private" not in repr(key).lower()


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(33)])
def test_secrets_of_another_length(secret: bytes) -> None:
    for algorithm in Algorithm:
        with pytest.raises(ValueError):
            SigningKey.from_secret(algorithm, secret)


@pytest.mark.parametrize("scalar", [bytes(32), b"\xff" * 32])
def test_scalars_outside_the_group(scalar: bytes) -> None:
    with pytest.raises(ValueError):
        SigningKey.from_secret(Algorithm.ES256, scalar)


@pytest.mark.parametrize(
    ("algorithm", "public"),
    [
        (Algorithm.EDDSA, bytes(31)),
        (Algorithm.EDDSA, bytes(33)),
        (Algorithm.ES256, bytes(32)),
        (Algorithm.ES256, b"\x04" + bytes(32)),
        (Algorithm.ES256, b"\x04" + bytes(64)),
    ],
)
def test_public_keys_of_another_shape(algorithm: Algorithm, public: bytes) -> None:
    with pytest.raises(ValueError):
        VerifyKey(algorithm, public)


X = to_base64url(bytes(range(32)))


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "X25519", "x": X},
        {"kty": "RSA", "n": X, "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": X},
        {"kty": "EC", "crv": "P-256", "x": X, "y": X},
        {"kty": "EC", "crv": "P-384", "x": X, "y": X},
        {"kty": "OKP", "crv": "Ed25519", "x": X + "="},
        {"kty": "OKP", "crv": "Ed25519", "x": X[:-1] + "9"},
        {"kty": "OKP", "crv": "Ed25519", "x": base64.b64encode(bytes(31)).decode()},
        {"kty": "OKP", "crv": "Ed25519", "x": "\uff11" * 43},
        {"kty": "OKP", "crv": "Ed25519", "x": 5},
        {"kty": ["OKP"], "crv": {}, "x": X},
    ],
    ids=str,
)
def test_jwks_that_are_refused(jwk: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        VerifyKey.from_jwk(jwk)


def test_base64url_has_one_spelling() -> None:
    assert from_base64url("AQ", 1) == b"\x01"
    for other in ("AR", "AQ==", "AQ=", " AQ", "A Q", "AQ\n", None, b"AQ"):
        with pytest.raises(ValueError):
            from_base64url(other, 1)


def test_cose_sign1_is_signed_over_sig_structure(key: SigningKey) -> None:
    message = Sign1.signed(b"\xa0", b"payload", key)
    assert message.to_be_signed() == cbor.encode(["Signature1", b"\xa0", b"", b"payload"])
    key.verify_key.verify(message.to_be_signed(), message.signature)
    assert Sign1.decode(message.encode()) == message
