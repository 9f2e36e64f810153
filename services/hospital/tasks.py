"""What a hospital's office starts and waits for: a timetable from another system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.files import Report
from citizen_app.toolkit.tasks import FileRule, OpenFile, Task, TaskProgress, TaskReport, TaskUnit
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import ClientGeneratedId, Problem, StrictSchema, fields, validate
from services.hospital.manifest import KINDS
from services.hospital.models import Hospital
from services.hospital.operations.importing.bundles import Usual, read_slots, store_bundle
from services.hospital.operations.importing.lines import read_lines, store_lines

MOST_BYTES: Final = 16 * 2**20
MOST_OFFERED: Final = 500
READING: Final = Text("读取文件", "Reading the file")
STORING: Final = Text("写入排班", "Storing the timetable")
REFUSED: Final = Text(
    "有 {count} 处不对，什么都没有采用。改好后请再导入。",
    "{count} faults: nothing was taken. Mend them and import again.",
)


class NothingTaken(Exception):
    """Rolls back what was only tried, or has a fault."""


class ImportArguments(StrictSchema):
    """Of which hospital, and what a FHIR file does not say."""

    hospital_id = ClientGeneratedId(required=True, metadata={"label": Text("医院", "Hospital")})
    kind = fields.String(
        load_default="general",
        validate=validate.OneOf(list(KINDS)),
        metadata={
            "label": Text("号别（FHIR 文件未注明时）", "Kind, where a FHIR file says none"),
            "titles": KINDS,
        },
    )
    fee = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 1_000_000),
        metadata={"label": Text("挂号费（元，FHIR 文件）", "Fee (¥), of a FHIR file"), "money": True},
    )
    dry_run = fields.Boolean(
        load_default=False, metadata={"label": Text("仅试行，不写入", "Only try, write nothing")}
    )


def check_hospital(args: Mapping[str, Any]) -> None:
    """There is such a hospital. Raises a 404."""
    if session().get(Hospital, args["hospital_id"]) is None:
        raise Problem("not-found")


def hospitals(units: frozenset[str] | None) -> Sequence[tuple[str, Text]]:
    """The hospitals whose timetables somebody may import: of these units, or (None) all."""
    found = select(Hospital).where(Hospital.closed_at.is_(None)).limit(MOST_OFFERED)
    if units is not None:
        found = found.where(Hospital.id.in_(units))
    return [(one.id, one.name) for one in session().scalars(found)]


def import_timetable(progress: TaskProgress, file: OpenFile | None, args: Mapping[str, Any]) -> TaskReport:
    """Take lines of the week (CSV, XLSX) or sessions (a FHIR Bundle) whole, or nothing of them."""
    assert file is not None
    report, moment, hospital_id = Report(), now(), args["hospital_id"]
    progress.stage(READING)
    rows = entries = None
    if file.ending == ".json":
        entries = read_slots(file.stream)
    else:
        rows = read_lines(file.stream, file.name, report)
    progress.stage(STORING)
    try:
        with progress.unit():
            if entries is not None:
                usual = Usual(args["kind"], args["fee"])
                steps = store_bundle(hospital_id, entries, usual, report, moment)
            else:
                steps = store_lines(hospital_id, rows or [], report, moment)
            for _ in steps:
                progress.advance()
            if report.rejected or args["dry_run"]:
                raise NothingTaken
            audit("hospital.import_timetable", "hospital", hospital_id, counts=dict(report.counts))
    except NothingTaken:
        pass
    done = TaskReport.of_list(report, dry_run=args["dry_run"])
    if not report.rejected:
        return done
    return replace(done, said=REFUSED.fill(count=report.counts["rejected"]), refused=True)


TASKS: Final = (
    Task(
        "import_timetable",
        Text("导入排班", "Import a timetable"),
        import_timetable,
        file=FileRule((".csv", ".xlsx", ".json"), MOST_BYTES),
        args=ImportArguments,
        check=check_hospital,
        unit=TaskUnit("hospital_id", hospitals),
    ),
)
