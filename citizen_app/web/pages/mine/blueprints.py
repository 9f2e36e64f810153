"""The pages under 我的, gathered: each module hangs its own on the blueprint."""

from __future__ import annotations

from typing import Final

from citizen_app.web.pages.mine import (
    confirming,
    consents,
    family,
    known,
    notices,
    purse,
    rights,
    sign_ins,
    start,
    uses,
)
from citizen_app.web.pages.mine.door import mine, wards

PAGES: Final = (start, notices, uses, consents, family, known, rights, purse, sign_ins, confirming)
BLUEPRINTS: Final = (mine, wards)
