"""Pages of the pass: the citizen's own places, guests, visits and passages."""

from __future__ import annotations

from typing import Final

from . import guests, places
from .blueprint import pages

PAGES: Final = (pages,)
VIEWS: Final = (guests, places)
"""What puts its pages on the blueprint."""
