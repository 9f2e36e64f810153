"""Ed25519 keys of small order: which there are, by the curve's own law of addition, and that none is ever
used."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from citizen_app.codes.cose import Algorithm, SigningKey, VerifyKey, to_base64url
from tools.vector_weak import OTHER_SPELLINGS, POINTS, Forger, P

D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1)
SPELLINGS = {**POINTS, **OTHER_SPELLINGS}
TOO_LARGE = [P + number + sign for number in range(19) for sign in (0, 1 << 255)]
"""Every spelling with y of p or more, small order or not."""

Point = tuple[int, int]


def added(a: Point, b: Point) -> Point:
    """The sum of two points of -x² + y² = 1 + d x² y² (RFC 8032 section 5.1.4)."""
    (x1, y1), (x2, y2) = a, b
    both = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + y1 * x2) * pow(1 + both, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - both, -1, P)
    return x % P, y % P


def points_at(y: int) -> list[Point]:
    """The points with this y: two, one or none."""
    squared = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(squared, (P + 3) // 8, P)
    roots = {root for root in (x, x * ROOT_OF_MINUS_1 % P) if root * root % P == squared}
    return [(root, y) for root in roots | {-root % P for root in roots}]


def eightfold(point: Point) -> Point:
    for _ in range(3):
        point = added(point, point)
    return point


def test_the_listed_points_are_the_eight_of_small_order() -> None:
    found = {point for value in POINTS.values() for point in points_at(value % (1 << 255))}
    assert len(found) == 8
    assert {eightfold(point) for point in found} == {NEUTRAL}
    assert {added(a, b) for a in found for b in found} == found, (
        "closed, so there is no ninth: the group has order 8 l"
    )


@pytest.mark.parametrize("value", [*SPELLINGS.values(), *TOO_LARGE])
def test_none_is_used(value: int) -> None:
    public = value.to_bytes(32, "little")
    key = VerifyKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": to_base64url(public)})
    with pytest.raises(ValueError, match="small order"):
        key.to_jwk()
    for message in (b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h"):
        for point in POINTS.values():
            with pytest.raises(InvalidSignature):
                key.verify(message, point.to_bytes(32, "little") + bytes(32))


def test_control_the_library_takes_what_nobody_signed() -> None:
    neutral = (1).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(neutral).verify(Forger(neutral).sign(b"anything"), b"anything")


def test_other_keys_are_used() -> None:
    for _ in range(100):
        key = SigningKey.generate(Algorithm.EDDSA)
        key.verify_key.verify(b"message", key.sign(b"message"))
