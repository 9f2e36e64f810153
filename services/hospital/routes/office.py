"""For the office of a hospital: what it is, its timetable, its rules, closures, appeals; and hospitals
themselves, for the city's operators."""

from __future__ import annotations

from dataclasses import fields as fields_of
from datetime import date
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.office import office as entity
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import (
    Page,
    PageQuerySchema,
    idempotent,
    service_blueprint,
    staff_of_service,
)
from services.hospital import queries
from services.hospital.manifest import ALL_CHANNELS, SERVICE
from services.hospital.models import (
    Hospital,
    HospitalCampus,
    HospitalClosure,
    HospitalDepartment,
    HospitalDoctor,
    HospitalPolicy,
    HospitalTemplate,
)
from services.hospital.operations import (
    policies,
    strikes,
    structures,
    watching,
)
from services.hospital.operations.patients import patient_or_404
from services.hospital.operations.rules import Rules
from services.hospital.queries import desk as lists
from services.hospital.queries import figures
from services.hospital.routes.desk import officer_of, shown_patient
from services.hospital.schemas.desk import (
    AppealDecisionSchema,
    AppealQuerySchema,
    DaysSchema,
    FreeAgainSchema,
    HospitalFiguresSchema,
    OfficeAppealPageSchema,
    OfficeAppealSchema,
    StrikePageSchema,
    SuspendedListSchema,
    SuspicionListSchema,
)
from services.hospital.schemas.office import (
    CampusSchema,
    ClosureSchema,
    DepartmentOfficeSchema,
    DoctorOfficeSchema,
    HospitalOfficeSchema,
    TemplateSchema,
)
from services.hospital.schemas.rules import (
    EffectSchema,
    HospitalPolicySchema,
    NewPolicySchema,
    PolicyPageSchema,
)
from services.hospital.snapshot import rules_in_force

AT: Final = "/operator/hospitals/<id:hospital_id>"
APPEALS: Final = Text("处理申诉", "Deciding appeals")
STRIKES: Final = Text("查看爽约和限约名单", "List of missed bookings and suspensions")
WATCH: Final = Text("核查异常预约", "Looking for those who trade in numbers")
office = service_blueprint(
    SERVICE.id, "office", staff_of_service(SERVICE.id, by_unit=True), "A hospital's office"
)


HOSPITALS: Final = entity(
    office, Hospital, HospitalOfficeSchema, "hospitals", Text("医院", "Hospitals"),
    unit="id", search=("name_zh", "name_en", "code"), changed=structures.structure_changed,
)  # fmt: skip
CAMPUSES: Final = entity(
    office, HospitalCampus, CampusSchema, "campuses", Text("院区", "Campuses"), unit="hospital_id",
    search=("name_zh", "name_en"), choices={"hospital_id": HOSPITALS}, changed=structures.structure_changed,
)  # fmt: skip
DEPARTMENTS: Final = entity(
    office, HospitalDepartment, DepartmentOfficeSchema, "departments", Text("科室", "Departments"),
    unit="hospital_id", search=("name_zh", "name_en", "code", "symptoms"),
    choices={"hospital_id": HOSPITALS, "campus_id": CAMPUSES},
    check=structures.check_parts, changed=structures.structure_changed,
)  # fmt: skip
DOCTORS: Final = entity(
    office, HospitalDoctor, DoctorOfficeSchema, "doctors", Text("医生", "Doctors"), unit="hospital_id",
    search=("name_zh", "name_en", "code"), choices={"hospital_id": HOSPITALS, "department_id": DEPARTMENTS},
    check=structures.check_parts, changed=structures.structure_changed,
)  # fmt: skip
TEMPLATES: Final = entity(
    office, HospitalTemplate, TemplateSchema, "templates", Text("排班模板", "Timetable"), unit="hospital_id",
    choices={"hospital_id": HOSPITALS, "department_id": DEPARTMENTS, "doctor_id": DOCTORS},
    named=queries.line_said, check=structures.check_parts, changed=structures.line_changed,
)  # fmt: skip
CLOSURES: Final = entity(
    office, HospitalClosure, ClosureSchema, "closures", Text("停诊", "Closures"), unit="hospital_id",
    choices={"hospital_id": HOSPITALS, "department_id": DEPARTMENTS, "doctor_id": DOCTORS},
    named=queries.closure_said, check=structures.check_parts, changed=structures.closure_changed,
)  # fmt: skip


@office.route(f"{AT}/policies", methods=["GET"])
@office.arguments(PageQuerySchema, location="query")
@office.response(200, PolicyPageSchema)
def list_policies(asked: dict[str, Any], hospital_id: str) -> Page[Any]:
    """Versions of the rules, the latest first."""
    officer_of(hospital_id)
    return lists.policy_page(hospital_id, **asked)


@office.route(f"{AT}/policies", methods=["POST"])
@idempotent
@office.arguments(NewPolicySchema)
@office.response(201, HospitalPolicySchema)
@office.alt_response(409)
def publish(body: dict[str, Any], hospital_id: str) -> HospitalPolicy:
    """Publish a version; bookings that there are keep theirs."""
    officer = officer_of(hospital_id)
    return policies.publish(hospital_id, body.pop("rules"), now(), officer.name, **body)


@office.route(f"{AT}/policies/effect", methods=["POST"])
@office.arguments(NewPolicySchema)
@office.response(200, EffectSchema)
def effect(body: dict[str, Any], hospital_id: str) -> dict[str, Any]:
    """What a version would change, before it is published; nothing is written."""
    officer_of(hospital_id)
    return policies.effect_of(
        hospital_id,
        Rules.of(body["rules"]),
        now(),
        department_id=body["department_id"],
        kind=body["kind"],
    )


@office.route(f"{AT}/appeals", methods=["GET"])
@office.arguments(AppealQuerySchema, location="query")
@office.response(200, OfficeAppealPageSchema)
def appeals(asked: dict[str, Any], hospital_id: str) -> Page[Any]:
    """Appeals; whoever made them finds the look."""
    officer_of(hospital_id)
    found = lists.appeal_page(hospital_id, **asked)
    looked(SERVICE.id, [one.citizen_ref for one in found.items], APPEALS, of=("hospital", hospital_id))
    return found


@office.route(f"{AT}/appeals/<id:appeal_id>/decision", methods=["POST"])
@office.arguments(AppealDecisionSchema)
@office.response(200, OfficeAppealSchema)
@office.alt_response(409)
def decide(body: dict[str, Any], hospital_id: str, appeal_id: str) -> Any:
    """Decide an appeal; granted, the strike counts no more."""
    officer = officer_of(hospital_id)
    return strikes.decide(appeal_id, hospital_id, body["granted"], body["answer"], officer.name, now())


@office.route(f"{AT}/suspicions", methods=["GET"])
@office.response(200, SuspicionListSchema)
def suspicions(hospital_id: str) -> dict[str, Any]:
    """Patterns of those who trade in numbers, from the numbers on that the rules say; whoever is told of
    finds the look."""
    officer_of(hospital_id)
    return {"items": watched(hospital_id)}


def watched(hospital_id: str) -> list[watching.Suspicion]:
    """The patterns, with the look that reading them is."""
    moment = now()
    found = watching.suspicions(hospital_id, rules_in_force(hospital_id, None, None, moment).rules, moment)
    looked(SERVICE.id, [ref for one in found for ref in one.refs], WATCH, of=("hospital", hospital_id))
    return found


@office.route(f"{AT}/strikes", methods=["GET"])
@office.arguments(PageQuerySchema, location="query")
@office.response(200, StrikePageSchema)
def list_strikes(asked: dict[str, Any], hospital_id: str) -> Page[Any]:
    """Missed and late-cancelled bookings; whose they are finds the look."""
    officer_of(hospital_id)
    return strikes_looked_at(hospital_id, **asked)


def strikes_looked_at(hospital_id: str, limit: int, cursor: str | None) -> Page[Any]:
    """A page of strikes, with the look that reading it is."""
    found = lists.strike_page(hospital_id, limit, cursor)
    looked(SERVICE.id, [one.citizen_ref for one, _ in found.items], STRIKES, of=("hospital", hospital_id))
    return found.map(
        lambda pair: {
            "id": pair[0].id,
            "kind": pair[0].kind,
            "occurred_at": pair[0].occurred_at,
            "forgiven": pair[0].forgiven_at is not None,
            "patient": shown_patient(pair[1]) if pair[1] else None,
        }
    )


@office.route(f"{AT}/suspended", methods=["GET"])
@office.response(200, SuspendedListSchema)
def list_suspended(hospital_id: str) -> dict[str, Any]:
    """Patients who may not book for now; each finds the look."""
    officer_of(hospital_id)
    return {"items": suspended_looked_at(hospital_id)}


def suspended_looked_at(hospital_id: str) -> list[dict[str, Any]]:
    """Who is suspended, with the look that reading it is."""
    found = lists.suspended_of(hospital_id, now())
    looked(SERVICE.id, [one.holder_ref for one, _ in found], STRIKES, of=("hospital", hospital_id))
    return [{"patient": shown_patient(one), "until": until} for one, until in found]


@office.route(f"{AT}/patients/<id:patient_id>/free", methods=["POST"])
@office.arguments(FreeAgainSchema)
@office.response(204)
@office.alt_response(409)
def free_again(body: dict[str, Any], hospital_id: str, patient_id: str) -> None:
    """End a suspension early; the patient is told."""
    officer = officer_of(hospital_id)
    strikes.free_again(patient_or_404(hospital_id, patient_id), body["reason"], officer.name, now())


@office.route(f"{AT}/statistics", methods=["GET"])
@office.arguments(DaysSchema, location="query")
@office.response(200, HospitalFiguresSchema)
def statistics(asked: dict[str, Any], hospital_id: str) -> dict[str, Any]:
    """Figures by day and department, and the use of pools: counts, nobody's data."""
    officer_of(hospital_id)
    found = figures.figures_of(hospital_id, **asked)
    uses = figures.use_of_pools(hospital_id, **asked)
    return {
        **asked,
        "items": [_figures(day, department_id, one) for (day, department_id), one in found.items()],
        "channels": [
            {"channel": channel, "numbers": uses[channel][0], "taken": uses[channel][1]}
            for channel in ALL_CHANNELS
            if channel in uses
        ],
    }


def _figures(day: date, department_id: str, one: figures.Figures) -> dict[str, Any]:
    names = (*(it.name for it in fields_of(figures.Figures)), "missed_percent", "mean_wait")
    return {"day": day, "department_id": department_id, **{name: getattr(one, name) for name in names}}
