"""Versions of the rules, and what one would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citizen_app.toolkit.claims import CLAIMS as CITY_CLAIMS
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    ClientGeneratedId,
    Moment,
    MomentOut,
    PageSchema,
    Refused,
    Schema,
    StrictInteger,
    StrictSchema,
    fields,
    validate,
    validates_schema,
)
from services.hospital.manifest import KINDS, STRIKES, Titles
from services.hospital.operations.rules import Rules
from services.hospital.schemas.office import number_field

CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"
CLAIMS: Final = ("veteran", "senior", "age_65", "age_70", "disabled", "child")
PRIORITY: Final[Titles] = {name: CITY_CLAIMS[name].title for name in CLAIMS}
PAYS: Final[Titles] = {"online": Text("线上", "Online"), "window": Text("窗口", "At the window")}
GUARDIAN: Final[Titles] = {
    "asks": Text("由本人决定", "The teenager decides"),
    "sees": Text("可见", "They see"),
    "never": Text("不可见", "They do not see"),
}
RUNGS: Final = 4
USUAL: Final = Rules()


class LadderSchema(StrictSchema):
    """So many strikes within so many days suspend for so many days."""

    kinds = fields.List(
        fields.String(validate=validate.OneOf(list(STRIKES))), required=True, validate=validate.Length(1, 3)
    )
    strikes = number_field("次数", "Strikes", 1, 50)
    within_days = number_field("天数内", "Within days", 1, 1_095)
    suspend_days = number_field("暂停天数", "Suspended for days", 1, 1_095)


def _rule(name: str, zh: str, en: str, least: int, most: int, group: Text | None = None) -> StrictInteger:
    made = number_field(zh, en, least, most, load_default=getattr(USUAL, name))
    made.metadata = {**made.metadata, "group": group, "always": True}
    return made


def _clock(zh: str, en: str, **options: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(CLOCK), metadata={"label": Text(zh, en), "example": "07:00"}, **options
    )


def _choice(name: str, label: Text, titles: Titles) -> fields.String:
    return fields.String(
        load_default=getattr(USUAL, name),
        validate=validate.OneOf(list(titles)),
        metadata={"label": label, "titles": titles, "always": True},
    )


class SimpleRulesSchema(StrictSchema):
    """The rules that are one value each."""

    release_days = _rule(
        "release_days",
        "提前几天放号",
        "Days before the visit of release",
        0,
        60,
        Text("放号与预约", "Release and booking"),
    )
    release_at = _clock("放号时间", "Time of release", load_default=USUAL.release_at)
    closes_minutes = _rule("closes_minutes", "就诊前几分钟截止", "Minutes before a slot it closes", 0, 1_440)
    hold_minutes = _rule("hold_minutes", "锁号分钟", "Minutes a number is held", 5, 15)
    pays = _choice("pays", Text("缴费", "Paid"), PAYS)
    most_a_day = _rule("most_a_day", "每人每天最多", "Most a day", 1, 10)
    most_open = _rule("most_open", "每人未就诊最多", "Most open", 1, 50)
    most_waits = _rule("most_waits", "最多候补", "Most waiting lists", 0, 20)
    offer_minutes = _rule("offer_minutes", "候补保留分钟", "Minutes an offer is kept", 5, 720)
    cancel_days = _rule(
        "cancel_days",
        "退号截止提前天数",
        "Days before the visit to cancel by",
        0,
        14,
        Text("退号与改期", "Cancelling and moving"),
    )
    cancel_at = _clock("退号截止时间", "Time to cancel by", load_default=USUAL.cancel_at, allow_none=True)
    cancel_minutes = _rule(
        "cancel_minutes",
        "未定截止时间的，就诊前几分钟",
        "Without such a time, minutes before the slot",
        0,
        10_080,
    )
    late_refund_percent = _rule("late_refund_percent", "过时退号退费百分比", "Percent back when late", 0, 100)
    most_moves = _rule("most_moves", "最多改期次数", "Most moves", 0, 10)
    back_least = _rule("back_least", "退号最短延迟（分钟）", "Least minutes until a number is back", 0, 1_440)
    back_most = _rule("back_most", "退号最长延迟（分钟）", "Most minutes until a number is back", 0, 1_440)
    early_minutes = _rule(
        "early_minutes",
        "可提前报到（分钟）",
        "Minutes early at check-in",
        0,
        1_440,
        Text("报到与叫号", "Check-in and queue"),
    )
    late_minutes = _rule("late_minutes", "可迟到（分钟）", "Minutes late at check-in", 0, 1_440)
    priorities = fields.List(
        fields.String(validate=validate.OneOf(CLAIMS)),
        load_default=lambda: list(USUAL.priorities),
        validate=validate.Length(max=6),
        metadata={
            "label": Text("优先就诊（按列出的顺序）", "Priority, in the order of the list"),
            "titles": PRIORITY,
        },
    )
    pass_behind = _rule("pass_behind", "过号后排到几人之后", "People to go behind when passed", 1, 50)
    pass_most = _rule("pass_most", "过号几次后不再叫", "Times passed until not called", 1, 10)
    back_behind = _rule("back_behind", "回诊排到几人之后", "People to go behind after tests", 0, 50)
    referral_days = _rule("referral_days", "转诊单有效天数", "Days a letter of referral holds", 1, 90)
    guardian = _choice(
        "guardian",
        Text("满 14 岁后家长可见挂号、结果和转诊单", "Guardians from 14: bookings, results, letters"),
        GUARDIAN,
    )
    watch_days = _rule(
        "watch_days",
        "核查最近几天",
        "Days looked at",
        1,
        90,
        Text("号贩核查：达到多少才提示", "Against trade in numbers: from how many on it is told"),
    )
    watch_cancelled = _rule("watch_cancelled", "同一就诊人退号次数", "Numbers a patient gives back", 2, 1_000)
    watch_lapsed = _rule(
        "watch_lapsed", "同一就诊人锁号未确认次数", "A patient's holds not confirmed", 2, 1_000
    )
    watch_seconds = _rule(
        "watch_seconds",
        "退号放回后几秒内约走算抢号",
        "Seconds in which taking a returned number counts as fast",
        1,
        3_600,
    )
    watch_taken = _rule(
        "watch_taken", "同一就诊人抢到退号次数", "Returned numbers one patient takes so fast", 2, 1_000
    )
    watch_patients = _rule(
        "watch_patients", "同一账号代约人数", "Patients for whom an account books", 2, 1_000
    )
    watch_network = _rule(
        "watch_network", "同一网络地址段预约人数", "Patients booked from one network", 2, 10_000
    )

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **options: Any) -> None:
        """The delay has an order."""
        if data["back_most"] < data["back_least"]:
            raise Refused(Text("应不小于最短延迟", "at least the least"), "back_most")


class RulesSchema(SimpleRulesSchema):
    """The rules of a hospital, a department or a kind of number; what is left out is as usual."""

    ladders = fields.List(
        fields.Nested(LadderSchema),
        load_default=lambda: USUAL.as_dict()["ladders"],
        validate=validate.Length(max=RUNGS),
    )


def _rungs() -> dict[str, fields.Field[Any]]:
    made: dict[str, fields.Field[Any]] = {}
    for rung in range(1, RUNGS + 1):
        made[f"kinds_{rung}"] = fields.List(
            fields.String(validate=validate.OneOf(list(STRIKES))),
            load_default=list,
            metadata={
                "label": Text("计入", "Counted"),
                "titles": STRIKES,
                "group": Text(f"暂停预约 {rung}", f"Suspension {rung}"),
            },
        )
        for name, label, most in (
            ("strikes", Text(f"次数（{rung}）", f"Strikes ({rung})"), 50),
            ("within_days", Text(f"几天之内（{rung}）", f"Within days ({rung})"), 1_095),
            ("suspend_days", Text(f"暂停几天（{rung}）", f"Suspended for days ({rung})"), 1_095),
        ):
            made[f"{name}_{rung}"] = number_field(
                label.zh, label.en, 1, most, load_default=None, allow_none=True
            )
    return made


RungsSchema: Final[Any] = StrictSchema.from_dict(_rungs(), name="RungsSchema")


class PolicyFormSchema(RungsSchema, SimpleRulesSchema):  # type: ignore[misc]
    """The same as a form has it: each ladder is four fields."""

    valid_from = Moment(
        load_default=None,
        allow_none=True,
        metadata={
            "label": Text("生效时间", "In force from"),
            "help": Text("不填即刻生效", "At once where it is empty"),
            "group": Text("生效", "In force"),
        },
    )
    after = StrictInteger(
        load_default=0, validate=validate.Range(0, 10_000), metadata={"label": Text("版本", "Version")}
    )

    @validates_schema(skip_on_field_errors=True)
    def whole_ladders(self, data: dict[str, Any], **options: Any) -> None:
        """A ladder that counts anything has all its numbers."""
        for rung in range(1, RUNGS + 1):
            for name in ("strikes", "within_days", "suspend_days"):
                if data[f"kinds_{rung}"] and data[f"{name}_{rung}"] is None:
                    raise Refused(Text("请填写", "give a number"), f"{name}_{rung}")


def as_form(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Rules as the form has them."""
    flat = {name: value for name, value in rules.items() if name != "ladders"}
    for rung, ladder in enumerate(rules["ladders"], 1):
        flat |= {f"{name}_{rung}": value for name, value in ladder.items()}
    return flat


def from_form(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, as rules."""
    rules = {name: value for name, value in wanted.items() if name in SimpleRulesSchema._declared_fields}
    rules["ladders"] = [
        {name: wanted[f"{name}_{rung}"] for name in ("kinds", "strikes", "within_days", "suspend_days")}
        for rung in range(1, RUNGS + 1)
        if wanted[f"kinds_{rung}"]
    ]
    return rules


class ScopeSchema(StrictSchema):
    """Of what a version speaks: the hospital, a department, a kind of number."""

    department_id = ClientGeneratedId(load_default=None, allow_none=True)
    kind = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(KINDS)))


class NewPolicySchema(ScopeSchema):
    """A version: of the hospital, a department, a kind of number; `after` is the version that was seen."""

    valid_from = Moment(load_default=None, allow_none=True)
    after = StrictInteger(load_default=None, allow_none=True, validate=validate.Range(0, 10_000))
    rules = fields.Nested(RulesSchema, required=True)


class HospitalPolicySchema(Schema):
    """A version of rules."""

    id = fields.String(required=True)
    scope = fields.String(required=True)
    version = fields.Integer(required=True)
    valid_from = MomentOut()
    made_by = fields.String(required=True)
    rules = fields.Dict(required=True)


class PolicyPageSchema(PageSchema):
    """One page of versions, the latest first."""

    items = fields.List(fields.Nested(HospitalPolicySchema), required=True)


class EffectSchema(Schema):
    """What a version would change: sessions to come that it is about, how many of them would be released
    anew, how many open bookings keep the version that they were made under; of the cancellations of the last
    90 days how many were late and would have been; how many patients are suspended and would be (of a
    version of the whole hospital); and each rule with what it was and would be."""

    sessions = fields.Integer(required=True)
    released_anew = fields.Integer(required=True)
    bookings_kept = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)
    late = fields.Integer(required=True)
    late_then = fields.Integer(required=True)
    suspended = fields.Integer(required=True, allow_none=True)
    suspended_then = fields.Integer(required=True, allow_none=True)
    changes = fields.Dict(required=True)
