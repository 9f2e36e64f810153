"""What a scan means to the bus, in words for the rider and the driver; and how the service is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from citizen_app.toolkit.capabilities import Capability
from citizen_app.toolkit.rights import Kept, rows_of
from citizen_app.toolkit.scan import Allow, Card, Choosing, CitizenView, Meaning, Refuse, Scan, Text
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import city_zone, now, rfc3339
from services.bus.manifest import SERVICE
from services.bus.models import BusBoarding, BusRider, BusSavedStop
from services.bus.operations.boarding import Boarding, SecondTap, Unpaid, Unplaced, board
from services.bus.operations.choosing import choices
from services.bus.operations.fares import ADULT, FARE_CLASSES, Fare, best_fare
from services.bus.operations.forgetting import forget_rider
from services.bus.operations.saved_departures import departure_cards
from services.bus.operations.saved_stops import drop_all
from services.bus.operations.timetable.getting_there import WayThere, way_there
from services.bus.queries import newest_trip
from services.bus.schemas.journeys import WayThereQuerySchema, WayThereSchema
from services.bus.snapshot import ActiveFeed, active_feed, feed_at, feeds_ahead

WELCOME: Final = Text("请上车", "Welcome aboard")
TOWARDS: Final = Text("{line} 开往 {headsign}", "{line} to {headsign}")
AT_STOP: Final = Text("上车站 {stop}", "Boarded at {stop}")
FARE: Final = Text("{card} {fare}", "{card}, {fare}")
TAPPED: Final = Text("{time} 已在 {line} 上车", "Boarded {line} at {time}")
RODE: Final = Text("{time} 乘 {line}", "{line} at {time}")
RIDES: Final = Text("您的票价 {fare}", "Your fare: {fare}")
RIDES_FREE: Final = Text("您乘车免费", "You ride free")
BY_CARD: Final = Text("凭市民码，按{card}计价", "With your code, as {card}")
TAPPED_AT_STOP: Final = Text("{time} 已在 {stop} 上车（{line}）", "Boarded {line} at {stop}, {time}")


def on_scan(scan: Scan) -> Meaning:
    """Board the citizen, or say why not."""
    done = board(scan, feed_at(scan.occurred_at) if scan.late else active_feed())
    if isinstance(done, Unplaced):
        return Refuse(done.fault)
    if isinstance(done, Unpaid):
        return Refuse("unpaid", lines=(done.words,))
    return _refused(done) if isinstance(done, SecondTap) else _allowed(done)


def cards_for(citizen: CitizenView) -> Sequence[Card]:
    """What leaves soon from the stops at hand; and the last ride of today, or before it, to whoever rides for
    less, that they do."""
    feed, moment = active_feed(), now()
    leaving = departure_cards(feed, citizen.ref, moment) if feed is not None else []
    return [*leaving, *_ride_or_fare(citizen, moment)]


def _ride_or_fare(citizen: CitizenView, moment: datetime) -> list[Card]:
    today = moment.astimezone(city_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    last = newest_trip(citizen.ref, today)
    if last is not None:
        return [_card_of(last)]
    fare = best_fare(citizen.has, service_settings(SERVICE.id))
    if fare.fare_class == ADULT:
        return []
    title = RIDES.fill(fare=fare.words) if fare.amount else RIDES_FREE
    return [Card(title, (BY_CARD.fill(card=FARE_CLASSES[fare.fare_class].card),), "fares")]


def on_death(citizen_ref: str) -> None:
    """Keep no stops at hand for somebody who has died."""
    drop_all(citizen_ref)


def export_for(citizen: CitizenView) -> Sequence[Kept]:
    """Rides, stops kept at hand, and the newest tap."""
    return [
        Kept(
            "boardings", Text("乘车", "Rides"), rows_of(BusBoarding, BusBoarding.citizen_ref == citizen.ref)
        ),
        Kept(
            "saved_stops",
            Text("常用站点", "Stops kept at hand"),
            rows_of(BusSavedStop, BusSavedStop.citizen_ref == citizen.ref),
        ),
        Kept(
            "newest_tap",
            Text("最近一次刷码", "The newest tap"),
            rows_of(BusRider, BusRider.citizen_ref == citizen.ref),
        ),
    ]


def erase_for(citizen: CitizenView) -> None:
    """Forget where somebody rode. What they paid stands in the city's ledger, without them."""
    forget_rider(citizen.ref)


def choices_for(asked: Choosing) -> Sequence[tuple[str, Text]]:
    """What a validator may be set to; nothing without a timetable, when any word is taken as it is."""
    feed = active_feed()
    return choices(feed, asked.field, asked.chosen) if feed is not None else ()


def journeys(asked: Mapping[str, Any], citizen: CitizenView | None) -> WayThere | None:
    """`journeys/1`: how to be at a place by a moment; None without a timetable."""
    feed = active_feed()
    return way_there(feed, **asked) if feed is not None else None


CAPABILITIES: Final = (Capability("journeys/1", WayThereQuerySchema, WayThereSchema, journeys),)


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


def _card_of(trip: BusBoarding) -> Card:
    at = trip.occurred_at.astimezone(city_zone()).strftime("%H:%M")
    lines = [AT_STOP.fill(stop=Text(trip.stop_zh, trip.stop_en or trip.stop_zh))] if trip.stop_zh else []
    paid = Fare(trip.fare, trip.currency, trip.fare_class)
    lines.append(FARE.fill(card=FARE_CLASSES[trip.fare_class].card, fare=paid.words))
    return Card(RODE.fill(time=at, line=Text(trip.line_zh, trip.line_en)), tuple(lines), f"trips/{trip.id}")


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
