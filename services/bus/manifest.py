"""The bus service, declared."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import (
    TOOLKIT_API,
    DetailCode,
    Field,
    Figure,
    KioskAction,
    Notice,
    NoticeValue,
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
        Field("line", "string", Text("线路", "Line"), maximum=100, listed=True),
        Field(
            "direction",
            "string",
            Text("方向", "Direction"),
            required=False,
            maximum=100,
            listed=True,
            depends_on=("line",),
        ),
        Field(
            "stop",
            "string",
            Text("站点", "Stop"),
            required=False,
            maximum=100,
            listed=True,
            depends_on=("line", "direction"),
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
        "unpaid",
        Text("车费未能支付", "Fare not paid"),
        Text(
            "请投币乘车，之后在“我的 · 钱包”充值还款。",
            "Pay in cash for this ride, and top up your purse in the app.",
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
        Text("基准票价（分）", "Base fare in fen"),
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
    Field(
        "charge_rides",
        "boolean",
        Text("从市民钱包扣车费", "Charge fares to citizens' purses"),
        default=True,
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

LINE_CHANGED: Final = Notice(
    "line_changed",
    Text("收藏的站点有变动", "Your stops have changed"),
    Text(
        "{day}起的新时刻表：{stop}停靠的线路有变动（您收藏的站点中共 {stops} 个）。出行前请查看。",
        "Timetable from {day}: other lines call at {stop} (stops of yours with changes: {stops}). Look before you go.",
    ),
    values=(NoticeValue("day", "date"), NoticeValue("stop"), NoticeValue("stops", "integer")),
    channels=("email",),
    link="saved",
)
"""In the inbox and by e-mail: a network that changes would send a text message to half the city."""

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
    notices=(LINE_CHANGED,),
    guide=GUIDE,
    kiosk_actions=(
        KioskAction(Text("我的乘车记录", "My trips"), "trips"),
        KioskAction(Text("下一班车", "Next departures"), "stops"),
    ),
    synonyms=SYNONYMS,
    figures=(
        Figure("timetable", Text("时刻表", "Timetable")),
        Figure("version", Text("版本", "Version")),
        Figure("last_day", Text("最后一天", "Last day")),
        Figure("days_left", Text("剩余天数", "Days left")),
        Figure("waiting", Text("待启用的版本", "Versions waiting")),
        Figure("lines", Text("线路", "Lines")),
        Figure("stops", Text("站点", "Stops")),
    ),
    provides=("journeys/1",),
)
