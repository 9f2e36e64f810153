"""Demo data: two hospitals of an invented kind in Suqian, their doctors, a timetable with sessions for the
coming week, and for the first demo citizen a result, and a booking of today, as long as a clinic is still to
come. Doctors are invented."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import invalidate, new_id, session
from citizen_app.toolkit.people import masked_name
from citizen_app.toolkit.seeding import DemoCity, DemoPerson, Seed, SeedKiosk, SeedPoster
from citizen_app.toolkit.time import city_zone, now, rfc3339
from citizen_app.toolkit.usage import note
from services.hospital.manifest import SERVICE
from services.hospital.models import (
    Hospital,
    HospitalBooking,
    HospitalCampus,
    HospitalDepartment,
    HospitalDoctor,
    HospitalPatient,
    HospitalPolicy,
    HospitalPool,
    HospitalSession,
    HospitalTemplate,
)
from services.hospital.operations import booking, patients, policies, reading_fhir, reports
from services.hospital.operations.rules import Rules
from services.hospital.operations.states import PLACES
from services.hospital.operations.timetable import make_of
from services.hospital.schemas.fhir_report import DiagnosticReportSchema
from services.hospital.snapshot import TOPIC

DAYS: Final = 7
FIRST: Final = (
    "SQDY",
    Text("宿迁市第一示范医院", "Suqian First Demonstration Hospital"),
    Text("城南院区", "South campus"),
    Text("黄河南路 1 号", "1 Huanghe South Road"),
    (33.9412, 118.2755),
)
SECOND: Final = (
    "SQZY",
    Text("宿迁示范中医院", "Suqian Demonstration Hospital of Chinese Medicine"),
    Text("湖滨院区", "Lakeside campus"),
    Text("洪泽湖路 2 号", "2 Hongze Lake Road"),
    (33.9631, 118.2520),
)
Department = tuple[str, Text, str, tuple[str, ...], tuple[int | None, int | None]]
DEPARTMENTS: Final[tuple[Department, ...]] = (
    ("ped", Text("儿科", "Paediatrics"), "门诊楼 2 层", ("发烧", "发热", "咳嗽", "孩子", "宝宝", "拉肚子", "fever", "cough", "child"), (None, 14)),
    ("int", Text("内科", "Internal medicine"), "门诊楼 3 层", ("发烧", "头痛", "头晕", "咳嗽", "胸闷", "肚子疼", "胃疼", "血压", "fever", "headache", "stomach ache", "cough"), (14, None)),
    ("sur", Text("外科", "Surgery"), "门诊楼 4 层", ("摔伤", "伤口", "骨折", "腰疼", "结石", "injury", "wound", "fracture"), (None, None)),
    ("den", Text("口腔科", "Dentistry"), "门诊楼 5 层", ("牙疼", "牙痛", "拔牙", "智齿", "toothache", "wisdom tooth"), (None, None)),
    ("oph", Text("眼科", "Ophthalmology"), "门诊楼 6 层", ("眼睛红", "看不清", "近视", "配镜", "red eye", "eye", "glasses"), (None, None)),
    ("der", Text("皮肤科", "Dermatology"), "门诊楼 7 层", ("皮肤痒", "痘痘", "湿疹", "过敏", "rash", "itch", "acne", "allergy"), (None, None)),
)  # fmt: skip
EVENINGS: Final[Department] = (
    "gp", Text("全科夜门诊", "Evening general practice"), "门诊楼 1 层", ("感冒", "发烧", "晚上", "cold", "fever", "evening"), (None, None),
)  # fmt: skip
RANKS: Final = (
    ("chief", "expert", 2_500),
    ("associate_chief", "expert", 1_800),
    ("attending", "general", 600),
)
SURNAMES: Final = (
    Text("陈", "Chen"), Text("林", "Lin"), Text("周", "Zhou"), Text("吴", "Wu"), Text("郑", "Zheng"), Text("何", "He"), Text("许", "Xu"),
)  # fmt: skip
GIVEN: Final = {
    "SQDY": (Text("示安", "Shi'an"), Text("示宁", "Shining"), Text("示和", "Shihe")),
    "SQZY": (Text("示康", "Shikang"), Text("示平", "Shiping"), Text("示远", "Shiyuan")),
}
BLOOD_COUNT: Final = (
    ("白细胞 WBC", 6.2, "10^9/L", 3.5, 9.5, "N"),
    ("血红蛋白 Hb", 118, "g/L", 130, 175, "L"),
    ("血小板 PLT", 231, "10^9/L", 125, 350, "N"),
)
SEGMENTS: Final = (("morning", time(8), time(11, 30)), ("afternoon", time(14), time(17, 30)))
EVENING: Final = ("evening", time(18), time(23, 30))


def seed(demo: DemoCity) -> Seed:
    """Store the demo data once; sessions of the coming week are made at each load."""
    kiosks, posters = [], []
    for number, told in enumerate((FIRST, SECOND)):
        hospital = _hospital(*told)
        kiosks.append(
            SeedKiosk(
                f"{hospital.name_zh} 自助机",
                ("check_in", "book_here"),
                Text("{name}大厅", "Hall, {name}").fill(name=hospital.name),
                {"campus": _campus_of(hospital.id)},
            )
        )
        if not number:
            posters.append(
                SeedPoster(
                    f"{hospital.name_zh} 报到海报",
                    Text("门诊楼入口", "Entrance of the clinic"),
                    purpose="check_in",
                )
            )
    moment = now()
    today = moment.astimezone(city_zone()).date()
    make_of(_without_sessions(today), today, today + timedelta(days=DAYS), moment)
    for person in demo.citizens[:1]:
        if person.ref is not None:
            _book_today(person, person.ref, today, moment)
            _hand_in_result(_patient_of(person, person.ref, moment))
    return Seed(tuple(kiosks), tuple(posters))


def _campus_of(hospital_id: str) -> str:
    campus = select(HospitalCampus.id).where(HospitalCampus.hospital_id == hospital_id)
    return session().scalars(campus.order_by(HospitalCampus.id)).first() or ""


def _hospital(code: str, name: Text, campus: Text, address: Text, at: tuple[float, float]) -> Hospital:
    found = session().scalar(select(Hospital).where(Hospital.code == code))
    if found is not None:
        return found
    moment = now()
    hospital = Hospital(
        id=new_id(), code=code, name_zh=name.zh, name_en=name.en, level_zh="三级甲等", level_en="Grade 3A",
        patients=0, created_at=moment,
    )  # fmt: skip
    place = HospitalCampus(
        id=new_id(), hospital_id=hospital.id, name_zh=campus.zh, name_en=campus.en, address_zh=address.zh,
        address_en=address.en, lat=at[0], lon=at[1],
    )  # fmt: skip
    session().add_all([hospital, place])
    session().flush()
    rules = Rules(release_days=DAYS, release_at="00:00", closes_minutes=0, early_minutes=1_440)
    policies.publish(hospital.id, rules.as_dict(), moment, "demo")
    told = DEPARTMENTS[: 6 if code == FIRST[0] else 4]
    for number, department in enumerate(told):
        made = _department(hospital, place, department)
        for rank, (title, kind, fee) in enumerate(RANKS):
            doctor = _doctor(made, title, number, rank, GIVEN[code][rank])
            for weekday in range(7):
                segment = SEGMENTS[(weekday + rank) % 2]
                session().add(_line(made, doctor, weekday, segment, kind, fee, moment))
    evenings = _department(hospital, place, EVENINGS)
    for weekday in range(7):
        session().add(_line(evenings, None, weekday, EVENING, "general", 0, moment))
    session().flush()
    invalidate(TOPIC)
    return hospital


def _department(hospital: Hospital, campus: HospitalCampus, told: Department) -> HospitalDepartment:
    code, name, floor, symptoms, (from_age, below_age) = told
    department = HospitalDepartment(
        id=new_id(), hospital_id=hospital.id, campus_id=campus.id, code=code, name_zh=name.zh, name_en=name.en,
        floor=floor, symptoms=" ".join(symptoms), from_age=from_age, below_age=below_age,
    )  # fmt: skip
    session().add(department)
    session().flush()
    return department


def _doctor(
    department: HospitalDepartment, title: str, number: int, rank: int, given: Text
) -> HospitalDoctor:
    surname = SURNAMES[(number + rank) % len(SURNAMES)]
    doctor = HospitalDoctor(
        id=new_id(), hospital_id=department.hospital_id, department_id=department.id, code=f"{department.code}{rank}",
        name_zh=f"{surname.zh}{given.zh}", name_en=f"{surname.en} {given.en}", title=title,
        skills_zh=f"{department.name_zh}常见病", skills_en=f"Common conditions, {department.name_en.lower()}",
    )  # fmt: skip
    session().add(doctor)
    session().flush()
    return doctor


def _line(
    department: HospitalDepartment, doctor: HospitalDoctor | None, weekday: int, segment: tuple[str, time, time],
    kind: str, fee: int, moment: datetime,
) -> HospitalTemplate:  # fmt: skip
    name, starts, ends = segment
    return HospitalTemplate(
        id=new_id(), hospital_id=department.hospital_id, department_id=department.id,
        doctor_id=doctor.id if doctor else None, weekday=weekday, segment=name, starts=starts, ends=ends,
        slot_minutes=30, kind=kind, room=_room(department, doctor), fee=fee, app_places=14, window_places=7,
        follow_up_places=7, referral_places=2, gives_back_hours=24, days="always", valid_from=moment.date() - timedelta(days=1),
    )  # fmt: skip


def _room(department: HospitalDepartment, doctor: HospitalDoctor | None) -> str:
    """A door of the department's floor, another for each doctor."""
    floor = (department.floor or "").split()[1]
    return f"{floor}0{int(doctor.code[-1]) + 1 if doctor else 1} 诊室"


def _book_today(person: DemoPerson, ref: str, today: date, moment: datetime) -> None:
    """The next number of today in the evening clinic of the first hospital, unless there was one already."""
    hospital = session().scalars(select(Hospital).where(Hospital.code == FIRST[0])).one()
    mine = select(HospitalBooking.id).where(HospitalBooking.citizen_ref == ref, HospitalBooking.day == today)
    found = session().execute(
        select(HospitalPool, HospitalSession)
        .join(HospitalSession, HospitalSession.id == HospitalPool.session_id)
        .join(HospitalDepartment, HospitalDepartment.id == HospitalSession.department_id)
        .where(
            HospitalSession.hospital_id == hospital.id,
            HospitalSession.day == today,
            HospitalSession.state == "open",
            HospitalDepartment.code == EVENINGS[0],
            HospitalPool.channel == "app",
            HospitalPool.starts_at > moment + timedelta(minutes=5),
        )
        .order_by(HospitalPool.starts_at)
        .limit(1)
    )
    pair = found.first()
    if pair is None or session().scalar(mine.limit(1)) is not None:
        return
    pool, row = pair
    patient = _patient_of(person, ref, moment)
    patients.locked_person(ref, moment)
    policy = session().scalars(select(HospitalPolicy).where(HospitalPolicy.scope == hospital.id)).first()
    said = booking.columns_of(patient, pool, row, booking.By("self"), policy.id if policy else None, Rules())
    # Not `booking.hold`: what is kept in memory does not know this hospital before the load has ended.
    made = PLACES.hold(pool.id, ref, moment, seconds=None, state="booked", made_at=moment, **said)
    when = f"{pool.starts_at.astimezone(city_zone()):%Y-%m-%d %H:%M}"
    line = booking.SAID.fill(hospital=hospital.name, when=when)
    note(SERVICE.id, ref, "book", "app", [line], key=made.id)


def _patient_of(person: DemoPerson, ref: str, moment: datetime) -> HospitalPatient:
    hospital = session().scalars(select(Hospital).where(Hospital.code == FIRST[0])).one()
    known = select(HospitalPatient).where(
        HospitalPatient.hospital_id == hospital.id, HospitalPatient.citizen_ref == ref
    )
    return session().scalar(known) or patients.register(
        hospital.id, moment, name=masked_name(person.name), holder_ref=ref, citizen_ref=ref
    )


def _hand_in_result(patient: HospitalPatient) -> None:
    """A result as the hospital's system would hand it in; at a later load it is there already."""
    observations = [
        {
            "resourceType": "Observation", "id": f"v{number}", "status": "final", "code": {"text": name},
            "valueQuantity": {"value": value, "unit": unit}, "interpretation": [{"coding": [{"code": flag}]}],
            "referenceRange": [{"low": {"value": low}, "high": {"value": high}}],
        }
        for number, (name, value, unit, low, high, flag) in enumerate(BLOOD_COUNT)
    ]  # fmt: skip
    report = {
        "resourceType": "DiagnosticReport", "identifier": [{"system": "urn:demo:lis", "value": "D-0001"}],
        "status": "final", "category": [{"coding": [{"code": "LAB"}]}], "code": {"text": "血常规（示例）"},
        "subject": {"identifier": {"type": {"coding": [{"code": "MR"}]}, "value": patient.number}},
        "issued": rfc3339(patient.created_at), "contained": observations,
        "conclusion": "示例数据，不是真实的检验结果。",
    }  # fmt: skip
    told = reading_fhir.of_report(DiagnosticReportSchema().load(report))
    reports.take(patient.hospital_id, told, patient.created_at)


def _without_sessions(today: date) -> list[HospitalTemplate]:
    coming = select(HospitalSession.id).where(
        HospitalSession.template_id == HospitalTemplate.id, HospitalSession.day >= today
    )
    bare = select(HospitalTemplate).where(~coming.exists()).order_by(HospitalTemplate.id)
    return list(session().scalars(bare))
