"""The format of a code, byte by byte: see docs/code-format.md.

    credential   COSE_Sign1 (RFC 9052) by the issuer over a CWT (RFC 8392)
    proof        COSE_Sign1 by the device over [credential, time] or [credential, time, nonce, kiosk number]
    code         `CC1:` and base45 of the one or the other

One meaning has one text: what has been read is written again and compared, so a second encoding of the same
code is `malformed`. (One exception lies outside our hands: (r, n - s) is a second valid ECDSA signature, so
an ES256 code has a twin. That is why replay keys never use the text.) Reading here does not mean trusting:
see `reading`.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, Literal, Self

from citizen_app.codes import armour, cbor
from citizen_app.codes.cose import Algorithm, Sign1, Signer, VerifyKey
from citizen_app.codes.handles import HANDLE_BYTES
from citizen_app.codes.headers import (
    credential_header,
    proof_header,
    read_credential_header,
    read_proof_header,
)

STORED_HANDLE_BYTES: Final = 8
"""Length of the random handles of device and paper credentials."""
NONCE_BYTES: Final = 8
_KIOSK_BYTES: Final = 4
_UINT32: Final = (1 << 32) - 1
_POSITION_BITS: Final = 20

# claims, RFC 8392 section 4, RFC 8747 section 3.1, and our private one
_EXP, _CTI, _CNF, _FACTS = 4, 7, 8, -65537
_CNF_COSE_KEY = 1  # confirmation method, RFC 8747 section 3.2

Reason = Literal[
    "malformed",
    "unknown_issuer",
    "bad_signature",
    "expired",
    "not_yet_valid",
    "stale_proof",
    "clock_skew",
    "challenge_required",
]
"""Why this layer refuses a code; later layers know further reasons."""


class CodeRefused(Exception):
    """A code is refused. `reason` is for machines, `detail` for developers; neither is shown to a person."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Final = reason
        self.detail: Final = detail


class Kind(IntEnum):
    """What a credential is, as written in it."""

    ONLINE = 0
    DEVICE = 1
    PAPER = 2
    DELEGATE = 3


@dataclass(frozen=True, slots=True)
class Traits:
    """The few coarse facts a kiosk needs offline, one unsigned integer: bits 0-3 fare class, 4-6 age band.

    0 says nothing and is not written. Higher bits are not assigned; setting them is a ValueError.
    """

    fare_class: int = 0
    age_band: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.fare_class < 16 and 0 <= self.age_band < 8):
            raise ValueError("traits out of range")

    def pack(self) -> int:
        """The integer in the credential."""
        return self.age_band << 4 | self.fare_class

    @classmethod
    def unpack(cls, packed: int) -> Self:
        """The traits in an integer; ValueError if it sets bits that are not assigned."""
        return cls(packed & 15, packed >> 4)


NO_TRAITS: Final = Traits()


@dataclass(frozen=True, slots=True)
class Claims:
    """What the issuer states. Raises ValueError for a combination the format does not know.

    `expires_at` is in seconds since 1970; `status_index` is list number << 20 | position, below 2**32.

        form     handle     device key   status index, traits
        online   16 bytes   none         none
        device    8 bytes   yes          yes
        paper     8 bytes   none         yes

    A delegate credential takes the form of an online or of a device one.
    """

    kind: Kind
    expires_at: int
    handle: bytes
    device_key: VerifyKey | None = None
    status_index: int | None = None
    traits: Traits = NO_TRAITS

    def __post_init__(self) -> None:
        online = self.form is Kind.ONLINE
        if not 0 <= self.expires_at <= _UINT32:
            raise ValueError("expiry out of range")
        if len(self.handle) != (HANDLE_BYTES if online else STORED_HANDLE_BYTES):
            raise ValueError(f"a handle of {len(self.handle)} bytes")
        if (self.device_key is None) is (self.form is Kind.DEVICE):
            raise ValueError("a device key belongs to device credentials, and only to them")
        if online:
            if self.status_index is not None or self.traits != NO_TRAITS:
                raise ValueError("an online credential has neither status index nor traits")
        elif self.status_index is None or not 0 <= self.status_index <= _UINT32:
            raise ValueError("a status index below 2**32 expected")

    @property
    def form(self) -> Kind:
        """The kind whose rules hold: a delegate credential is read as an online or as a device one."""
        if self.kind is not Kind.DELEGATE:
            return self.kind
        return Kind.ONLINE if self.device_key is None else Kind.DEVICE

    def encode(self) -> bytes:
        """The CWT claims set in deterministic CBOR."""
        facts = [int(self.kind)]
        if self.status_index is not None:
            facts.append(self.status_index)
            if self.traits != NO_TRAITS:
                facts.append(self.traits.pack())
        claims: dict[int, object] = {_EXP: self.expires_at, _CTI: self.handle}
        if self.device_key is not None:
            claims[_CNF] = {_CNF_COSE_KEY: self.device_key.to_cose_key()}
        claims[_FACTS] = facts
        return cbor.encode(claims)

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """Read what `encode` writes; ValueError for anything else."""
        claims = cbor.as_map(cbor.decode(raw), {_EXP, _CTI, _FACTS}, {_EXP, _CTI, _CNF, _FACTS})
        kind, *facts = map(cbor.as_int, cbor.as_array(claims[_FACTS], 1, 2, 3))
        key = cbor.as_map(claims[_CNF], {_CNF_COSE_KEY})[_CNF_COSE_KEY] if _CNF in claims else None
        return cls(
            kind=Kind(kind),
            expires_at=cbor.as_int(claims[_EXP]),
            handle=cbor.as_bytes(claims[_CTI]),
            device_key=None if key is None else VerifyKey.from_cose_key(key),
            status_index=facts[0] if facts else None,
            traits=Traits.unpack(facts[1]) if len(facts) > 1 else NO_TRAITS,
        )


@dataclass(frozen=True, slots=True)
class Credential:
    """Claims under an issuer's signature. `algorithm` is what the header says; the key named by `kid`
    decides."""

    kid: bytes
    algorithm: Algorithm
    claims: Claims
    signed: Sign1
    raw: bytes

    @classmethod
    def sign(cls, claims: Claims, kid: bytes, signer: Signer) -> Self:
        """A new credential: its `raw` goes onto a device, or through `compose` into a code."""
        header = credential_header(signer.algorithm, kid)
        signed = Sign1.signed(header, claims.encode(), signer)
        return cls(kid, signer.algorithm, claims, signed, signed.encode())

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """Read a credential; ValueError for anything but its one encoding."""
        return cls._of(Sign1.decode(raw), raw)

    @classmethod
    def _of(cls, signed: Sign1, raw: bytes) -> Self:
        algorithm, kid = read_credential_header(signed.protected)
        claims = Claims.decode(signed.payload)
        if signed.payload != claims.encode():
            raise ValueError("not deterministic CBOR")
        return cls(kid, algorithm, claims, signed, raw)

    @property
    def status_list(self) -> tuple[int, int] | None:
        """(list number, position in it), or None for an online credential."""
        index = self.claims.status_index
        return None if index is None else (index >> _POSITION_BITS, index & (1 << _POSITION_BITS) - 1)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a kiosk shows as its own QR, to be answered within 30 s: its number and 8 random bytes."""

    kiosk_number: int
    nonce: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.kiosk_number <= _UINT32 or len(self.nonce) != NONCE_BYTES:
            raise ValueError("a challenge is a kiosk number below 2**32 and 8 bytes")


@dataclass(frozen=True, slots=True)
class Proof:
    """The device's fresh signature: over its credential, the time in seconds, and a kiosk's challenge if it
    saw one."""

    algorithm: Algorithm
    time: int
    challenge: Challenge | None
    signed: Sign1


@dataclass(frozen=True, slots=True)
class Code:
    """A code that has been read, and not yet trusted. There is a proof exactly if the credential has a device
    key."""

    credential: Credential
    proof: Proof | None = None


def decode(text: object) -> Code:
    """Read a code. Whatever comes in, a `Code` or a `CodeRefused` (`malformed`) comes out."""
    try:
        raw = armour.unarmour(text)
        signed = Sign1.decode(raw)
        # The payload of a credential is a map, that of a proof an array (RFC 8949 section 3.1, major types 5
        # and 4).
        if signed.payload[:1] < b"\xa0":
            return _read_proof(signed)
        credential = Credential._of(signed, raw)
        if credential.claims.device_key is not None:
            raise ValueError("a device credential without a proof")
        return Code(credential)
    except ValueError as error:
        raise CodeRefused("malformed", str(error)) from error


def compose(credential: bytes) -> str:
    """The text of an online or paper code."""
    return armour.armour(credential)


def prove(credential: bytes, device: Signer, time: int, challenge: Challenge | None = None) -> str:
    """The text of a device code: `credential` with the device's proof that it holds the key at `time`."""
    payload = _proof_payload(credential, time, challenge)
    return armour.armour(Sign1.signed(proof_header(device.algorithm), payload, device).encode())


def _read_proof(signed: Sign1) -> Code:
    inner, time, *rest = cbor.as_array(cbor.decode(signed.payload), 2, 4)
    credential = _read_credential(cbor.as_bytes(inner))
    if credential.claims.device_key is None:
        raise ValueError("a proof over a credential without a device key")
    challenge = None
    if rest:
        number = int.from_bytes(cbor.as_bytes(rest[1], _KIOSK_BYTES))
        challenge = Challenge(number, cbor.as_bytes(rest[0], NONCE_BYTES))
    algorithm = read_proof_header(signed.protected)
    proof = Proof(algorithm, cbor.as_int(time), challenge, signed)
    if signed.payload != _proof_payload(credential.raw, proof.time, challenge):
        raise ValueError("not deterministic CBOR")
    return Code(credential, proof)


@lru_cache(maxsize=1024)
def _read_credential(raw: bytes) -> Credential:
    """A device shows the same credential all day, under a new proof each time."""
    return Credential.decode(raw)


def _proof_payload(credential: bytes, time: int, challenge: Challenge | None) -> bytes:
    if not 0 <= time <= _UINT32:
        raise ValueError("proof time out of range")
    if challenge is None:
        return cbor.encode([credential, time])
    return cbor.encode([credential, time, challenge.nonce, challenge.kiosk_number.to_bytes(_KIOSK_BYTES)])
