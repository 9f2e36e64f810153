"""Write the test vectors of the code format, or check that they are what this checkout would write.

    python -m tools.make_vectors            write tests/vectors/*.json
    python -m tools.make_vectors --check    exit with 1 if a file differs

The keys are fixed and both algorithms sign deterministically (RFC 8032, RFC 6979), so every run gives the
same bytes.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from citizen_app.codes import cbor
from citizen_app.codes.format import Challenge, Code, decode
from citizen_app.codes.reading import replay_key
from tools.vector_cases import Vector, refused, valid
from tools.vector_keys import key_file
from tools.vector_malformed import malformed
from tools.vector_weak import weak

FOLDER: Final = Path(__file__).parent.parent / "tests" / "vectors"


def files() -> dict[str, str]:
    """Name and content of every file."""
    contents = {
        "keys.json": key_file(),
        "valid.json": _vector_file("Codes that a reader accepts, and what it reads in them.", valid()),
        "malformed.json": _vector_file("Texts that are not codes; no key is needed to see it.", malformed()),
        "refused.json": _vector_file("Codes of the right shape that a reader refuses.", refused() + weak()),
    }
    return {
        name: json.dumps(content, indent=1, ensure_ascii=True) + "\n" for name, content in contents.items()
    }


def described(code: Code) -> dict[str, object]:
    """The fields of a code as the vectors spell them: byte strings in hex, a key as its COSE_Key."""
    claims, proof = code.credential.claims, code.proof
    key = claims.device_key
    replay = replay_key(code)
    return {
        "kid": code.credential.kid.hex(),
        "algorithm": code.credential.algorithm.name,
        "kind": claims.kind.name.lower(),
        "form": claims.form.name.lower(),
        "expires_at": claims.expires_at,
        "handle": claims.handle.hex(),
        "device_key": None if key is None else cbor.encode(key.to_cose_key()).hex(),
        "status_list": code.credential.status_list,
        "traits": {"fare_class": claims.traits.fare_class, "age_band": claims.traits.age_band},
        "proof": None
        if proof is None
        else {
            "algorithm": proof.algorithm.name,
            "time": proof.time,
            "challenge": None if proof.challenge is None else _challenge(proof.challenge),
        },
        "replay_key": None if replay is None else replay.hex(),
    }


def _vector_file(description: str, vectors: Iterable[Vector]) -> dict[str, object]:
    return {"description": description, "vectors": [_vector(vector) for vector in vectors]}


def _vector(vector: Vector) -> dict[str, object]:
    row: dict[str, object] = {
        "name": vector.name,
        "text": vector.text,
        "now": vector.now,
        "asked": [_challenge(challenge) for challenge in vector.asked],
        "challenge_required": vector.challenge_required,
        "reason": vector.reason,
    }
    return row | {"code": described(decode(vector.text))} if vector.reason == "ok" else row


def _challenge(challenge: Challenge) -> dict[str, object]:
    return {"kiosk_number": challenge.kiosk_number, "nonce": challenge.nonce.hex()}


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Write the test vectors of the code format.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit with 1 if a file differs")
    check = parser.parse_args().check
    stale = []
    for name, content in files().items():
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != content:
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, "utf-8")
    print(f"{'differ' if check else 'written'}: {', '.join(stale) or 'none'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
