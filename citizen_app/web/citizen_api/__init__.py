"""Routes of the citizen's own apps and pages: sign-in, oneself, the code."""

from __future__ import annotations

from typing import Final

NO_STORE: Final = {"Cache-Control": "no-store"}
