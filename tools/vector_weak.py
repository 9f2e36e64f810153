"""Test vectors with Ed25519 device keys under which anybody can sign: points of small order, in every
spelling.

Nobody holds a secret here. With S = 0 the equation R = [S]B - [k]A asks for a multiple of A, which is one of
eight points: one of them as R holds for one message in eight at least, so the forger only waits some seconds.
A reader without the check accepts these codes.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from citizen_app.codes.cose import Algorithm, VerifyKey
from citizen_app.codes.format import Claims, Kind
from tools.vector_cases import DAY, HANDLE, NOW, Vector, proven

P: Final = 2**255 - 19
Y_OF_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
SIGN: Final = 1 << 255
POINTS: Final = {
    "order 1": 1,
    "order 2": P - 1,
    "order 4": 0,
    "order 4, x odd": SIGN,
    "order 8": Y_OF_ORDER_8,
    "order 8, x odd": Y_OF_ORDER_8 | SIGN,
    "order 8, the other y": P - Y_OF_ORDER_8,
    "order 8, the other y, x odd": (P - Y_OF_ORDER_8) | SIGN,
}
"""The eight points, as RFC 8032 section 5.1.2 spells them."""
OTHER_SPELLINGS: Final = {
    "order 1, x = 0 said to be odd": 1 | SIGN,
    "order 2, x = 0 said to be odd": (P - 1) | SIGN,
    "order 4, y = p": P,
    "order 4, y = p, x odd": P | SIGN,
    "order 1, y = p + 1": P + 1,
    "order 1, y = p + 1, x = 0 said to be odd": P + 1 | SIGN,
}


@dataclass(frozen=True)
class Forger:
    """Signs without a secret, where that can be done."""

    public: bytes
    algorithm: Algorithm = Algorithm.EDDSA

    def sign(self, message: bytes) -> bytes:
        """A signature that holds. Raises `InvalidSignature` where none of the eight does."""
        for point in POINTS.values():
            signature = point.to_bytes(32, "little") + bytes(32)
            try:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            except InvalidSignature:
                continue
            return signature
        raise InvalidSignature


def weak() -> list[Vector]:
    """All of them."""
    return [
        Vector(f"device key of small order: {name}", forged(value.to_bytes(32, "little")), "bad_signature")
        for name, value in (POINTS | OTHER_SPELLINGS).items()
    ]


def forged(public: bytes) -> str:
    """A code whose device key is this, with a proof of the last minute that a careless library takes."""
    claims = Claims(Kind.DEVICE, NOW + DAY, HANDLE, VerifyKey(Algorithm.EDDSA, public), 0)
    for time in range(NOW, NOW - 60, -1):
        try:
            return proven(time, claims, by=Forger(public))
        except InvalidSignature:
            continue
    raise AssertionError("one second in eight would do")
