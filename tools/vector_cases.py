"""The test vectors that can be read: codes that hold, and codes refused for another reason than their
shape."""

from dataclasses import dataclass
from typing import Final

from citizen_app.codes import armour
from citizen_app.codes.cose import Algorithm, Sign1, Signer, SigningKey, VerifyKey
from citizen_app.codes.format import Challenge, Claims, Credential, Kind, Traits, compose, prove
from tools.vector_keys import DEVICE, DEVICE_ES256, ISSUERS, KID, KID_ES256, KID_STRANGER

NOW: Final = 1_800_000_000
"""2027-01-15 08:00:00 UTC."""
ELDER: Final = Traits(age_band=6)
HOUR: Final = 3600
DAY: Final = 24 * HOUR
ONLINE_HANDLE: Final = bytes.fromhex("9d2c6f1e8b4a07355c1f0e2d3b4a5968")
HANDLE: Final = bytes.fromhex("5e0f1a2b3c4d6978")
ASKED: Final = Challenge(kiosk_number=0x0102, nonce=bytes.fromhex("c0ffee0123456789"))


@dataclass(frozen=True)
class Vector:
    """One vector: what a reader is given, and what it must say."""

    name: str
    text: str
    reason: str = "ok"
    now: int = NOW
    asked: tuple[Challenge, ...] = ()
    challenge_required: bool = False


def online(exp: int = NOW + 60, kind: Kind = Kind.ONLINE) -> Claims:
    """Claims of an online code."""
    return Claims(kind, exp, ONLINE_HANDLE)


def device(exp: int = NOW + DAY, key: SigningKey = DEVICE, kind: Kind = Kind.DEVICE) -> Claims:
    """Claims of a device credential."""
    return Claims(kind, exp, HANDLE, key.verify_key, 3 << 20 | 77_001, Traits(fare_class=2, age_band=5))


def paper(exp: int = NOW + 180 * DAY, traits: Traits = ELDER) -> Claims:
    """Claims of a paper code."""
    return Claims(Kind.PAPER, exp, HANDLE, None, 1 << 20 | 5, traits)


def signed(claims: Claims, kid: bytes = KID) -> bytes:
    """The credential."""
    return Credential.sign(claims, kid, ISSUERS[kid]).raw


def shown(claims: Claims, kid: bytes = KID) -> str:
    """The text of an online or paper code."""
    return compose(signed(claims, kid))


def proven(
    time: int = NOW,
    claims: Claims | None = None,
    kid: bytes = KID,
    by: Signer = DEVICE,
    to: Challenge | None = None,
) -> str:
    """The text of a device code."""
    return prove(signed(claims or device(), kid), by, time, to)


def valid() -> list[Vector]:
    """Codes that hold, each at the edge of something."""
    es256 = device(key=DEVICE_ES256)
    return [
        Vector("online", shown(online())),
        Vector("online, ES256 issuer", shown(online(), KID_ES256)),
        Vector("online, the last second", shown(online()), now=NOW + 59),
        Vector("online, the reader's clock 15 s behind", shown(online()), now=NOW - 15),
        Vector("delegate in the form of an online code", shown(online(kind=Kind.DELEGATE))),
        Vector("device", proven()),
        Vector("device, ES256 device", proven(claims=es256, by=DEVICE_ES256)),
        Vector("device, ES256 device, the other of its two signatures", twin(proven(claims=es256, by=DEVICE_ES256))),
        Vector("device, ES256 issuer", proven(kid=KID_ES256)),
        Vector("device, ES256 issuer and device", proven(claims=es256, kid=KID_ES256, by=DEVICE_ES256)),
        Vector("device, without traits", proven(claims=Claims(Kind.DEVICE, NOW + DAY, HANDLE, DEVICE.verify_key, 0))),
        Vector("device, proof of 60 s ago", proven(NOW - 60)),
        Vector("device, proof 15 s ahead", proven(NOW + 15)),
        Vector("device, from 26 hours before its expiry", proven(claims=device(NOW + 26 * HOUR))),
        Vector("device, until the second before its expiry", proven(claims=device(NOW + 1))),
        Vector("delegate in the form of a device code", proven(claims=device(kind=Kind.DELEGATE))),
        Vector("challenge", proven(to=ASKED), asked=(ASKED,), challenge_required=True),
        Vector("challenge, not required", proven(to=ASKED), asked=(ASKED,)),
        Vector("challenge, ES256 device", proven(claims=es256, by=DEVICE_ES256, to=ASKED), asked=(ASKED,), challenge_required=True),
        Vector("paper", shown(paper())),
        Vector("paper, all traits", shown(paper(traits=Traits(15, 7)))),
        Vector("paper, without traits", shown(paper(traits=Traits()))),
        Vector("paper, half a year later", shown(paper()), now=NOW + 180 * DAY - 1),
    ]  # fmt: skip


def refused() -> list[Vector]:
    """Codes of the right shape that must not be accepted."""
    other = Challenge(ASKED.kiosk_number, bytes(8))
    elsewhere = Challenge(ASKED.kiosk_number + 1, ASKED.nonce)
    off_curve = Claims(Kind.DEVICE, NOW + DAY, HANDLE, not_a_point(), 0)
    return [
        Vector("issuer not trusted", shown(online(), KID_STRANGER), "unknown_issuer"),
        Vector("issuer not trusted, and expired", shown(online(NOW - DAY), KID_STRANGER), "unknown_issuer"),
        Vector("device code of an issuer not trusted", proven(kid=KID_STRANGER), "unknown_issuer"),
        Vector("a trusted kid over a stranger's signature", forged(KID, ISSUERS[KID_STRANGER]), "bad_signature"),
        Vector("the header names ES256, the key is Ed25519", forged(KID, ISSUERS[KID_ES256]), "bad_signature"),
        Vector("the header names EdDSA, the key is P-256", forged(KID_ES256, ISSUERS[KID]), "bad_signature"),
        Vector("expiry moved after signing", transplanted(online(NOW + 60), online(NOW + 61)), "bad_signature"),
        Vector("signature of zeros", blank(shown(online())), "bad_signature"),
        Vector("signature of zeros, ES256", blank(shown(online(), KID_ES256)), "bad_signature"),
        Vector("forged and expired", transplanted(online(), online(NOW - DAY)), "bad_signature"),
        Vector("proof of another device", proven(by=ISSUERS[KID]), "bad_signature"),
        Vector("proof with an algorithm that is not its key's", proven(by=DEVICE_ES256), "bad_signature"),
        Vector("proof signature of zeros", blank(proven()), "bad_signature"),
        Vector("device key not on the curve", proven(claims=off_curve, by=DEVICE_ES256), "bad_signature"),
        Vector("online, the second of its expiry", shown(online()), "expired", now=NOW + 60),
        Vector("device, the second of its expiry", proven(claims=device(NOW)), "expired"),
        Vector("device, expired, with a stale proof", proven(NOW - DAY, device(NOW)), "expired"),
        Vector("paper, the second of its expiry", shown(paper(NOW)), "expired"),
        Vector("online, expiry too far ahead", shown(online(NOW + 76)), "not_yet_valid"),
        Vector("online, expiry a year ahead", shown(online(NOW + 365 * DAY)), "not_yet_valid"),
        Vector("delegate, form of an online code, too early", shown(online(NOW + HOUR, Kind.DELEGATE)), "not_yet_valid"),
        Vector("device, a second before its day", proven(claims=device(NOW + 26 * HOUR + 1)), "not_yet_valid"),
        Vector("paper, a year ahead", shown(paper(NOW + 365 * DAY)), "not_yet_valid"),
        Vector("proof of 61 s ago", proven(NOW - 61), "stale_proof"),
        Vector("proof of yesterday", proven(NOW - DAY), "stale_proof"),
        Vector("challenge answered 61 s ago", proven(NOW - 61, to=ASKED), "stale_proof", asked=(ASKED,)),
        Vector("proof 16 s ahead", proven(NOW + 16), "clock_skew"),
        Vector("proof of tomorrow", proven(NOW + DAY), "clock_skew"),
        Vector("device code where a challenge is required", proven(), "challenge_required", challenge_required=True),
        Vector("online code where a challenge is required", shown(online()), "challenge_required", challenge_required=True),
        Vector("paper code where a challenge is required", shown(paper()), "challenge_required", challenge_required=True),
        Vector("answer to another nonce", proven(to=other), "challenge_required", asked=(ASKED,), challenge_required=True),
        Vector("answer to another kiosk", proven(to=elsewhere), "challenge_required", asked=(ASKED,), challenge_required=True),
        Vector("answer where nobody asked", proven(to=ASKED), "challenge_required"),
    ]  # fmt: skip


def forged(kid: bytes, by: SigningKey) -> str:
    """An online code that names `kid` and is signed by another key, with that key's algorithm in its
    header."""
    return compose(Credential.sign(online(), kid, by).raw)


def transplanted(honest: Claims, wanted: Claims) -> str:
    """The signature of one code under the claims of another."""
    donor = Sign1.decode(signed(honest))
    return compose(Sign1(donor.protected, wanted.encode(), donor.signature).encode())


def blank(text: str) -> str:
    """The code with its outer signature wiped."""
    message = Sign1.decode(armour.unarmour(text))
    return compose(Sign1(message.protected, message.payload, bytes(64)).encode())


def twin(text: str) -> str:
    """The code with the second valid form of its ES256 signature: (r, n - s)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # SEC 2, secp256r1
    message = Sign1.decode(armour.unarmour(text))
    s = order - int.from_bytes(message.signature[32:])
    return compose(
        Sign1(message.protected, message.payload, message.signature[:32] + s.to_bytes(32)).encode()
    )


def not_a_point() -> VerifyKey:
    """A P-256 key whose x coordinate belongs to no point."""
    for x in range(256):
        key = VerifyKey(Algorithm.ES256, b"\x02" + x.to_bytes(32))
        try:
            key.to_jwk()
        except ValueError:
            return key
    raise AssertionError("every second x belongs to no point")
