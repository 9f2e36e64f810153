"""`/api/v1/services/pass`: the wiring of its routes."""

from __future__ import annotations

from typing import Final

from .api import citizens, operators

BLUEPRINTS: Final = (*citizens.BLUEPRINTS, *operators.BLUEPRINTS)
