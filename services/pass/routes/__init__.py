"""`/api/v1/services/pass`, by who calls: citizens, the desk of a place, operators."""

from __future__ import annotations

from typing import Final

from . import citizens, operators

BLUEPRINTS: Final = (*citizens.BLUEPRINTS, *operators.BLUEPRINTS)
