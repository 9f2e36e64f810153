"""A list of the weekly timetable (排班模板), CSV or XLSX: departments and doctors by their codes. A line that
is there already, by who, weekday, segment and beginning, is changed; nothing is closed by being absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final

from sqlalchemy import select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import new_id, session
from citizen_app.toolkit.files import Limits, Rejected, Report, Row, RowRefused, Sheet, judged, read_sheet
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import city_zone
from services.hospital.manifest import DAYS, KINDS, SEGMENTS, SERVICE, WEEKDAYS, Titles
from services.hospital.models import HospitalDepartment, HospitalDoctor, HospitalTemplate
from services.hospital.operations.timetable import refit
from services.hospital.schemas.office import TemplateSchema

LIMITS: Final = Limits(rows=2_000)
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "department_id": ("科室编码", "科室", "department"),
    "doctor_id": ("医生编码", "医生", "doctor"),
    "weekday": ("星期", "weekday"),
    "segment": ("时段", "segment"),
    "starts": ("开始", "starts"),
    "ends": ("结束", "ends"),
    "slot_minutes": ("每段分钟", "slotminutes"),
    "kind": ("号别", "kind"),
    "room": ("诊室", "room"),
    "fee": ("挂号费分", "fee"),
    "app_places": ("线上号源", "appplaces", "app"),
    "window_places": ("窗口号源", "windowplaces", "window"),
    "follow_up_places": ("复诊号源", "followupplaces", "followup"),
    "referral_places": ("转诊号源", "referralplaces", "referral"),
    "gives_back_hours": ("提前几小时放回线上", "givesbackhours"),
    "days": ("节假日", "days"),
    "valid_from": ("生效日", "validfrom"),
    "valid_until": ("截止日", "validuntil"),
}
NAMED: Final[Mapping[str, Titles]] = {
    "segment": SEGMENTS,
    "kind": KINDS,
    "days": DAYS,
    "weekday": {str(number): words for number, words in enumerate(WEEKDAYS)},
}
NUMBERS: Final = frozenset(
    (
        "weekday",
        "slot_minutes",
        "fee",
        "gives_back_hours",
        *(name for name in COLUMNS if name.endswith("places")),
    )
)
KEY: Final = ("department_id", "doctor_id", "weekday", "segment", "starts")
UNKNOWN: Final = Text("没有这个编码：{code}", "there is no such code: {code}")
TWICE: Final = Text("与第 {row} 行是同一个班次", "is the same line as row {row}")


def read_lines(stream: BinaryIO, name: str, report: Report) -> list[tuple[int, dict[str, str]] | Rejected]:
    """The rows of a list as text, in no unit of work. Raises `FileUnreadable`."""
    sheet: Sheet = read_sheet(stream, name, COLUMNS, needed="weekday", limits=LIMITS)
    report.ignored_columns = sheet.header.ignored
    return list(sheet.made(_texts))


def store_lines(
    hospital_id: str, rows: list[tuple[int, dict[str, str]] | Rejected], report: Report, moment: datetime
) -> Iterator[None]:
    """Store the lines in the present unit of work, one a step, and refit their sessions; says in the report
    what became of each."""
    departments = {one.code: one.id for one in _open(HospitalDepartment, hospital_id)}
    doctors = {(one.department_id, one.code): one.id for one in _open(HospitalDoctor, hospital_id)}
    standing = select(HospitalTemplate).where(
        HospitalTemplate.hospital_id == hospital_id, HospitalTemplate.closed_at.is_(None)
    )
    known = {_key(vars_of(line)): line for line in session().scalars(standing)}
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if isinstance(row, Rejected):
            report.reject(row)
            continue
        number, texts = row
        try:
            values = _values(hospital_id, texts, departments, doctors)
            key = _key(values)
            if key in seen:
                raise RowRefused("weekday", TWICE.fill(row=seen[key]))
        except RowRefused as refused:
            report.reject(Rejected(number, COLUMNS[refused.column][0], refused.why))
            continue
        seen[key] = number
        report.counts[_store(values, known.get(key), moment)] += 1
        yield


def vars_of(line: HospitalTemplate) -> dict[str, Any]:
    """A line as the values of its schema."""
    return {name: getattr(line, name) for name in TemplateSchema().fields}


def _texts(row: Row) -> tuple[int, dict[str, str]]:
    return row.number, {name: found for name in COLUMNS if (found := row.text(name, 120))}


def _values(
    hospital_id: str,
    texts: dict[str, str],
    departments: Mapping[str, str],
    doctors: Mapping[tuple[str | None, str], str],
) -> dict[str, Any]:
    """A row by the rules of the office's own form. Raises `RowRefused`."""
    found: dict[str, Any] = {"hospital_id": hospital_id, **texts}
    for name, titles in NAMED.items():
        if name in found:
            found[name] = _code(found[name], titles)
    for name in ("starts", "ends"):
        if name in found:
            found[name] = f"{found[name].zfill(5)}:00" if len(found[name]) < 6 else found[name].zfill(8)
    for name in NUMBERS & found.keys():
        found[name] = int(found[name]) if found[name].isascii() and found[name].isdigit() else found[name]
    if "department_id" in found:
        found["department_id"] = _id("department_id", found["department_id"], departments.get)
    if "doctor_id" in found:
        of = found.get("department_id")
        found["doctor_id"] = _id("doctor_id", found["doctor_id"], lambda code: doctors.get((of, code)))
    return judged(TemplateSchema(), found)


def _id(column: str, code: str, known: Callable[[str], str | None]) -> str:
    found = known(code)
    if found is None:
        raise RowRefused(column, UNKNOWN.fill(code=code))
    return found


def _code(text: str, titles: Titles) -> str:
    """The code that a cell names: itself, or by what it is called."""
    said = text.lower().replace("星期", "周")
    named = (code for code, words in titles.items() if said in (code, words.zh.lower(), words.en.lower()))
    return next(named, text)


def _store(values: dict[str, Any], line: HospitalTemplate | None, moment: datetime) -> str:
    if line is not None and vars_of(line) == values:
        return "unchanged"
    outcome = "added" if line is None else "changed"
    if line is None:
        line = HospitalTemplate(id=new_id(), version=1, created_at=moment, **values)
        session().add(line)
    else:
        for name, value in values.items():
            setattr(line, name, value)
        line.version += 1
    session().flush()
    today = moment.astimezone(city_zone()).date()
    refit(line, today, today + timedelta(days=service_settings(SERVICE.id)["days_made"]), moment)
    return outcome


def _key(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] for name in KEY)


def _open(model: Any, hospital_id: str) -> Any:
    return session().scalars(select(model).where(model.hospital_id == hospital_id, model.closed_at.is_(None)))
