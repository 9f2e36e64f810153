"""What a scan means to the bus, in words for the rider and the driver; and how the service is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from citizen_app.toolkit.scan import Allow, Meaning, Refuse, Scan, Text
from citizen_app.toolkit.time import city_zone, now, rfc3339
from services.bus.operations.boarding import Boarding, SecondTap, Unplaced, board
from services.bus.operations.fares import ADULT, FARE_CLASSES
from services.bus.snapshot import ActiveFeed, active_feed, feed_at, feeds_ahead

WELCOME: Final = Text("请上车", "Welcome aboard")
TOWARDS: Final = Text("{line} 开往 {headsign}", "{line} to {headsign}")
AT_STOP: Final = Text("上车站 {stop}", "Boarded at {stop}")
FARE: Final = Text("{card} {fare}", "{card}, {fare}")
TAPPED: Final = Text("{time} 已在 {line} 上车", "Boarded {line} at {time}")
TAPPED_AT_STOP: Final = Text("{time} 已在 {stop} 上车（{line}）", "Boarded {line} at {stop}, {time}")


def on_scan(scan: Scan) -> Meaning:
    """Board the citizen, or say why not."""
    done = board(scan, feed_at(scan.occurred_at) if scan.late else active_feed())
    if isinstance(done, Unplaced):
        return Refuse(done.fault)
    return _refused(done) if isinstance(done, SecondTap) else _allowed(done)


def health() -> Mapping[str, Any]:
    """The timetable in force, and how long it and those that follow it last. None is no fault: buses take
    riders without one."""
    feed, ahead = active_feed(), feeds_ahead()
    waiting = [{"version": later.feed.version_id, "from": rfc3339(later.since)} for later in ahead]
    if feed is None:
        return {"timetable": None, "waiting": waiting}
    today = now().astimezone(feed.zone).date()
    last_day = _last_day(feed, [later.feed for later in ahead])
    return {
        "timetable": feed.source,
        "version": feed.version_id,
        "last_day": last_day.isoformat() if last_day else None,
        "days_left": (last_day - today).days if last_day else None,
        "waiting": waiting,
        "lines": feed.counts.get("routes", 0),
        "stops": feed.counts.get("stops", 0),
    }


def _last_day(feed: ActiveFeed, ahead: Sequence[ActiveFeed]) -> date | None:
    """The last day with a timetable, counting feeds that follow without a day between."""
    last_day = feed.last_day
    for following in ahead:
        if last_day and following.first_day and following.first_day <= last_day + timedelta(days=1):
            last_day = following.last_day
    return last_day


def _allowed(done: Boarding) -> Allow:
    place, fare = done.place, done.fare
    card = FARE_CLASSES[fare.fare_class].card
    lines = [TOWARDS.fill(line=place.line, headsign=place.headsign) if place.headsign else place.line]
    if place.stop is not None:
        lines.append(AT_STOP.fill(stop=place.stop))
    lines.append(FARE.fill(card=card, fare=fare.words))
    return Allow(
        title=WELCOME,
        lines=tuple(lines),
        speak=WELCOME if fare.fare_class == ADULT else card,
        outcome={
            "boarding_id": done.id,
            "fare": fare.amount,
            "currency": fare.currency,
            "fare_class": fare.fare_class,
            "line": place.line.zh,
            "line_id": place.line_id,
            "direction": place.direction,
            "stop": place.stop.zh if place.stop else None,
            "stop_id": place.stop_id,
        },
        rows=done.rows,
    )


def _refused(tap: SecondTap) -> Refuse:
    time = tap.occurred_at.astimezone(city_zone()).strftime("%H:%M:%S")
    words = (
        TAPPED_AT_STOP.fill(time=time, line=tap.line, stop=tap.stop)
        if tap.stop
        else TAPPED.fill(time=time, line=tap.line)
    )
    return Refuse(
        "second_tap",
        lines=(words,),
        outcome={"boarding_id": tap.boarding_id, "occurred_at": rfc3339(tap.occurred_at)},
    )
