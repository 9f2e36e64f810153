"""Queues of people who have come (叫号), for tables of the service's own.

    class CounterQueue(QueueColumns):                   # one matter of a hall on one day
        __tablename__ = "counter_queues"
        day: Mapped[date] = mapped_column(Date, nullable=False)

    class CounterTicket(TicketColumns):                 # somebody's number in it
        __tablename__ = "counter_tickets"
        __queue__ = "counter_queues"
        citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False, index=True)

    class CounterTicketMove(MoveColumns):               # each move, with who and why (toolkit.booking)
        __tablename__ = "counter_ticket_moves"

    QUEUES = Calling("counter", CounterQueue, CounterTicket, CounterTicketMove)
    ticket = QUEUES.take(QUEUES.lock(queue_id), now(), citizen_ref=scan.citizen.ref)
    QUEUES.order.before(ticket)                         # how many are called before
    QUEUES.call_next(queue_id, "3 号窗口", now(), by)    # or None where nobody waits
    QUEUES.act(ticket, "pass", now(), by)               # ACTS: again, pass (过号), start, done, away, back,
                                                        # urgent, undo

Numbers rise in each queue, one at a time is in a room, and whoever waits in two queues is called to one of
them. Who does not come goes behind some people and at last out (`QueueRules`); claims go first by
`rank_of(priorities, citizen.has)`, nobody overtakes a higher class by being passed, and what undoes an act
says who and why. A service derives from `Calling` for what is its own: `rules`, `refuse_closed`, `gone`,
`of_same_person`, `hold_person`, `moved`, and the words of its refusals; `is_over` says when nobody waits in a
queue any more. What a kiosk read offline that day is on record then (`take(queue, scan.occurred_at,
known_at=scan.received_at)`), and a job calls `end(queue_id, now())` for those who waited in vain.

What is seen of them is a `QueueViews` of the service: which queues are whose (`queues_of`, `may_call`,
`name_of`), whose tickets they are (`called`, names masked), and where walls hang (`wall_place`, `queues_at`,
`walls_of`, `has_wall`, `renew_wall`; the table of places has `WallColumns`). From it come the call screen of
staff and the wall, which reads at five metres under a link that can be taken back:

    wall = wall_pages(SERVICE.id, VIEWS)
    calls = call_pages(SERVICE.id, staff_of_service(SERVICE.id, "calls", by_unit=True), VIEWS,
                       title=Text("叫号", "Calling"), wall=wall)
    PAGES = (start, calls, wall)

Both take `words` in place of those of `CALLS` and `WALL`. People see their own place as a `Position`: on a
page by `place_in_queue(place, words, where)` of `parts/queue.html`, in an API as a `PlaceSchema`.
"""

from citizen_app.queueing.calling import ACTS, Calling, QueueRules
from citizen_app.queueing.columns import (
    BESIDE,
    IN_ROOM,
    OVER,
    QueueColumns,
    TicketColumns,
    WallColumns,
    ticket_rules,
)
from citizen_app.queueing.order import ORDINARY, URGENT, rank_of
from citizen_app.queueing.schemas import PlaceSchema
from citizen_app.queueing.views import Called, Notes, Position, QueueName, QueueViews, WallPlace, line_of
from citizen_app.queueing.words import CALLS, PLACE, WALL
from citizen_app.web.console.calls import by_officer, call_pages
from citizen_app.web.pages.walls import wall_link, wall_pages

__all__ = [
    "ACTS",
    "BESIDE",
    "CALLS",
    "IN_ROOM",
    "ORDINARY",
    "OVER",
    "PLACE",
    "URGENT",
    "WALL",
    "Called",
    "Calling",
    "Notes",
    "PlaceSchema",
    "Position",
    "QueueColumns",
    "QueueName",
    "QueueRules",
    "QueueViews",
    "TicketColumns",
    "WallColumns",
    "WallPlace",
    "by_officer",
    "call_pages",
    "line_of",
    "rank_of",
    "ticket_rules",
    "wall_link",
    "wall_pages",
]
