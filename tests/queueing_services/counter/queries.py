"""Which queues there are, and whose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, session
from citizen_app.toolkit.queueing import (
    OVER,
    Called,
    Position,
    QueueName,
    QueueViews,
    WallPlace,
    line_of,
)
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Officer

from .models import CounterHall, CounterQueue, CounterTicket
from .operations import QUEUES

HALL = Text("市政务服务中心", "City service centre")


class _Counters(QueueViews[CounterQueue, CounterTicket]):
    def queues_of(self, officer: Officer, moment: datetime) -> Sequence[CounterQueue]:
        return session().scalars(_of_day(moment)).all()

    def may_call(self, officer: Officer, queue: CounterQueue) -> bool:
        return officer.has(queue.hall_id)

    def name_of(self, queue: CounterQueue) -> QueueName:
        return QueueName(line_of(queue.matter), line_of(queue.room, queue.matter), line_of(queue.matter))

    def called(self, tickets: Sequence[CounterTicket]) -> list[Called[CounterTicket]]:
        return [Called(one, one.name, one.citizen_ref) for one in tickets]

    def wall_place(self, place_id: str) -> WallPlace | None:
        hall = session().get(CounterHall, place_id)
        return WallPlace(hall.id, hall.name, HALL, hall.wall) if hall else None

    def queues_at(self, place_id: str, moment: datetime) -> Sequence[CounterQueue]:
        return session().scalars(_of_day(moment).where(CounterQueue.hall_id == place_id)).all()

    def walls_of(self, officer: Officer, queues: Collection[CounterQueue]) -> Sequence[WallPlace]:
        found = map(self.wall_place, sorted({one.hall_id for one in queues}))
        return [place for place in found if place is not None]

    def has_wall(self, officer: Officer, place: WallPlace) -> bool:
        return officer.has(place.id)

    def renew_wall(self, place: WallPlace) -> None:
        guarded_update(CounterHall, CounterHall.id == place.id, wall=CounterHall.wall + 1)


VIEWS = _Counters(QUEUES)


def queue_of(matter: str, moment: datetime) -> CounterQueue | None:
    """The day's queue for a matter."""
    return session().scalar(_of_day(moment).where(CounterQueue.matter == matter).limit(1))


def positions_of(ref: str) -> list[Position[CounterQueue, CounterTicket]]:
    """Where somebody stands."""
    mine = select(CounterTicket).where(CounterTicket.citizen_ref == ref, CounterTicket.state.not_in(OVER))
    return [
        VIEWS.position(one, session().get_one(CounterQueue, one.queue_id)) for one in session().scalars(mine)
    ]


def _of_day(moment: datetime) -> Select[tuple[CounterQueue]]:
    today = moment.astimezone(city_zone()).date()
    return select(CounterQueue).where(CounterQueue.day == today).order_by(CounterQueue.matter)
