"""How large the picture of a code may become. A dense symbol scans slowly; that is the first complaint of
every code system before this one, so density has a budget, and issuing refuses what would exceed it."""

from typing import Final

_CAPACITY: Final = (20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600)
"""Alphanumeric characters of QR versions 1 to 15 at level M (ISO/IEC 18004:2015 table 7)."""

SHOWN_ALONE: Final = 7
"""Highest QR version of an online or paper code: 45 modules a side."""
WITH_PROOF: Final = 11
"""Highest QR version of a device code: 61 modules a side."""
WITH_CHALLENGE: Final = 12
"""Highest QR version of a device code that answers a kiosk's challenge: 65 modules a side."""


class CodeTooDense(ValueError):
    """A text needs a larger QR symbol than its budget allows."""


def qr_version(characters: int) -> int:
    """The smallest QR version at level M for an alphanumeric text. Raises CodeTooDense beyond version 15."""
    for version, capacity in enumerate(_CAPACITY, start=1):
        if characters <= capacity:
            return version
    raise CodeTooDense(f"{characters} characters, QR version 15 holds {_CAPACITY[-1]}")


def modules(version: int) -> int:
    """Modules along one side of a symbol, without its quiet zone."""
    return 17 + 4 * version


def check_density(characters: int, budget: int) -> int:
    """The QR version of a text. Raises CodeTooDense if it is above `budget`."""
    version = qr_version(characters)
    if version > budget:
        raise CodeTooDense(f"{characters} characters need QR version {version}, the budget is {budget}")
    return version
