"""Making codes. An online code is made from a number and the clock alone: nothing is read, nothing is
written, so showing a code scales with servers that share nothing but a key."""

from dataclasses import dataclass, field
from typing import Final

from citizen_app.codes import armour, density
from citizen_app.codes.cose import SIGNATURE_BYTES, Algorithm, Signer
from citizen_app.codes.format import NONCE_BYTES, Challenge, Claims, Credential, Kind, compose, prove
from citizen_app.codes.handles import seal_handle
from citizen_app.codes.reading import READABLE, VALIDITY

ONLINE_REFRESH_SECONDS: Final = 30
"""A phone asks for the next online code at half the life of the last."""


@dataclass(frozen=True, slots=True)
class IssuingKey:
    """What an issuer needs: the key named by `kid`, and the 32-byte sealing key that goes with it."""

    kid: bytes
    signer: Signer
    sealing_key: bytes = field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm this key signs with."""
        return self.signer.algorithm


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code ready to be shown. Times in seconds since 1970; `refresh_at` is None for what is not
    refreshed."""

    text: str
    kind: Kind
    expires_at: int
    refresh_at: int | None = None


def issue_online_code(
    subject_number: int, key: IssuingKey, now: int, *, kind: Kind = Kind.ONLINE
) -> IssuedCode:
    """A single-use code for the next 60 s. `kind` is ONLINE, or DELEGATE with a delegation number for a
    ward."""
    expires_at = now + VALIDITY[Kind.ONLINE]
    claims = Claims(kind, expires_at, seal_handle(subject_number, key.sealing_key))
    text = compose(issue_credential(claims, key, now))
    return IssuedCode(text, kind, expires_at, refresh_at=now + ONLINE_REFRESH_SECONDS)


def issue_paper_code(claims: Claims, key: IssuingKey, now: int) -> IssuedCode:
    """A code to print. ValueError if the claims are not those of a paper code."""
    if claims.form is not Kind.PAPER:
        raise ValueError("not the claims of a paper code")
    return IssuedCode(compose(issue_credential(claims, key, now)), claims.kind, claims.expires_at)


def issue_credential(claims: Claims, key: IssuingKey, now: int) -> bytes:
    """A signed credential whose codes keep within the density budget, a device's answer to a challenge
    included.

    Raises CodeTooDense beyond the budget, and ValueError for an expiry that has passed or that no reader
    would accept yet. A device's credentials for a week are issued together: for those, `now` is the start of
    each one's day.
    """
    if not now < claims.expires_at <= now + READABLE[claims.form]:
        raise ValueError(
            f"{claims.expires_at - now} s is no validity of a {claims.form.name.lower()} credential"
        )
    raw = Credential.sign(claims, key.kid, key.signer).raw
    for characters, budget in code_sizes(raw, claims):
        density.check_density(characters, budget)
    return raw


def code_sizes(credential: bytes, claims: Claims) -> list[tuple[int, int]]:
    """(characters, highest QR version allowed) of each text that can be made of a credential."""
    if claims.device_key is None:
        return [(armour.characters(len(credential)), density.SHOWN_ALONE)]
    ruler = _Ruler(claims.device_key.algorithm)
    latest = (1 << 32) - 1
    return [
        (len(prove(credential, ruler, latest)), density.WITH_PROOF),
        (
            len(prove(credential, ruler, latest, Challenge(latest, bytes(NONCE_BYTES)))),
            density.WITH_CHALLENGE,
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Ruler:
    """Signs nothing; as long as a signature."""

    algorithm: Algorithm

    def sign(self, message: bytes) -> bytes:
        return bytes(SIGNATURE_BYTES)
