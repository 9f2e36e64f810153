"""A kiosk is activated by a camera: a link to the kiosk page as a QR symbol.

The code stands in the fragment (RFC 3986 §3.5), which browsers send to no server: it is in no log and no
`Referer`.
"""

from __future__ import annotations

from io import StringIO
from typing import Final

from citizen_app.codes.drawing import plain_modules
from citizen_app.settings import current_settings

FRAGMENT: Final = "activate"


def activation_link(code: str) -> str:
    """The address that activates whatever device opens it, below the city's own address."""
    return f"{current_settings().public_url}/kiosk#{FRAGMENT}={code}"


def link_for_terminal(link: str) -> str:
    """The link as text, two modules to a character, to be read from a screen of light on dark."""
    matrix = plain_modules(link)
    drawn = StringIO()
    below = [*matrix[1:], [False] * len(matrix)]
    for upper, lower in list(zip(matrix, below, strict=True))[::2]:
        drawn.write("".join(_HALVES[not top, not bottom] for top, bottom in zip(upper, lower, strict=True)))
        drawn.write("\n")
    return drawn.getvalue()


_HALVES: Final = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
