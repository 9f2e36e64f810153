"""The walls of waiting rooms, of a department or a campus."""

from __future__ import annotations

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.queueing import wall_pages
from services.hospital.manifest import SERVICE
from services.hospital.queries.queue import VIEWS

pages = wall_pages(
    SERVICE.id,
    VIEWS,
    {
        "room": Text("诊室", "Room"),
        "hint": Text(
            "请留意屏幕和广播；过号请到分诊台", "Watch the screen; if you were passed, ask at the triage desk"
        ),
    },
)
