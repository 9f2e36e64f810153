"""Whether a code that could be read can be trusted, and is fresh. The same lines on the server and on the
kiosk.

The order is fixed: issuer, issuer's signature, device's signature, validity, freshness, challenge. Nothing is
said about time before both signatures hold, and nothing here knows what a code is for.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature

from citizen_app.codes.cose import Sign1, VerifyKey
from citizen_app.codes.format import Challenge, Code, CodeRefused, Credential, Kind

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR

VALIDITY: Final[Mapping[Kind, int]] = {Kind.ONLINE: 60, Kind.DEVICE: _DAY, Kind.PAPER: 180 * _DAY}
"""Seconds for which a credential of a form may be issued."""

READABLE: Final[Mapping[Kind, int]] = {
    Kind.ONLINE: VALIDITY[Kind.ONLINE] + 15,
    Kind.DEVICE: VALIDITY[Kind.DEVICE] + 2 * _HOUR,
    Kind.PAPER: VALIDITY[Kind.PAPER] + 2 * _HOUR,
}
"""Seconds before its expiry from which a code is accepted: its validity and some slack for clocks.

No code says from when it holds. Its expiry says it: one that lies further ahead than the form can last is
`not_yet_valid`, so even an issuer's mistake cannot make an online code that works for a year.
"""

PROOF_SECONDS: Final = 60
"""A proof is this old at most, by the reader's clock."""
SKEW_SECONDS: Final = 15
"""A proof lies this far in the reader's future at most."""


class VerifiedCredentials:
    """Remembers which device credentials an issuer's key has verified, so that a second scan costs one check,
    not two.

    Keyed by the issuer's key and everything it signed: a key taken out of the trusted set is never asked for
    again, a key put in its place starts anew. Failures are not remembered. Safe to share between threads.
    """

    def __init__(self, size: int = 4096) -> None:
        self._verify = lru_cache(maxsize=size)(_verify)

    def verify(self, key: VerifyKey, signed: Sign1) -> None:
        """Raise `InvalidSignature` unless the key has signed this; from memory where possible."""
        self._verify(key, signed)


def _verify(key: VerifyKey, signed: Sign1) -> None:
    key.verify(signed.to_be_signed(), signed.signature)


def verify(
    code: Code,
    issuers: Mapping[bytes, VerifyKey],
    now: int,
    *,
    asked: Collection[Challenge] = (),
    challenge_required: bool = False,
    verified: VerifiedCredentials | None = None,
) -> None:
    """Return if the code is genuine and fresh at `now` (seconds), raise `CodeRefused` with the reason if not.

    `issuers` are the trusted keys by kid. `asked` are the challenges this kiosk has shown during the last 30
    s; an answer to any other is `challenge_required`, also where none is needed, because it was made for
    someone else.
    """
    check_signatures(code, issuers, verified)
    check_freshness(code, now)
    check_challenge(code, asked, required=challenge_required)


def check_signatures(
    code: Code, issuers: Mapping[bytes, VerifyKey], verified: VerifiedCredentials | None = None
) -> None:
    """Raise `CodeRefused`, `unknown_issuer` or `bad_signature`, unless issuer and device have signed.

    The key decides the algorithm; a header that names another is `bad_signature`, like a device key that is
    no point.
    """
    credential, proof = code.credential, code.proof
    key = issuers.get(credential.kid)
    if key is None:
        raise CodeRefused("unknown_issuer", f"kid {credential.kid.hex()}")
    _check_issuer(credential, key, verified)
    if proof is not None and credential.claims.device_key is not None:
        device_key = credential.claims.device_key
        if proof.algorithm is not device_key.algorithm:
            raise CodeRefused("bad_signature", "the proof names an algorithm that is not its key's")
        try:
            _verify(device_key, proof.signed)
        except InvalidSignature:
            raise CodeRefused("bad_signature", "the device has not signed this") from None


def check_freshness(code: Code, now: int) -> None:
    """Raise `CodeRefused`: `expired` (RFC 8392 section 3.1.4: on or after exp), `not_yet_valid`,
    `stale_proof` or `clock_skew`."""
    claims, proof = code.credential.claims, code.proof
    if now >= claims.expires_at:
        raise CodeRefused("expired", f"{now - claims.expires_at} s ago")
    if now < claims.expires_at - READABLE[claims.form]:
        raise CodeRefused("not_yet_valid", f"expires in {claims.expires_at - now} s")
    if proof is None:
        return
    if now - proof.time > PROOF_SECONDS:
        raise CodeRefused("stale_proof", f"{now - proof.time} s old")
    if proof.time - now > SKEW_SECONDS:
        raise CodeRefused("clock_skew", f"{proof.time - now} s ahead")


def check_challenge(code: Code, asked: Collection[Challenge], *, required: bool) -> None:
    """Raise `CodeRefused`, `challenge_required`, unless the code answers one of `asked`, or none and none is
    needed."""
    challenge = code.proof.challenge if code.proof else None
    if challenge is None and required:
        raise CodeRefused("challenge_required", "no answer to a challenge")
    if challenge is not None and challenge not in asked:
        raise CodeRefused("challenge_required", "the answer to another challenge")


def replay_key(code: Code) -> bytes | None:
    """What may be used once: the same bytes for two texts exactly if they are one showing; None for paper
    codes.

    The first byte separates the forms and each form has one length, so keys of different forms never meet.
    Handles count per kid: a city cannot use up the codes of another. The text takes no part, nor do
    signatures: ES256 codes have a twin.
    """
    credential, proof = code.credential, code.proof
    if proof is None:
        if credential.claims.form is Kind.PAPER:
            return None
        return b"o" + credential.kid + credential.claims.handle
    if proof.challenge is None:
        return b"d" + credential.kid + credential.claims.handle + proof.time.to_bytes(4)
    return b"c" + proof.challenge.kiosk_number.to_bytes(4) + proof.challenge.nonce


def _check_issuer(credential: Credential, key: VerifyKey, verified: VerifiedCredentials | None) -> None:
    if credential.algorithm is not key.algorithm:
        raise CodeRefused("bad_signature", "the header names an algorithm that is not its key's")
    try:
        if verified is None or credential.claims.device_key is None:
            _verify(key, credential.signed)
        else:
            verified.verify(key, credential.signed)
    except InvalidSignature:
        raise CodeRefused("bad_signature", "the issuer has not signed this") from None
