"""The handle of an online code: who it is, sealed so that only the issuer can tell.

A handle is one AES-256 block (FIPS 197): 8 bytes of subject number, 8 random bytes. Two handles of one person
have nothing in common, and making one reads and writes nothing. One block under a key used for nothing else
is a permutation of 16 random-looking bytes, so it needs no mode; it also carries no checksum, because the
issuer's signature over the credential already stands around it. The random half is not decoration: a number
sealed alone would give the same block every time, and follow its owner through the city.
"""

import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

HANDLE_BYTES = 16
SEALING_KEY_BYTES = 32
_NUMBER_BYTES = 8
_NUMBER_LIMIT = 1 << 63


def seal_handle(subject_number: int, sealing_key: bytes) -> bytes:
    """A fresh 16-byte handle for a subject or delegation number (0 to 2**63 - 1; ValueError otherwise)."""
    if not 0 <= subject_number < _NUMBER_LIMIT:
        raise ValueError("a subject number is an unsigned 63-bit integer")
    block = subject_number.to_bytes(_NUMBER_BYTES) + os.urandom(HANDLE_BYTES - _NUMBER_BYTES)
    encryptor = _cipher(sealing_key).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def open_handle(handle: bytes, sealing_key: bytes) -> int:
    """The subject number in a handle whose credential has been verified; ValueError if it cannot be one."""
    if len(handle) != HANDLE_BYTES:
        raise ValueError("an online handle has 16 bytes")
    decryptor = _cipher(sealing_key).decryptor()
    block = decryptor.update(handle) + decryptor.finalize()
    subject_number = int.from_bytes(block[:_NUMBER_BYTES])
    if subject_number >= _NUMBER_LIMIT:
        raise ValueError("this handle was sealed under another key")
    return subject_number


@lru_cache(maxsize=64)
def _cipher(sealing_key: bytes) -> Cipher[ECB]:
    return Cipher(AES256(sealing_key), ECB())  # noqa: S305  (one block of 16 random-looking bytes, see above)
