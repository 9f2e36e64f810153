"""What the day of a visit adds to the declaration: check-in, what may be wrong with it, who waits first."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import (
    DetailCode,
    Field,
    KioskAction,
    OfflinePolicy,
    Permission,
    Purpose,
    Scope,
    Text,
)

CHECK_IN: Final = Purpose(
    "check_in",
    Text("报到", "Check in"),
    ("online", "device", "paper", "delegate", "place"),
    context=(Field("campus", "string", Text("院区", "Campus"), required=False, maximum=40, listed=True),),
    offline=OfflinePolicy(online_codes=True),
)
"""A poster at the door does as well: whoever checks in takes nothing away."""
BOOK: Final = Purpose(
    "book_here",
    Text("挂今天的号", "Book for today"),
    minimum_assurance=2,
    context=(Field("campus", "string", Text("院区", "Campus"), maximum=40, listed=True),),
)

DETAILS: Final = (
    DetailCode(
        "no_booking",
        Text("今天没有预约", "No booking today"),
        Text(
            "请核对日期和就诊人，或到窗口挂号。", "Check the day and for whom it is, or book at the window."
        ),
    ),
    DetailCode(
        "too_early",
        Text("还没到报到时间", "Too early to check in"),
        Text("请到时再来报到。", "Please come back then."),
    ),
    DetailCode(
        "too_late",
        Text("已过报到时间", "Too late to check in"),
        Text("请到窗口或分诊台询问。", "Please ask at the window or the triage desk."),
    ),
    DetailCode(
        "wrong_campus",
        Text("您的预约在另一个院区", "Your booking is at another campus"),
        Text("请到那个院区报到。", "Please check in there."),
    ),
    DetailCode(
        "wrong_hospital",
        Text("您的预约在另一家医院", "Your booking is at another hospital"),
        Text("请到那家医院报到。", "Please check in there."),
    ),
    DetailCode(
        "wrong_day",
        Text("您的预约不在今天", "Your booking is on another day"),
        Text("请在当天报到；今天要看可到窗口挂号。", "Check in on that day; for today, book at the window."),
    ),
    DetailCode(
        "not_paid",
        Text("预约还没有确认", "Your booking is not confirmed"),
        Text(
            "请先在市民码里确认并缴费，再来报到。", "Confirm and pay it in your citizen code, then check in."
        ),
    ),
    DetailCode(
        "stopped",
        Text("这次门诊已停诊", "This clinic was cancelled"),
        Text("费用已退回，请到窗口改约。", "You were refunded; choose another time at the window."),
    ),
)

BOOK_DETAILS: Final = (
    DetailCode(
        "no_numbers",
        Text("今天这里没有号了", "No numbers are left here today"),
        Text("可以约其他日子，或到窗口询问。", "Book another day, or ask at the window."),
    ),
    DetailCode(
        "not_booked",
        Text("没有挂上", "Not booked"),
        Text("请换一个号，或到窗口办理。", "Choose another number, or ask at the window."),
    ),
)
BOOK_A_NUMBER: Final = KioskAction(Text("预约挂号", "Book a number"), "find")
MY_BOOKINGS: Final = KioskAction(Text("我的挂号", "My bookings"), "bookings")
PLACE_IN_QUEUE: Final = KioskAction(Text("我的候诊", "My place in the queue"), "visits")

CALLS: Final = Permission("calls", Text("叫号", "Call patients"))
"""What a doctor or a nurse needs; a role of the city may hold it for one hospital or one department."""

PRIORITIES: Final = tuple(
    Scope(
        claim,
        Text(
            "用于优先就诊排队（有关规则由医院公布）", "To let you wait with priority, by the hospital's rules"
        ),
    )
    for claim in ("veteran", "disabled", "senior", "age_65", "age_70", "child")
)
