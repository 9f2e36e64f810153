"""The protected headers of a code (RFC 9052 section 3.1). A city has as many as keys, so each is read once
and remembered."""

from functools import lru_cache
from typing import Final

from citizen_app.codes import cbor
from citizen_app.codes.cose import Algorithm

KID_BYTES: Final = 4
"""3 bytes division code (GB/T 2260 as a number, big-endian), 1 byte key serial."""
_ALG, _KID = 1, 4


@lru_cache(maxsize=64)
def credential_header(algorithm: Algorithm, kid: bytes) -> bytes:
    """The header of a credential: algorithm and key."""
    return cbor.encode({_ALG: int(algorithm), _KID: cbor.as_bytes(kid, KID_BYTES)})


def proof_header(algorithm: Algorithm) -> bytes:
    """The header of a proof: its algorithm; the key is in the credential."""
    return cbor.encode({_ALG: int(algorithm)})


@lru_cache(maxsize=64)
def read_credential_header(protected: bytes) -> tuple[Algorithm, bytes]:
    """Algorithm and kid; ValueError for anything but what `credential_header` writes."""
    header = cbor.as_map(cbor.decode(protected), {_ALG, _KID})
    algorithm, kid = Algorithm(cbor.as_int(header[_ALG])), cbor.as_bytes(header[_KID], KID_BYTES)
    if protected != credential_header(algorithm, kid):
        raise ValueError("not deterministic CBOR")
    return algorithm, kid


@lru_cache(maxsize=64)
def read_proof_header(protected: bytes) -> Algorithm:
    """The algorithm; ValueError for anything but what `proof_header` writes."""
    header = cbor.as_map(cbor.decode(protected), {_ALG})
    algorithm = Algorithm(cbor.as_int(header[_ALG]))
    if protected != proof_header(algorithm):
        raise ValueError("not deterministic CBOR")
    return algorithm
