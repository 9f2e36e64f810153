"""The bus service, declared."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import (
    TOOLKIT_API,
    DetailCode,
    Field,
    OfflinePolicy,
    Purpose,
    Scope,
    ServiceModule,
    Text,
)
from services.bus.guide import GUIDE, SYNONYMS
from services.bus.operations.fares import ADULT, FARE_CLASSES, percent_setting

KEEP_BOARDINGS: Final = "keep_boardings_days"
KEEP_FEEDS: Final = "keep_feeds_days"
TO_RATE: Final = Text("用于按您应享的票价计费", "To charge the fare you are entitled to")
_USUAL_PERCENT: Final = {ADULT: 100, "student": 50, "age_65": 100, "age_70": 100}
"""Of the base fare; those that are not named pay nothing. A city with steps of age sets each: where seniors
ride free, nobody need be asked for more years."""

BOARD: Final = Purpose(
    id="board",
    title=Text("乘车", "Board"),
    context=(
        Field("line", "string", Text("线路（名称或 GTFS 编号）", "Line (name or GTFS id)"), maximum=100),
        Field(
            "direction",
            "string",
            Text("方向（0、1 或终点站名）", "Direction (0, 1 or headsign)"),
            required=False,
            maximum=100,
        ),
        Field(
            "stop",
            "string",
            Text("站点（GTFS 编号或站牌号）", "Stop (GTFS id or code)"),
            required=False,
            maximum=100,
        ),
        Field("vehicle", "string", Text("车辆编号", "Vehicle"), required=False, maximum=40),
    ),
    offline=OfflinePolicy(bundle_hours=24, online_codes=True),
)

DETAILS: Final = (
    DetailCode(
        "second_tap",
        Text("本车已用过此码", "Used on this bus already"),
        Text(
            "一码一人，没有再扣费；同行人请出示自己的码。",
            "One code, one rider; no second fare was taken. Companions show their own code.",
        ),
    ),
    DetailCode(
        "unknown_line",
        Text("线路未登记", "Unknown line"),
        Text("请司机核对车载机的线路设置。", "Driver: check the line set on this validator."),
    ),
    DetailCode(
        "unknown_direction",
        Text("方向未登记", "Unknown direction"),
        Text("请司机核对车载机的方向设置。", "Driver: check the direction set on this validator."),
    ),
    DetailCode(
        "unknown_stop",
        Text("站点未登记", "Unknown stop"),
        Text("请司机核对车载机的站点设置。", "Driver: check the stop set on this validator."),
    ),
    DetailCode(
        "not_on_this_line",
        Text("本线路不停靠此站", "This line does not call here"),
        Text(
            "请司机核对车载机的线路和站点。",
            "Driver: check the line and the stop set on this validator.",
        ),
    ),
)

SETTINGS: Final = (
    Field(
        "base_fare",
        "integer",
        Text("基准票价（分）", "Base fare in 分"),
        default=200,
        minimum=0,
        maximum=100_000,
    ),
    Field(
        "currency",
        "string",
        Text("币种（ISO 4217）", "Currency (ISO 4217)"),
        default="CNY",
        minimum=3,
        maximum=3,
    ),
    *(
        Field(
            percent_setting(name),
            "integer",
            Text("{who}票价（基准的百分比）", "{who}: percent of the base fare").fill(who=words.passenger),
            default=_USUAL_PERCENT.get(name, 0),
            minimum=0,
            maximum=100,
        )
        for name, words in FARE_CLASSES.items()
    ),
    Field(
        "second_tap_seconds",
        "integer",
        Text(
            "同车重复刷码的时限（秒，0 为不限制）",
            "Second tap on the same vehicle within (seconds, 0 is off)",
        ),
        default=120,
        minimum=0,
        maximum=3_600,
    ),
    Field(
        KEEP_BOARDINGS,
        "integer",
        Text("乘车记录保留天数", "Days that boardings are kept"),
        default=365,
        minimum=30,
        maximum=3_650,
    ),
    Field(
        KEEP_FEEDS,
        "integer",
        Text("停用的时刻表保留天数", "Days that retired timetables are kept"),
        default=30,
        minimum=8,  # a day longer than a kiosk may take to upload a tap
        maximum=3_650,
    ),
)

FREE_AND_REDUCED: Final = Text(
    "《老年人权益保障法》第五十八条、《残疾人保障法》第五十条、《未成年人保护法》第四十五条，及本市票价规定",
    "Laws on the elderly (art. 58), persons with disabilities (art. 50) and minors (art. 45); the city's fare rules",
)
"""Who rides free or for less does so by law; the fare is part of the ride."""

SERVICE: Final = ServiceModule(
    id="bus",
    version="1.0.0",
    toolkit_api=TOOLKIT_API,
    title=Text("公交乘车", "Bus"),
    summary=Text("扫码乘车，查线路、站点和下一班车", "Board by code; lines, stops and next departures"),
    owner=Text("市公共交通公司", "City bus company"),
    icon="bus",
    category="transport",
    join_mode="switch",
    purposes=(BOARD,),
    scopes=tuple(
        Scope(name, TO_RATE, basis="legal_duty", law=FREE_AND_REDUCED)
        for name in FARE_CLASSES
        if name != ADULT
    ),
    details=DETAILS,
    settings=SETTINGS,
    guide=GUIDE,
    synonyms=SYNONYMS,
)
