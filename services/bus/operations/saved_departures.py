"""What leaves soon from the stops that a citizen keeps at hand, in a few words for the city's home page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.scan import Card
from citizen_app.toolkit.time import city_zone
from services.bus.operations.saved_stops import saved_stops
from services.bus.operations.timetable.departures import Leaving, next_departures_of
from services.bus.snapshot import ActiveFeed

SOON: Final = timedelta(hours=1)
"""What leaves later is on the page of the stop."""
MOST_STOPS: Final = 2
LOOKED_AT: Final = 6
"""Stops that are asked about, the one saved last first."""
SHOWN: Final = 3
"""Departures of each."""
LEAVES: Final = Text("{time} {line}", "{time} {line}")
LEAVES_TOWARDS: Final = Text("{time} {line} 开往 {headsign}", "{time} {line} to {headsign}")
ABOUT: Final = Text("约 {time}", "about {time}")
TIMETABLE: Final = Text("{stop} · 按时刻表", "{stop} · by the timetable")


def departure_cards(feed: ActiveFeed, citizen_ref: str, moment: datetime) -> list[Card]:
    """A card for each of the stops saved last from which something leaves within the hour."""
    found: list[Card] = []
    for stop_id in saved_stops(citizen_ref)[:LOOKED_AT]:
        at = next_departures_of(feed, stop_id, moment, SHOWN)
        soon = [one for one in at.leaving if one.departure.at - moment <= SOON] if at else []
        if at is None or not soon:
            continue
        title = TIMETABLE.fill(stop=at.place.name)
        found.append(Card(title, tuple(_lines(soon)), f"stops/{stop_id}", soon[0].departure.at))
        if len(found) == MOST_STOPS:
            break
    return found


def _lines(soon: list[Leaving]) -> Iterator[Text]:
    for one in soon:
        clock = one.departure.at.astimezone(city_zone()).strftime("%H:%M")
        time = ABOUT.fill(time=clock) if one.visit.approximate else Text(clock, clock)
        if one.headsign is None:
            yield LEAVES.fill(time=time, line=one.line.name)
        else:
            yield LEAVES_TOWARDS.fill(time=time, line=one.line.name, headsign=one.headsign)
