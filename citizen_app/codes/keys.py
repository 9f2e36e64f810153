"""The key ring: which keys sign codes, which only verify, which are disabled.

A key's standing follows from two columns and the clock. It verifies from the moment it exists (passive), it
signs from `activate_at` until a newer one does (active), and after `disabled_at` it does neither. A rotation
writes the new key with a lead, so every worker and every connected kiosk knows it before the first code is
signed by it: planned rotation refuses no valid code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, LargeBinary, SmallInteger, String, select
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app import clock
from citizen_app.codes.cose import Algorithm, SigningKey, VerifyKey
from citizen_app.codes.handles import SEALING_KEY_BYTES
from citizen_app.codes.issuing import IssuingKey
from citizen_app.ids import random_bytes
from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import current_settings
from citizen_app.storage.cached_values import CachedValue, invalidate
from citizen_app.storage.columns import Json, UtcDateTime
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import Model, db

KeyUse = Literal["codes", "bundles"]
USES: Final[frozenset[KeyUse]] = frozenset({"codes", "bundles"})
KeyState = Literal["active", "passive", "disabled"]

LEAD: Final = timedelta(seconds=10)
"""Time between publishing a key and signing with it; workers look for new keys each second."""
ROTATE_EVERY: Final = timedelta(days=90)
TOPIC: Final = "signing_keys"


class SigningKeyRow(Model):
    """One key pair of this city; its private part is sealed."""

    __tablename__ = "signing_keys"

    kid: Mapped[bytes] = mapped_column(LargeBinary(4), primary_key=True)
    use: Mapped[KeyUse] = mapped_column(String(10), nullable=False)
    algorithm: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    public_jwk: Mapped[dict[str, str]] = mapped_column(Json, nullable=False)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary, nullable=False)
    sealing_key_sealed: Mapped[bytes] = mapped_column(LargeBinary, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    activate_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class RingKey:
    """A key in memory."""

    kid: bytes
    use: KeyUse
    public: VerifyKey
    private: SigningKey = field(repr=False)
    sealing_key: bytes = field(repr=False)
    created_at: datetime
    activate_at: datetime
    disabled_at: datetime | None


class KeyRing:
    """All keys of this city, as one worker holds them."""

    def __init__(self, keys: list[RingKey]) -> None:
        self.keys = sorted(keys, key=lambda key: key.activate_at, reverse=True)
        self.issuers: Mapping[bytes, VerifyKey] = {
            key.kid: key.public for key in self.keys if key.use == "codes" and key.disabled_at is None
        }
        self.disabled: Mapping[bytes, VerifyKey] = {
            key.kid: key.public for key in self.keys if key.use == "codes" and key.disabled_at is not None
        }
        self._issuing = {
            key.kid: IssuingKey(key.kid, key.private, key.sealing_key)
            for key in self.keys
            if key.kid in self.issuers
        }
        self._sealing = {key.kid: key.sealing_key for key in self.keys}

    def active(self, use: KeyUse) -> RingKey:
        """The key that signs now. Raises `LookupError` when there is none."""
        now = clock.now()
        for key in self.keys:
            if key.use == use and key.disabled_at is None and key.activate_at <= now:
                return key
        raise LookupError(f"no active key for {use}: run flask --app wsgi keys rotate")

    def issuing(self) -> IssuingKey:
        """What issuing needs of the active key. Raises `LookupError`."""
        return self._issuing[self.active("codes").kid]

    def sealing_key(self, kid: bytes) -> bytes:
        """The key under which handles of `kid` are sealed. Raises `KeyError`."""
        return self._sealing[kid]

    def state(self, key: RingKey) -> KeyState:
        """The key's state now."""
        if key.disabled_at is not None:
            return "disabled"
        try:
            return "active" if self.active(key.use) is key else "passive"
        except LookupError:
            return "passive"


def _load(connection: Connection) -> KeyRing:
    vault = current_vault()
    keys = []
    for row in connection.execute(select(SigningKeyRow.__table__)):
        place = row.kid.hex()
        secret = vault.unseal(row.secret_sealed, f"signing_keys.secret.{place}")
        keys.append(
            RingKey(
                kid=row.kid,
                use=row.use,
                public=VerifyKey.from_jwk(row.public_jwk),
                private=SigningKey.from_secret(Algorithm(row.algorithm), secret),
                sealing_key=vault.unseal(row.sealing_key_sealed, f"signing_keys.sealing_key.{place}"),
                created_at=row.created_at,
                activate_at=row.activate_at,
                disabled_at=row.disabled_at,
            )
        )
    return KeyRing(keys)


_ring: Final = CachedValue(TOPIC, _load)


def key_ring() -> KeyRing:
    """The key ring, from memory."""
    return _ring.get()


def issuing_key() -> IssuingKey:
    """What issuing a code needs, from memory. Raises `LookupError` before the first key exists."""
    return key_ring().issuing()


def trust_anchor() -> dict[str, str]:
    """The public key that signs kiosk bundles, as JWK with `kid`."""
    key = key_ring().active("bundles")
    return {"kid": key.kid.hex(), **key.public.to_jwk()}


def rotate(use: KeyUse, *, lead: timedelta = LEAD, algorithm: Algorithm = Algorithm.EDDSA) -> str:
    """Add a key that begins to sign after `lead`; the older ones go on verifying. Returns its kid in hex."""
    invalidate(
        TOPIC
    )  # holds the topic's row until commit, so that rotations take turns and serials do not collide
    kid, now = _free_kid(), clock.now()
    private, place = SigningKey.generate(algorithm), kid.hex()
    vault = current_vault()
    db.session.add(
        SigningKeyRow(
            kid=kid,
            use=use,
            algorithm=int(algorithm),
            public_jwk=private.verify_key.to_jwk(),
            secret_sealed=vault.seal(private.secret(), f"signing_keys.secret.{place}"),
            sealing_key_sealed=vault.seal(
                random_bytes(SEALING_KEY_BYTES), f"signing_keys.sealing_key.{place}"
            ),
            created_at=now,
            activate_at=now + lead,
            disabled_at=None,
        )
    )
    db.session.flush()
    return place


def seconds(count: int) -> timedelta:
    """A lead of so many seconds."""
    return timedelta(seconds=count)


def ensure_keys() -> None:
    """Create a first key for each use, active immediately; does nothing where one exists."""
    if _uses() >= USES:
        return
    invalidate(TOPIC)  # two concurrent first starts take turns, and the second finds the keys of the first
    for use in sorted(USES - _uses()):
        rotate(use, lead=timedelta(0))


def _uses() -> set[KeyUse]:
    return set(db.session.scalars(select(SigningKeyRow.use).where(SigningKeyRow.disabled_at.is_(None))))


def disable(kid: str) -> str | None:
    """Emergency: disable a key, in every worker within a second.

    Codes signed by it are refused from then on. If no other key could sign, a new one is made that is active
    immediately; its kid is returned. Raises `LookupError` for an unknown kid.
    """
    row = lock_row(SigningKeyRow, _kid_bytes(kid))
    if row is None:
        raise LookupError(_no_key(kid))
    if row.disabled_at is None:
        row.disabled_at = clock.now()
        db.session.flush()
    usable = select(SigningKeyRow.kid).where(
        SigningKeyRow.use == row.use,
        SigningKeyRow.disabled_at.is_(None),
        SigningKeyRow.activate_at <= clock.now(),
    )
    invalidate(TOPIC)
    if db.session.scalar(usable.limit(1)) is not None:
        return None
    return rotate(row.use, lead=timedelta(0))


def enable(kid: str) -> None:
    """Trust a disabled key again: it verifies in every worker within a second, and signs if it is the newest.
    Raises `LookupError` for an unknown kid."""
    row = lock_row(SigningKeyRow, _kid_bytes(kid))
    if row is None:
        raise LookupError(_no_key(kid))
    row.disabled_at = None
    db.session.flush()
    invalidate(TOPIC)


def require_known(kid: str) -> None:
    """Raise `LookupError` for an unknown kid."""
    if db.session.get(SigningKeyRow, _kid_bytes(kid)) is None:
        raise LookupError(_no_key(kid))


def describe() -> list[dict[str, Any]]:
    """The key inventory: newest first, with state and the day by which each is to be rotated."""
    ring = key_ring()
    return [
        {
            "kid": key.kid.hex(),
            "use": key.use,
            "algorithm": key.public.algorithm.name,
            "state": ring.state(key),
            "created_at": clock.rfc3339(key.created_at),
            "activate_at": clock.rfc3339(key.activate_at),
            "disabled_at": clock.rfc3339(key.disabled_at) if key.disabled_at else None,
            "rotate_by": clock.rfc3339(key.activate_at + ROTATE_EVERY),
        }
        for key in ring.keys
    ]


def _kid_bytes(kid: str) -> bytes:
    try:
        return bytes.fromhex(kid)
    except ValueError as error:
        raise LookupError(f"{kid!r} is no kid: eight hexadecimal digits") from error


def _no_key(kid: str) -> str:
    return f"no key {kid}; flask --app wsgi keys list shows those that there are"


def _free_kid() -> bytes:
    division = int(current_settings().division_code).to_bytes(3)
    used = {kid[3] for kid in db.session.scalars(select(SigningKeyRow.kid)) if kid[:3] == division}
    free = next((serial for serial in range(1, 256) if serial not in used), None)
    if free is None:
        raise LookupError(
            "all 255 key serials of this division are in use; delete keys that were disabled long ago"
        )
    return division + bytes([free])
