"""Pages: finding for anyone, bookings and the place in the queue for whoever has signed in, the wall of a
waiting room, calling for doctors and nurses, rules and figures for managers; the same queries and operations
as the API's."""

from services.hospital.pages import calls, finding, letters, managing, mine, policies, records, visits, wall

PAGES = (
    finding.pages, mine.pages, records.pages, visits.pages, wall.pages, calls.pages, letters.pages, policies.pages,
    *managing.PAGES,
)  # fmt: skip
