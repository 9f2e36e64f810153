"""For the managers of a hospital, in the console: missed bookings and appeals, trade in numbers, figures."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.files import csv_answer, csv_file
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.pages import (
    Form,
    asked,
    chart_of,
    form_page,
    form_view,
    go_on,
    render,
    service_pages,
    url_for,
)
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import (
    ClientGeneratedId,
    PageQuerySchema,
    StrictSchema,
    calling_officer,
    fields,
    language,
    staff_of_service,
    validate,
)
from services.hospital.manifest import ALL_CHANNELS, SERVICE, STRIKES
from services.hospital.operations import strikes, watching
from services.hospital.operations.patients import patient_or_404
from services.hospital.pages.office_sentences import SENTENCES
from services.hospital.queries import desk as lists
from services.hospital.queries import figures
from services.hospital.routes.desk import officer_of, shown_patient
from services.hospital.routes.office import APPEALS, strikes_looked_at, suspended_looked_at, watched
from services.hospital.schemas.desk import DaysSchema, FreeAgainSchema
from services.hospital.schemas.office import words_field
from services.hospital.snapshot import One, rules_in_force, structure

BY_UNIT: Final = staff_of_service(SERVICE.id, by_unit=True)
COLUMNS: Final = (
    "released", "added", "booked", "walk_ins", "cancelled", "stopped", "came", "missed", "missed_percent", "mean_wait",
)  # fmt: skip
missed = service_pages(SERVICE.id, BY_UNIT, "missed", SENTENCES, title=SENTENCES["hospital.office.strikes"])
watch = service_pages(SERVICE.id, BY_UNIT, "watch", SENTENCES, title=SENTENCES["hospital.office.watch"])
statistics = service_pages(
    SERVICE.id, BY_UNIT, "figures", SENTENCES, title=SENTENCES["hospital.office.figures"]
)


class HospitalQuerySchema(PageQuerySchema):
    """A list of one hospital; without one of the first that is the caller's."""

    hospital_id = ClientGeneratedId(load_default=None)


class FiguresQuerySchema(DaysSchema):
    """Figures of one hospital."""

    hospital_id = ClientGeneratedId(load_default=None)


class DecisionSchema(StrictSchema):
    """What is decided of an appeal, as a form asks it."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf(["granted", "refused"]),
        metadata={
            "label": Text("决定", "Decision"),
            "titles": {
                "granted": Text("成立，撤销这条记录", "Granted: it does not count"),
                "refused": Text("不成立", "Not granted"),
            },
        },
    )
    answer = words_field("给本人的答复", "Answer to the patient", 200)


def chosen_hospital(wanted: str | None) -> tuple[One | None, list[One]]:
    """The hospital that a page is about, and those to choose from. Raises a 404 for another's."""
    officer = calling_officer()
    mine = [one for one in structure().hospitals.values() if officer.has(one.id)]
    if wanted is not None:
        officer_of(wanted)
    return next((one for one in mine if wanted in (None, one.id)), None), mine


@missed.get("/")
def appeals() -> str:
    """Appeals that wait; whoever made them finds the look."""
    wanted = asked(HospitalQuerySchema)
    hospital, hospitals = chosen_hospital(wanted.pop("hospital_id"))
    found = lists.appeal_page(hospital.id, "waiting", **wanted) if hospital else None
    if hospital and found:
        looked(SERVICE.id, [one.citizen_ref for one in found.items], APPEALS, of=("hospital", hospital.id))
    return render("office/appeals.html", hospital=hospital, hospitals=hospitals, found=found)


@missed.get("/list")
def listed() -> str:
    """What counts as missed or cancelled late."""
    wanted = asked(HospitalQuerySchema)
    hospital, hospitals = chosen_hospital(wanted.pop("hospital_id"))
    found = strikes_looked_at(hospital.id, **wanted) if hospital else None
    return render("office/strikes.html", hospital=hospital, hospitals=hospitals, found=found, kinds=STRIKES)


@missed.get("/suspended")
def suspended() -> str:
    """Who may not book for now."""
    hospital, hospitals = chosen_hospital(asked(HospitalQuerySchema)["hospital_id"])
    found = suspended_looked_at(hospital.id) if hospital else []
    return render("office/suspended.html", hospital=hospital, hospitals=hospitals, found=found)


@form_page(missed, "/<id:hospital_id>/appeals/<id:appeal_id>", DecisionSchema)
def decide(form: Form, hospital_id: str, appeal_id: str) -> str:
    """One appeal: the patient's words, and what is decided."""
    officer_of(hospital_id)
    appeal, strike = lists.appeal_of(hospital_id, appeal_id)
    patient = lists.patients_by_ref(hospital_id, [appeal.citizen_ref]).get(appeal.citizen_ref)
    looked(SERVICE.id, [appeal.citizen_ref], APPEALS, of=("hospital_appeal", appeal_id))
    shown = shown_patient(patient) if patient else None
    return render("office/appeal.html", form=form, appeal=appeal, strike=strike, kinds=STRIKES, patient=shown)


@decide.sends
def _decide(wanted: dict[str, Any], hospital_id: str, appeal_id: str) -> str:
    officer, granted = officer_of(hospital_id), wanted["decision"] == "granted"
    strikes.decide(appeal_id, hospital_id, granted, wanted["answer"], officer.name, now())
    return go_on(url_for(".appeals", hospital_id=hospital_id), "decided")


@form_page(missed, "/<id:hospital_id>/patients/<id:patient_id>/free", FreeAgainSchema)
def free(form: Form, hospital_id: str, patient_id: str) -> str:
    """End a suspension early?"""
    officer_of(hospital_id)
    return form_view(
        form,
        "hospital.office.free_question",
        "hospital.office.free",
        url_for(".suspended", hospital_id=hospital_id),
        hint="hospital.office.free_hint",
        number=patient_or_404(hospital_id, patient_id).number,
    )


@free.sends
def _free(wanted: dict[str, Any], hospital_id: str, patient_id: str) -> str:
    officer = officer_of(hospital_id)
    strikes.free_again(patient_or_404(hospital_id, patient_id), wanted["reason"], officer.name, now())
    return go_on(url_for(".suspended", hospital_id=hospital_id), "freed")


@watch.get("/")
def patterns() -> str:
    """Patterns of those who trade in numbers, each kind with its table."""
    hospital, hospitals = chosen_hospital(asked(HospitalQuerySchema)["hospital_id"])
    found = watched(hospital.id) if hospital else []
    tables = [(title, [one for one in found if one.kind == kind]) for kind, title in watching.TITLES.items()]
    days = rules_in_force(hospital.id, None, None, now()).rules.watch_days if hospital else 0
    return render(
        "office/watch.html", hospital=hospital, hospitals=hospitals, tables=tables, days=days, any=bool(found)
    )


@statistics.get("/")
def shown() -> str:
    """Figures of some days."""
    wanted = asked(FiguresQuerySchema)
    hospital, hospitals = chosen_hospital(wanted.pop("hospital_id"))
    rows = figures.figures_of(hospital.id, **wanted) if hospital else {}
    uses = figures.use_of_pools(hospital.id, **wanted) if hospital else {}
    days, departments = _summed(rows, 0), _summed(rows, 1)
    bars = [(f"{day:%m-%d}", float(one.booked)) for day, one in days.items()]
    return render(
        "office/figures.html", hospital=hospital, hospitals=hospitals, wanted=wanted, bars=bars,
        headings=[SENTENCES[f"hospital.office.{name}"].say(language()) for name in COLUMNS],
        days=[[day.isoformat(), *_cells(one)] for day, one in days.items()],
        departments=[[_department(name), *_cells(one)] for name, one in departments.items()],
        uses=[
            (ALL_CHANNELS[channel].say(language()), numbers, taken, round(100 * taken / numbers) if numbers else None)
            for channel in ALL_CHANNELS
            for numbers, taken in [uses.get(channel, (0, 0))]
            if channel in uses
        ],
        chart_data=chart_of("bar", SENTENCES["hospital.office.booked"].say(language()), bars),
    )  # fmt: skip


@statistics.get("/<id:hospital_id>/figures.csv")
def export(hospital_id: str) -> Response:
    """The same by day and department, as a file."""
    officer_of(hospital_id)
    wanted = asked(DaysSchema)
    rows = figures.figures_of(hospital_id, **wanted)
    keys = ("day", "department", *COLUMNS)
    titles = [SENTENCES[f"hospital.office.{key}"].say(language()) for key in keys]
    cells = [[day.isoformat(), _department(of), *_cells(one)] for (day, of), one in rows.items()]
    return csv_answer(csv_file(titles, cells), f"hospital-{wanted['first']}-{wanted['last']}.csv")


def _summed(rows: figures.Rows, part: int) -> dict[Any, figures.Figures]:
    sums: dict[Any, figures.Figures] = {}
    for key, one in rows.items():
        total = sums.setdefault(key[part], figures.Figures())
        total += one
    return sums


def _cells(one: figures.Figures) -> list[int | None]:
    return [getattr(one, name) for name in COLUMNS]


def _department(department_id: str) -> str:
    return structure().departments[department_id].name.say(language())


PAGES: Final = (missed, watch, statistics)
