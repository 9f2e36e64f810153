"""Keys and signatures: the part of COSE that a code needs (RFC 9052, 9053), written out in full.

Two algorithms, each fixed by its key: nothing a message says about itself chooses how it is checked.

    EdDSA (-8)   Ed25519, RFC 8032          public = the 32-byte x coordinate
    ES256 (-7)   ECDSA P-256 with SHA-256   public = the 33-byte compressed point; signature raw r || s
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from citizen_app.codes import cbor

SIGNATURE_BYTES = 64
_COORDINATE_BYTES = 32
_ES256 = ECDSA(hashes.SHA256(), deterministic_signing=True)  # RFC 6979: no random number to get wrong


_ED25519_P = 2**255 - 19
_ORDER_8_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y = frozenset({0, 1, _ED25519_P - 1, _ORDER_8_Y, _ED25519_P - _ORDER_8_Y})


class Algorithm(IntEnum):
    """Signature algorithms by their COSE numbers (RFC 9053 section 2)."""

    EDDSA = -8
    ES256 = -7


_PUBLIC_BYTES = {Algorithm.EDDSA: _COORDINATE_BYTES, Algorithm.ES256: 1 + _COORDINATE_BYTES}


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public key and the one algorithm it may be used with. Raises ValueError for bytes of another length.

    Whether the bytes are a point of the curve is not looked at until the key is used, because a key inside a
    code is only worth that work once the issuer's signature over it has held.
    """

    algorithm: Algorithm
    public: bytes

    def __post_init__(self) -> None:
        if len(self.public) != _PUBLIC_BYTES[self.algorithm]:
            raise ValueError("public key of the wrong length")
        if self.algorithm is Algorithm.ES256 and self.public[0] not in (2, 3):
            raise ValueError("not a compressed point")

    def verify(self, message: bytes, signature: bytes) -> None:
        """Raise `cryptography.exceptions.InvalidSignature` unless `signature` (64 bytes) stands under
        `message`."""
        if len(signature) != SIGNATURE_BYTES:
            raise InvalidSignature
        try:
            public = _loaded(self)
        except ValueError:
            raise InvalidSignature from None
        if isinstance(public, Ed25519PublicKey):
            public.verify(signature, message)
        else:
            r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
            public.verify(encode_dss_signature(r, s), message, _ES256)

    def to_cose_key(self) -> dict[int, object]:
        """The COSE_Key map (RFC 9053 section 7), keys in deterministic order."""
        if self.algorithm is Algorithm.EDDSA:
            return {1: 1, -1: 6, -2: self.public}
        return {1: 2, -1: 1, -2: self.public[1:], -3: self.public[0] == 3}

    @classmethod
    def from_cose_key(cls, value: object) -> Self:
        """The key in a COSE_Key map; ValueError unless it is one of the two shapes that `to_cose_key`
        writes."""
        key = cbor.as_map(value, {1, -1, -2}, {1, -1, -2, -3})
        x = cbor.as_bytes(key[-2], _COORDINATE_BYTES)
        kind = (cbor.as_int(key[1]), cbor.as_int(key[-1]))
        if kind == (1, 6) and -3 not in key:
            return cls(Algorithm.EDDSA, x)
        if kind == (2, 1) and type(key.get(-3)) is bool:
            return cls(Algorithm.ES256, (b"\x03" if key[-3] else b"\x02") + x)
        raise ValueError("neither an Ed25519 nor a compressed P-256 key")

    def to_jwk(self) -> dict[str, str]:
        """The public key as a JWK (RFC 7518 section 6.2, RFC 8037). ValueError if it is not a point of the
        curve, or of small order."""
        public = _loaded(self)
        if isinstance(public, Ed25519PublicKey):
            return {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(self.public)}
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        x, y = to_base64url(point[1:33]), to_base64url(point[33:])
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object]) -> Self:
        """The key in a JWK; members beyond kty, crv, x and y are not looked at (RFC 7517 section 4).

        Raises ValueError for another kind of key and for a point that is not on the curve.
        """
        x = from_base64url(jwk.get("x"), _COORDINATE_BYTES)
        match jwk.get("kty"), jwk.get("crv"):
            case "OKP", "Ed25519":
                return cls(Algorithm.EDDSA, x)
            case "EC", "P-256":
                y = from_base64url(jwk.get("y"), _COORDINATE_BYTES)
                point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), b"\x04" + x + y)
                return cls(Algorithm.ES256, _compressed(point))
        raise ValueError("neither an Ed25519 nor a P-256 key")


class Signer(Protocol):
    """Anything that can sign: a key in memory, or a hardware security module."""

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of the key behind this door."""

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature under `message`."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key in memory, a `Signer`."""

    verify_key: VerifyKey
    _private: Ed25519PrivateKey | EllipticCurvePrivateKey = field(repr=False, compare=False)

    @classmethod
    def generate(cls, algorithm: Algorithm) -> Self:
        """A new random key."""
        if algorithm is Algorithm.EDDSA:
            return cls._of(Ed25519PrivateKey.generate())
        return cls._of(generate_private_key(SECP256R1()))

    @classmethod
    def from_secret(cls, algorithm: Algorithm, secret: bytes) -> Self:
        """The key behind 32 secret bytes: an Ed25519 seed, or a P-256 scalar, big-endian. ValueError
        otherwise."""
        if len(secret) != _COORDINATE_BYTES:
            raise ValueError("a private key has 32 bytes")
        if algorithm is Algorithm.EDDSA:
            return cls._of(Ed25519PrivateKey.from_private_bytes(secret))
        return cls._of(derive_private_key(int.from_bytes(secret), SECP256R1()))

    @classmethod
    def _of(cls, private: Ed25519PrivateKey | EllipticCurvePrivateKey) -> Self:
        if isinstance(private, Ed25519PrivateKey):
            public = VerifyKey(Algorithm.EDDSA, private.public_key().public_bytes_raw())
        else:
            public = VerifyKey(Algorithm.ES256, _compressed(private.public_key()))
        return cls(public, private)

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm this key signs with."""
        return self.verify_key.algorithm

    def secret(self) -> bytes:
        """The 32 bytes that `from_secret` takes. Store them encrypted, or not at all."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.private_bytes_raw()
        return self._private.private_numbers().private_value.to_bytes(_COORDINATE_BYTES)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature under `message`; the same message gives the same signature."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        r, s = decode_dss_signature(self._private.sign(message, _ES256))
        return r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES)


@dataclass(frozen=True, slots=True)
class Sign1:
    """COSE_Sign1 (RFC 9052 section 4.2), untagged, with an empty unprotected header and no external data."""

    protected: bytes
    payload: bytes
    signature: bytes

    @classmethod
    def signed(cls, protected: bytes, payload: bytes, signer: Signer) -> Self:
        """`payload` under a new signature."""
        return cls(protected, payload, signer.sign(_to_be_signed(protected, payload)))

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """Read the deterministic encoding, and only that: anything else is a ValueError."""
        protected, unprotected, payload, signature = cbor.as_array(cbor.decode(raw), 4)
        cbor.as_map(unprotected, set())
        message = cls(
            cbor.as_bytes(protected), cbor.as_bytes(payload), cbor.as_bytes(signature, SIGNATURE_BYTES)
        )
        if message.encode() != raw:
            raise ValueError("not deterministic CBOR")
        return message

    def encode(self) -> bytes:
        """The deterministic encoding."""
        return cbor.encode([self.protected, {}, self.payload, self.signature])

    def to_be_signed(self) -> bytes:
        """The bytes the signature stands under: Sig_structure, RFC 9052 section 4.4."""
        return _to_be_signed(self.protected, self.payload)


def to_base64url(raw: bytes) -> str:
    """base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64url(text: object, length: int) -> bytes:
    """`length` bytes from unpadded base64url; ValueError for anything else, a second spelling included."""
    try:
        raw = base64.urlsafe_b64decode(f"{text}==")
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if len(raw) != length or to_base64url(raw) != text:
        raise ValueError(f"not the base64url of {length} bytes")
    return raw


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor.encode(["Signature1", protected, b"", payload])


def _compressed(point: EllipticCurvePublicKey) -> bytes:
    return point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _check_ed25519_order(public: bytes) -> None:
    """Raise ValueError for keys of small order, with which anybody can forge signatures, and for
    non-canonical encodings.

    The curve has eight points whose order divides 8. With one as the key, a signature of another and S = 0
    holds for one message in eight at least. Their five y coordinates say it, whatever the sign of x. RFC 8032
    section 5.1.3 wants y below p, which libraries do not all look at.
    """
    y = int.from_bytes(public, "little") & ((1 << 255) - 1)
    if y >= _ED25519_P or y in _SMALL_ORDER_Y:
        raise ValueError("an Ed25519 key of small order, or not spelt as RFC 8032 has it")


@lru_cache(maxsize=4096)
def _loaded(key: VerifyKey) -> Ed25519PublicKey | EllipticCurvePublicKey:
    """Decompressing a P-256 point costs half a signature check, so issuers' and busy devices' points are
    kept."""
    if key.algorithm is Algorithm.EDDSA:
        _check_ed25519_order(key.public)
        return Ed25519PublicKey.from_public_bytes(key.public)
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.public)
