"""Stops found by words in part: Chinese, pinyin, initials or English, or the exact id or code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from citizen_app.toolkit.data import session, table_of
from citizen_app.toolkit.searching import Typed
from services.bus.models import BusStop
from services.bus.snapshot import ActiveFeed

STOPS = table_of(BusStop)
STOPS_AND_STATIONS = (0, 1)


@dataclass(frozen=True, slots=True)
class StopWords:
    """A stop or station, prepared to be found by its names. `number` is its row's."""

    number: int
    gtfs_id: str
    code: str
    station: str
    name: tuple[str, str]
    typed: Typed

    def rank(self, words: Sequence[str]) -> int | None:
        """How well all words are found, 0 best; None where one is missing."""
        ranks = [0 if word in (self.gtfs_id, self.code) else self.typed.rank(word) for word in words]
        return None if None in ranks else sum(rank or 0 for rank in ranks)


def stops_called(feed: ActiveFeed, words: str) -> list[StopWords]:
    """The stops and stations that all of the words mean, the best first; all of them without words."""
    asked = words.split()
    ranked = [(one.rank(asked), one) for one in feed.words.get(lambda: _load(feed.version_id))]
    found = [(rank, one.number, one) for rank, one in ranked if rank is not None]
    return [one for _, _, one in sorted(found, key=lambda entry: entry[:2])]


def places_called(feed: ActiveFeed, words: str, most: int) -> list[StopWords]:
    """The first of them, one for each name: a station instead of its stops, and one pole for both
    directions."""
    called = stops_called(feed, words)
    stations = {one.gtfs_id for one in called}
    found: dict[tuple[str, str], StopWords] = {}
    for one in called:
        if one.station not in stations:
            found.setdefault(one.name, one)
    return list(found.values())[:most]


def _load(version_id: int) -> list[StopWords]:
    rows = session().execute(
        select(STOPS).where(STOPS.c.version_id == version_id, STOPS.c.location_type.in_(STOPS_AND_STATIONS))
    )
    return [
        StopWords(
            row.id,
            row.gtfs_id,
            row.code,
            row.parent,
            (row.name_zh, row.name_en),
            Typed.of(f"{row.name_zh} {row.name_en}", ""),
        )
        for row in rows
    ]
