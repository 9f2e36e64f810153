"""Pages of the pass: the citizen's own places, guests, visits and passages, and the desk of a place that they
manage; places and gates for operators."""

from __future__ import annotations

from typing import Final

from . import guests, invited, places
from .blueprint import pages
from .desk import claims, inside, members, overview
from .desk import guests as expected
from .office import hours
from .office import places as office_places

PAGES: Final = (pages, invited.pages, office_places.pages)
VIEWS: Final = (guests, places, overview, claims, members, expected, inside, hours)
"""What puts its pages on the blueprint."""
