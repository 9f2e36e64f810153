"""The installation's keys at work: field encryption, blind indexes, pairwise references, signed tokens.

Sealed fields are AES-256-GCM: suite (1 byte) ‖ key id (1) ‖ nonce (12) ‖ ciphertext ‖ tag, with the place of
the field (`table.column.row`) as associated data, so that a ciphertext moved to another row or column does
not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from citizen_app.flask_globals import extension
from citizen_app.settings import Settings

SUITE_AES_256_GCM: Final = 1
NONCE_BYTES: Final = 12


class SealBroken(Exception):
    """A sealed field does not open: changed, moved to another place, or its key is missing from
    CITIZEN_FIELD_KEYS."""


class Vault:
    """Keys of one installation, in memory."""

    def __init__(self, settings: Settings) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in settings.field_keys.items()}
        self._newest = max(self._ciphers)
        self._pseudonym_key = settings.pseudonym_key
        self._secret_keys = settings.secret_keys
        self._signers: dict[str, URLSafeTimedSerializer] = {}

    @property
    def newest(self) -> int:
        """The number of the key that seals."""
        return self._newest

    @property
    def numbers(self) -> list[int]:
        """The numbers of all keys at hand."""
        return sorted(self._ciphers)

    def seal(self, plain: str | bytes, place: str) -> bytes:
        """Encrypt a field for its place (`table.column.row`)."""
        data = plain.encode() if isinstance(plain, str) else plain
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = self._ciphers[self._newest].encrypt(nonce, data, place.encode())
        return bytes((SUITE_AES_256_GCM, self._newest)) + nonce + ciphertext

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """Decrypt a field of this place. Raises `SealBroken`."""
        suite, number, nonce = sealed[0], sealed[1], sealed[2 : 2 + NONCE_BYTES]
        cipher = self._ciphers.get(number)
        if suite != SUITE_AES_256_GCM or cipher is None:
            raise SealBroken(f"{place}: suite {suite}, key {number} is not at hand")
        try:
            return cipher.decrypt(nonce, sealed[2 + NONCE_BYTES :], place.encode())
        except InvalidTag as error:
            raise SealBroken(f"{place}: changed or moved") from error

    def blind_index(self, purpose: str, value: str) -> bytes:
        """A keyed fingerprint (32 bytes) by which equal values are found without storing them; differs per
        purpose."""
        return self._mac(f"index:{purpose}", value.encode())

    def citizen_ref(self, service: str, citizen_id: str) -> str:
        """The pairwise pseudonym of a citizen for one service (22 characters); two services' references do
        not match."""
        return self._reference(f"ref:{service}", citizen_id)

    def contact_ref(self, service: str, phone: str) -> str:
        """The reference of a phone (E.164) for one service (22 characters); two services' references do not
        match."""
        return self._reference(f"contact:{service}", phone)

    def identity_ref(self, service: str, kind: str, number: str) -> str:
        """The reference of an identity document for one service (22 characters); two services' references do
        not match."""
        return self._reference(f"identity:{service}", f"{kind}:{number}")

    def short_secret_hash(self, context: str, secret: str) -> bytes:
        """Keyed hash of a secret with little entropy (an OTP), useless without the key even if the table
        leaks."""
        return self._mac(f"otp:{context}", secret.encode())

    def signer(self, salt: str) -> URLSafeTimedSerializer:
        """Signer of texts that only this server reads back; each use has its own salt."""
        made = self._signers.get(salt)
        if made is None:
            keys = list(reversed(self._secret_keys))
            made = self._signers[salt] = URLSafeTimedSerializer(keys, salt=f"citizen-app.{salt}")
        return made

    def lasting_signer(self, salt: str) -> URLSafeSerializer:
        """As `signer`, without the moment of signing: the same text is signed the same at any time."""
        return URLSafeSerializer(list(reversed(self._secret_keys)), salt=f"citizen-app.{salt}")

    def _reference(self, label: str, value: str) -> str:
        return base64.urlsafe_b64encode(self._mac(label, value.encode())[:16]).rstrip(b"=").decode()

    def _mac(self, label: str, data: bytes) -> bytes:
        key = hmac.digest(self._pseudonym_key, label.encode(), "sha256")
        return hmac.digest(key, data, "sha256")


def token_hash(token: str) -> bytes:
    """What is stored of a bearer secret with full entropy (32 bytes SHA-256)."""
    return hashlib.sha256(token.encode()).digest()


def current_vault() -> Vault:
    """The vault of the running application."""
    vault: Vault = extension("vault")
    return vault
