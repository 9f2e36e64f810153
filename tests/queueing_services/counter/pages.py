"""The call screen, the wall, and one's own place."""

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import CITIZEN, render, service_pages
from citizen_app.toolkit.queueing import PLACE, call_pages, wall_pages
from citizen_app.toolkit.web import citizen_ref, staff_of_service

from .manifest import CALLS, SERVICE
from .queries import VIEWS, positions_of

wall = wall_pages(SERVICE.id, VIEWS)
calls = call_pages(
    SERVICE.id,
    staff_of_service(SERVICE.id, CALLS.id, by_unit=True),
    VIEWS,
    title=Text("叫号", "Calling"),
    wall=wall,
)
mine = service_pages(SERVICE.id, CITIZEN)
PAGES = (mine, calls, wall)


@mine.get("/")
def start() -> str:
    """My numbers."""
    return render("start.html", found=positions_of(citizen_ref(SERVICE.id)), words=PLACE)
