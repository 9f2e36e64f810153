"""Which release this is; the same as in pyproject.toml (a test holds them together)."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
