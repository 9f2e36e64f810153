"""Pages of the bus: lines, stops and departures for anyone, trips for the citizen."""

from __future__ import annotations

from typing import Final

from services.bus.pages import network, trips

PAGES: Final = (network.pages, trips.pages)
