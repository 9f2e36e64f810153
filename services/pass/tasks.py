"""What operators start and wait for: a long list of people, taken in the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.files import Limits
from citizen_app.toolkit.tasks import FileRule, OpenFile, Task, TaskProgress, TaskReport, TaskUnit
from citizen_app.toolkit.web import ClientGeneratedId, StrictSchema, fields

from .models import PassPlace
from .operations.importing import Stage, Target, import_people
from .operations.places import place_or_404

MOST_BYTES: Final = 8 * 2**20
MOST_OFFERED: Final = 500
LIMITS: Final = Limits(rows=10_000)
"""Stored in one unit of work: on SQLite others write again after a second at most."""
STAGES: Final[dict[Stage, Text]] = {
    "read": Text("读取名单", "Reading the list"),
    "store": Text("写入名单", "Storing the list"),
}


class ImportArguments(StrictSchema):
    """Where a list goes, and whether it is only tried."""

    place_id = ClientGeneratedId(
        required=True,
        metadata={"label": Text("场所", "Place"), "description": "The place whose list it is."},
    )
    dry_run = fields.Boolean(
        load_default=False,
        metadata={
            "label": Text("仅试行，不写入", "Only try, write nothing"),
            "description": "Only say what would become of it.",
        },
    )


def check_place(args: Mapping[str, Any]) -> None:
    """There is such a place. Raises a 404."""
    place_or_404(args["place_id"])


def places(units: frozenset[str] | None) -> Sequence[tuple[str, Text]]:
    """The places whose lists somebody may import: of these units, or (None) all."""
    found = select(PassPlace).order_by(PassPlace.id).limit(MOST_OFFERED)
    if units is not None:
        found = found.where(PassPlace.id.in_(units))
    return [(place.id, place.name) for place in session().scalars(found)]


def import_list(progress: TaskProgress, file: OpenFile | None, args: Mapping[str, Any]) -> TaskReport:
    """Take the list whole or not at all."""
    assert file is not None
    with progress.unit():
        place = place_or_404(args["place_id"])
    report = import_people(
        Target(place.id, place.kind, args["dry_run"]),
        file.stream,
        file.name,
        LIMITS,
        progress.unit,
        lambda stage, steps, total: progress.tell(STAGES[stage], steps, total),
    )
    return TaskReport.of_list(report, dry_run=args["dry_run"])


TASKS: Final = (
    Task(
        "import_people",
        Text("导入人员名单", "Import a list of people"),
        import_list,
        file=FileRule((".csv", ".xlsx"), MOST_BYTES),
        args=ImportArguments,
        check=check_place,
        unit=TaskUnit("place_id", places),
    ),
)
