"""Forms of operators: what the API nests stands flat on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import Refused, StrictSchema, fields, validate, validates_schema

from ..manifest import KIND_TITLES
from ..operations.policy import LONGEST_TRAIL_DAYS, USUAL_TRAIL_DAYS
from .inputs import Words
from .places import DIRECTIONS, NEEDS_EXITS

DIRECTION_TITLES: Final = {
    "in": Text("进", "in"),
    "out": Text("出", "out"),
    "both": Text("进出", "in and out"),
}
ADMITS: Final = {
    "listed": Text("名单上的人和访客", "people on the list, and guests"),
    "anyone": Text("任何有市民码的人", "anyone with a code"),
}
INVITERS: Final = {
    "members": Text("名单上的人", "people on the list"),
    "managers": Text("管理人员", "managers"),
    "nobody": Text("不接受邀请", "nobody"),
}
PASSBACK: Final = {
    "off": Text("不检查", "not looked at"),
    "soft": Text("放行并记下", "let in, and noted"),
    "hard": Text("拒绝", "refused"),
}
ACCOMPANIED: Final = {
    "free": Text("可以，不占次数", "yes, and no entry is used"),
    "counted": Text("可以，占一次", "yes, and an entry is used"),
    "refused": Text("不可以", "no"),
}
GROUP_TITLES: Final[Mapping[str, Text]] = {
    "member": Text("名单上的人", "people on the list"),
    "guest": Text("访客", "guests"),
    "anyone": Text("其他持码的人", "anyone else with a code"),
}
WEEKDAY_TITLES: Final[Mapping[str, Text]] = {
    "1": Text("周一", "Monday"),
    "2": Text("周二", "Tuesday"),
    "3": Text("周三", "Wednesday"),
    "4": Text("周四", "Thursday"),
    "5": Text("周五", "Friday"),
    "6": Text("周六", "Saturday"),
    "7": Text("周日", "Sunday"),
}
OVERNIGHT: Final = Text(
    "不晚于开始时间的，算到次日。", "One that is not later than the start is on the next day."
)
NEEDS_BOTH: Final = Text("开始和结束时间请都填写，或都不填", "give both the start and the end, or neither")
NEEDS_ONE: Final = Text("至少选一项", "choose at least one")


def _chosen(label: Text, titles: dict[str, Text], default: str) -> fields.String:
    return fields.String(
        load_default=default,
        validate=validate.OneOf(list(titles)),
        metadata={"label": label, "titles": titles},
    )


class NamedSchema(StrictSchema):
    """A name in both languages."""

    name_zh = Words(80, required=True, metadata={"label": Text("名称（中文）", "Name (Chinese)")})
    name_en = Words(
        160, required=True, metadata={"label": Text("名称（英文）", "Name (English)"), "input": "text"}
    )


class PlaceRulesSchema(NamedSchema):
    """A place and what it decides for itself."""

    trail_days = fields.Integer(
        load_default=USUAL_TRAIL_DAYS,
        validate=validate.Range(1, LONGEST_TRAIL_DAYS),
        metadata={"label": Text("通行记录保留天数", "Days that the trail is kept")},
    )
    admits = _chosen(Text("谁可以进", "Who is let in"), ADMITS, "listed")
    inviters = _chosen(Text("谁可以邀请访客", "Who may invite guests"), INVITERS, "members")
    guests_per_host = fields.Integer(
        load_default=5,
        validate=validate.Range(1, 200),
        metadata={"label": Text("每人同时邀请的访客上限", "Guests of one host at a time")},
    )
    longest_visit_hours = fields.Integer(
        load_default=72,
        validate=validate.Range(1, 24 * 90),
        metadata={"label": Text("一次邀请最长几小时", "Longest visit in hours")},
    )
    anti_passback = _chosen(Text("人在里面又来进", "Somebody who is inside comes in again"), PASSBACK, "off")
    exits_are_read = fields.Boolean(
        load_default=True, metadata={"label": Text("出门也刷码", "Codes are read on the way out, too")}
    )
    claims_allowed = fields.Boolean(
        load_default=True, metadata={"label": Text("接受市民申请加入", "Citizens may apply to be listed")}
    )
    accompanied = _chosen(
        Text("没有资格的人随家人一同进", "Somebody without a right comes in with family"), ACCOMPANIED, "free"
    )

    @validates_schema
    def can_know(self, data: dict[str, Any], **options: Any) -> None:
        """Who is inside can only be known where people are seen to leave."""
        if data["anti_passback"] != "off" and not data["exits_are_read"]:
            raise Refused(NEEDS_EXITS, "anti_passback")


class KindSchema(StrictSchema):
    """What a place is."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(KIND_TITLES)),
        metadata={"label": Text("类型", "Kind"), "titles": dict(KIND_TITLES)},
    )


class NewPlaceFormSchema(PlaceRulesSchema, KindSchema):
    """A new place; its kind is asked first."""


class GateRulesSchema(NamedSchema):
    """A gate, as it may change."""

    direction = fields.String(
        load_default="both",
        validate=validate.OneOf(DIRECTIONS),
        metadata={"label": Text("方向", "Direction"), "titles": DIRECTION_TITLES},
    )
    in_use = fields.Boolean(load_default=True, metadata={"label": Text("使用中", "In use")})


class NewGateFormSchema(NamedSchema):
    """A new gate."""

    code = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}\Z"),
        metadata={
            "label": Text("编号", "Code"),
            "help": Text("写在通道上的，例如 E1。", "What stands on it, such as E1."),
        },
    )
    direction = fields.String(
        load_default="both",
        validate=validate.OneOf(DIRECTIONS),
        metadata={"label": Text("方向", "Direction"), "titles": DIRECTION_TITLES},
    )


class KioskFormSchema(StrictSchema):
    """Which kiosk stands at a gate."""

    kiosk_id = fields.String(required=True, metadata={"label": Text("扫码设备", "Kiosk")})


def _some(chosen: list[str]) -> None:
    if not chosen:
        raise Refused(NEEDS_ONE)


def _several(label: Text, titles: Mapping[str, Text]) -> fields.List[Any]:
    one = fields.String(validate=validate.OneOf(list(titles)))
    return fields.List(one, required=True, validate=_some, metadata={"label": label, "titles": titles})


def _time(label: Text, **options: Any) -> fields.Time:
    help_ = {"help": OVERNIGHT} if options.pop("ends", False) else {}
    return fields.Time(metadata={"label": label, **help_}, **options)


class WindowFormSchema(StrictSchema):
    """A window in every week."""

    groups = _several(Text("谁", "Who"), GROUP_TITLES)
    weekdays = _several(Text("哪几天", "Which days"), WEEKDAY_TITLES)
    opens = _time(Text("从", "From"), required=True)
    closes = _time(Text("到", "To"), required=True, ends=True)


class DayFormSchema(StrictSchema):
    """Another rule for one date."""

    day = fields.Date(required=True, metadata={"label": Text("日期", "Date")})
    groups = _several(Text("谁", "Who"), GROUP_TITLES)
    opens = _time(Text("从", "From"), load_default=None)
    closes = _time(Text("到", "To"), load_default=None, ends=True)
    opens_again = _time(Text("再从", "And from"), load_default=None)
    closes_again = _time(Text("再到", "And to"), load_default=None)

    @validates_schema
    def pairs(self, data: dict[str, Any], **options: Any) -> None:
        """A window has two ends."""
        for first, last in (("opens", "closes"), ("opens_again", "closes_again")):
            if (data[first] is None) != (data[last] is None):
                raise Refused(NEEDS_BOTH, last if data[last] is None else first)
