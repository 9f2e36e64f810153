"""Pages of the bus: lines, stops and departures for anyone, trips for the citizen, feeds for operators."""

from __future__ import annotations

from typing import Final

from services.bus.pages import journeys, network, office, saved, trips

PAGES: Final = (network.pages, trips.pages, office.feeds, office.fares)
VIEWS: Final = (network, journeys, trips, saved)
"""What puts its pages on the blueprints."""
