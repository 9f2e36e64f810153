"""Print the size of every form of code: bytes, characters, QR version at level M, modules, budget.

    python -m tools.code_sizes

Worst case: the largest status index, all traits set, the longest times. Run it after any change to the
format.
"""

from collections.abc import Iterator
from typing import Final

from citizen_app.codes import armour, density
from citizen_app.codes.cose import Algorithm, SigningKey
from citizen_app.codes.format import Challenge, Claims, Credential, Kind, Traits, prove

_LATEST: Final = (1 << 32) - 1
_KEY: Final = {algorithm: SigningKey.from_secret(algorithm, bytes(31) + b"\x01") for algorithm in Algorithm}


def sizes() -> Iterator[tuple[str, int, int]]:
    """(name, characters, highest QR version allowed) of each form, at its largest. An issuer's algorithm
    makes no difference: both sign in 64 bytes."""
    yield "online", _shown(Claims(Kind.ONLINE, _LATEST, bytes(16))), density.SHOWN_ALONE
    yield "paper", _shown(_stored(Kind.PAPER)), density.SHOWN_ALONE
    for algorithm, device in _KEY.items():
        credential = _signed(_stored(Kind.DEVICE, device))
        challenge = Challenge(_LATEST, bytes(8))
        yield f"device, {algorithm.name}", len(prove(credential, device, _LATEST)), density.WITH_PROOF
        yield (
            f"challenge, {algorithm.name}",
            len(prove(credential, device, _LATEST, challenge)),
            density.WITH_CHALLENGE,
        )


def table() -> str:
    """The sizes as a Markdown table."""
    lines = [
        "| code | bytes | characters | QR version | modules a side | budget |",
        "|---|---|---|---|---|---|",
    ]
    for name, characters, budget in sizes():
        version = density.qr_version(characters)
        raw = (characters - len(armour.PREFIX)) * 2 // 3
        lines.append(
            f"| {name} | {raw} | {characters} | {version}-M | {density.modules(version)} | {budget}-M |"
        )
    return "\n".join(lines)


def _stored(kind: Kind, device: SigningKey | None = None) -> Claims:
    key = None if device is None else device.verify_key
    return Claims(kind, _LATEST, bytes(8), key, _LATEST, Traits(15, 7))


def _signed(claims: Claims) -> bytes:
    return Credential.sign(claims, b"\xff" * 4, _KEY[Algorithm.EDDSA]).raw


def _shown(claims: Claims) -> int:
    return armour.characters(len(_signed(claims)))


if __name__ == "__main__":
    print(table())
