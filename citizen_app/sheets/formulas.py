"""Text for files that a spreadsheet opens."""

from __future__ import annotations

import re
from typing import Final

from citizen_app.text import UNSEEN

FORMULA: Final = re.compile(rf"[\s{UNSEEN}]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r]")
"""How a formula begins (OWASP: CSV injection): the full-width and small forms count too, behind whatever is
not seen. A tab or a carriage return ends the cell for some programs, so that what follows it would begin
one."""


def escape_formula(text: str) -> str:
    """The text, quoted where a spreadsheet would run it as a formula (CSV injection)."""
    return "'" + text if FORMULA.match(text) else text
