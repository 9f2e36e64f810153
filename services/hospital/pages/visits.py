"""For a patient who has checked in: the number, how many are before, and where to go when called."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import CITIZEN, render, service_pages
from citizen_app.toolkit.queueing import PLACE
from citizen_app.toolkit.time import now
from services.hospital.manifest import SERVICE
from services.hospital.operations.privacy import looking
from services.hospital.queries.queue import positions_of
from services.hospital.snapshot import structure

SENTENCES: Final = {
    "hospital.visits.title": Text("今天的候诊", "Waiting today"),
    "hospital.visits.none": Text("今天没有在候诊", "You are in no queue today"),
    "hospital.visits.none_hint": Text(
        "到院后在自助机亮码，或扫门口的海报报到。",
        "At the hospital show your code at a kiosk, or scan the poster at the door.",
    ),
    "hospital.visits.as_of": Text("{time} 更新", "As of {time}"),
}
WORDS: Final = {
    **PLACE,
    "next": Text("您是下一位，请在诊室附近等候", "You are next: stay near the room"),
    "seeing": Text("就诊中", "Being seen"),
    "away": Text("检查中；做完请回到分诊台", "Away for tests; then go back to the triage desk"),
    "missed": Text("已过号，请到分诊台", "You were passed: ask at the triage desk"),
}
pages = service_pages(SERVICE.id, CITIZEN, "visits", SENTENCES)


@pages.get("/visits")
def visits() -> str:
    """My places in the queues of today."""
    moment, who = now(), looking()
    return render(
        "visits.html",
        found=positions_of(who, moment),
        departments=structure().departments,
        words=WORDS,
        moment=moment,
    )
