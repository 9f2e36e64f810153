"""For a hospital's own staff: what it is, its timetable, its rules, its desk."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    ClientGeneratedId,
    Refused,
    Schema,
    StrictInteger,
    StrictSchema,
    fields,
    validate,
    validates_schema,
)
from services.hospital.manifest import (
    DAYS,
    DOCTOR_TITLES,
    GENDERS,
    KINDS,
    SEGMENTS,
    WEEKDAYS,
    Titles,
)

TIME: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
ENDS_LATER: Final = Text("应晚于开始", "must lie after the start")


def words_field(zh: str, en: str, most: int, **options: Any) -> fields.String:
    """Words with a label; required unless something else is said."""
    return fields.String(
        validate=validate.Length(1, most), metadata={"label": Text(zh, en)}, **(options or {"required": True})
    )


def _maybe(zh: str, en: str, most: int) -> fields.String:
    return words_field(zh, en, most, load_default=None, allow_none=True)


def _one_of(zh: str, en: str, titles: Titles, **options: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf(list(titles)),
        metadata={"label": Text(zh, en), "titles": titles},
        **(options or {"required": True}),
    )


def number_field(zh: str, en: str, least: int, most: int, **options: Any) -> StrictInteger:
    """A whole number with a label; required unless something else is said."""
    return StrictInteger(
        validate=validate.Range(least, most),
        metadata={"label": Text(zh, en)},
        **(options or {"required": True}),
    )


def _hospital() -> ClientGeneratedId:
    return ClientGeneratedId(required=True, metadata={"label": Text("医院", "Hospital")})


class NamedSchema(StrictSchema):
    """A name in both languages."""

    name_zh = words_field("名称（中文）", "Name in Chinese", 60)
    name_en = words_field("名称（英文）", "Name in English", 120)


class HospitalOfficeSchema(NamedSchema):
    """A hospital."""

    code = words_field("编码", "Code", 20)
    level_zh = _maybe("等级（中文）", "Level in Chinese", 20)
    level_en = _maybe("等级（英文）", "Level in English", 40)
    telephone = _maybe("电话", "Telephone", 20)


class CampusSchema(NamedSchema):
    """A campus."""

    hospital_id = _hospital()
    address_zh = _maybe("地址（中文）", "Address in Chinese", 120)
    address_en = _maybe("地址（英文）", "Address in English", 200)
    lat = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(-90, 90),
        metadata={"label": Text("纬度", "Latitude")},
    )
    lon = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(-180, 180),
        metadata={"label": Text("经度", "Longitude")},
    )


class DepartmentOfficeSchema(NamedSchema):
    """A department."""

    hospital_id = _hospital()
    campus_id = ClientGeneratedId(required=True, metadata={"label": Text("院区", "Campus")})
    code = words_field("编码", "Code", 20)
    floor = _maybe("楼层", "Floor", 40)
    symptoms = fields.String(
        load_default="",
        validate=validate.Length(max=400),
        metadata={
            "label": Text("症状词", "Words for symptoms"),
            "help": Text("用空格分开", "With blanks between"),
        },
    )
    from_age = number_field("年龄自", "From age", 0, 120, load_default=None, allow_none=True)
    below_age = number_field("年龄未满", "Below age", 1, 120, load_default=None, allow_none=True)
    gender = _one_of("性别", "Gender", GENDERS, load_default=None, allow_none=True)


class DoctorOfficeSchema(NamedSchema):
    """A doctor."""

    hospital_id = _hospital()
    department_id = ClientGeneratedId(required=True, metadata={"label": Text("科室", "Department")})
    code = words_field("编码", "Code", 20)
    title = _one_of("职称", "Title", DOCTOR_TITLES)
    skills_zh = _maybe("擅长（中文）", "Skills in Chinese", 200)
    skills_en = _maybe("擅长（英文）", "Skills in English", 400)
    staff_name = _maybe("后台用户名", "User of the console", 64)


class TemplateSchema(StrictSchema):
    """A line of the weekly timetable; weekday 0 is Monday."""

    hospital_id = _hospital()
    department_id = ClientGeneratedId(required=True, metadata={"label": Text("科室", "Department")})
    doctor_id = ClientGeneratedId(
        load_default=None, allow_none=True, metadata={"label": Text("医生", "Doctor")}
    )
    weekday = StrictInteger(
        required=True,
        validate=validate.OneOf(range(len(WEEKDAYS))),
        metadata={
            "label": Text("星期", "Weekday"),
            "titles": dict(enumerate(WEEKDAYS)),
            "description": "0 is Monday.",
        },
    )
    segment = _one_of("时段", "Segment", SEGMENTS)
    starts = fields.Time(
        required=True, metadata={"label": Text("开始", "Starts"), "example": "08:00:00", "pattern": TIME}
    )
    ends = fields.Time(
        required=True, metadata={"label": Text("结束", "Ends"), "example": "11:30:00", "pattern": TIME}
    )
    slot_minutes = number_field("每段分钟", "Minutes of a slot", 5, 300)
    kind = _one_of("号别", "Kind", KINDS)
    room = _maybe("诊室", "Room", 40)
    fee = StrictInteger(
        required=True,
        validate=validate.Range(0, 1_000_000),
        metadata={"label": Text("挂号费（元）", "Fee (¥)"), "money": True, "description": "In 分."},
    )
    app_places = number_field("线上号源", "Numbers, online", 0, 500, load_default=0)
    window_places = number_field("窗口号源", "Numbers, window", 0, 500, load_default=0)
    follow_up_places = number_field("复诊号源", "Numbers, follow-up", 0, 500, load_default=0)
    referral_places = number_field("转诊号源", "Numbers, referral", 0, 500, load_default=0)
    gives_back_hours = number_field(
        "提前几小时放回线上", "Hours before unsold numbers go online", 0, 336, load_default=24
    )
    days = _one_of("节假日", "Holidays", DAYS, load_default="workdays")
    valid_from = fields.Date(required=True, metadata={"label": Text("生效日", "Valid from")})
    valid_until = fields.Date(
        load_default=None, allow_none=True, metadata={"label": Text("截止日", "Valid until")}
    )

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **options: Any) -> None:
        """It ends after it starts, by whole minutes."""
        starts, ends = data.get("starts"), data.get("ends")
        if isinstance(starts, time) and isinstance(ends, time) and ends <= starts:
            raise Refused(ENDS_LATER, "ends")
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            raise Refused(ENDS_LATER, "valid_until")


class RefittedSchema(Schema):
    """What a change of a line did to sessions to come: made or changed, and left because somebody has a
    number."""

    id = fields.String(required=True)
    changed = fields.Integer(required=True)
    kept = fields.Integer(required=True)


class ReasonSchema(StrictSchema):
    """Why, in words that patients read."""

    reason_zh = _maybe("原因（中文）", "Reason in Chinese", 80)
    reason_en = _maybe("原因（英文）", "Reason in English", 160)


class ClosureSchema(ReasonSchema):
    """Days on which a doctor, a department or the hospital takes nobody."""

    hospital_id = _hospital()
    department_id = ClientGeneratedId(
        load_default=None, allow_none=True, metadata={"label": Text("科室", "Department")}
    )
    doctor_id = ClientGeneratedId(
        load_default=None, allow_none=True, metadata={"label": Text("医生", "Doctor")}
    )
    first_day = fields.Date(required=True, metadata={"label": Text("首日", "First day")})
    last_day = fields.Date(required=True, metadata={"label": Text("末日", "Last day")})
    segment = _one_of("时段", "Segment", SEGMENTS, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **options: Any) -> None:
        """The last day is no earlier than the first."""
        if data["last_day"] < data["first_day"]:
            raise Refused(ENDS_LATER, "last_day")


class StoppedSchema(Schema):
    """How many sessions were stopped; those who had numbers are told and refunded within the minute."""

    stopped = fields.Integer(required=True)
