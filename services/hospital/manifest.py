"""The declaration: what the service is, what its things are called, what citizens are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import (
    TOOLKIT_API,
    Act,
    Field,
    Figure,
    Notice,
    NoticeValue,
    Scope,
    ServiceModule,
    Text,
)
from services.hospital.guide import GUIDE, SYNONYMS
from services.hospital.operations import record_words
from services.hospital.operations.visit_words import (
    BOOK,
    BOOK_A_NUMBER,
    BOOK_DETAILS,
    CALLS,
    CHECK_IN,
    DETAILS,
    MY_BOOKINGS,
    PLACE_IN_QUEUE,
    PRIORITIES,
)

Titles = Mapping[str, Text]

KINDS: Final[Titles] = {
    "general": Text("普通门诊", "General clinic"),
    "expert": Text("专家门诊", "Specialist clinic"),
    "special": Text("特需门诊", "Special clinic"),
}
SEGMENTS: Final[Titles] = {
    "morning": Text("上午", "Morning"),
    "afternoon": Text("下午", "Afternoon"),
    "evening": Text("夜间", "Evening"),
}
WEEKDAYS: Final = (
    Text("周一", "Monday"),
    Text("周二", "Tuesday"),
    Text("周三", "Wednesday"),
    Text("周四", "Thursday"),
    Text("周五", "Friday"),
    Text("周六", "Saturday"),
    Text("周日", "Sunday"),
)
CHANNELS: Final[Titles] = {
    "app": Text("线上", "Online"),
    "window": Text("窗口", "Window"),
    "follow_up": Text("复诊", "Follow-up"),
    "referral": Text("转诊", "Referral"),
}
ADDED: Final = "added"
"""The channel of 加号: numbers that a doctor or a desk adds by hand, counted in pools of their own."""
ALL_CHANNELS: Final[Titles] = {**CHANNELS, ADDED: Text("加号", "Added")}
DOCTOR_TITLES: Final[Titles] = {
    "chief": Text("主任医师", "Chief physician"),
    "associate_chief": Text("副主任医师", "Associate chief physician"),
    "attending": Text("主治医师", "Attending physician"),
    "resident": Text("住院医师", "Resident physician"),
}
DAYS: Final[Titles] = {
    "workdays": Text("工作日（遇节假日停诊）", "Workdays, not on holidays"),
    "days_off": Text("休息日（调休上班时停诊）", "Days off, not where they are worked"),
    "always": Text("每周都开", "Every week"),
}
GENDERS: Final[Titles] = {"female": Text("女", "Women"), "male": Text("男", "Men")}
STATES: Final[Titles] = {
    "held": Text("待确认", "Held"),
    "booked": Text("已预约", "Booked"),
    "checked_in": Text("已报到", "Checked in"),
    "called": Text("已叫号", "Called"),
    "fulfilled": Text("已就诊", "Seen"),
    "cancelled": Text("已取消", "Cancelled"),
    "lapsed": Text("未按时确认", "Not confirmed in time"),
    "moved": Text("已改期", "Moved"),
    "no_show": Text("未就诊", "Missed"),
    "stopped": Text("停诊", "Clinic cancelled"),
}
STRIKES: Final[Titles] = {
    "no_show": Text("爽约", "Missed"),
    "late_cancel": Text("过时退号", "Cancelled late"),
    "cancel": Text("退号", "Cancelled"),
}

WHEN: Final = (NoticeValue("day", "date"), NoticeValue("at", "time"))
WHERE: Final = (*WHEN, NoticeValue("hospital"), NoticeValue("department"))
NOTICES: Final = (
    Notice(
        "booked",
        Text("预约成功", "Booked"),
        Text("{day} {at}，{hospital}{department}。请提前到院报到。", "{day}, {at}: {hospital}, {department}. Please come early to check in."),
        values=WHERE,
        brief=Text("您已预约 {day} {at}，详情请在市民码中查看。", "You are booked for {day}, {at}. The details are in your citizen code."),
        link="bookings",
    ),
    Notice(
        "reminder",
        Text("预约提醒", "Reminder"),
        Text("{day} {at}，{hospital}{department}。不能前往请提前退号。", "{day}, {at}: {hospital}, {department}. If you cannot come, please cancel."),
        values=WHERE,
        brief=Text("您 {day} {at} 有一个预约，不能前往请提前取消。", "You have a booking on {day}, {at}. If you cannot come, please cancel."),
        link="bookings",
    ),
    Notice(
        "stopped",
        Text("预约已停诊", "Clinic cancelled"),
        Text("{day} {at} {hospital}{department}停诊，费用全额退回，不计爽约。可选其他时间。", "{day}, {at}, {hospital}, {department}: cancelled by the hospital. Refunded in full, not counted as missed. Choose another time."),
        values=WHERE,
        brief=Text("您 {day} {at} 的预约因故取消，费用已退回，请在市民码中另选时间。", "Your booking on {day}, {at} was cancelled by the provider and refunded. Choose another time in your citizen code."),
        link="bookings",
    ),
    Notice(
        "offered",
        Text("候补有号", "A number for you"),
        Text("{day} {at} {hospital}{department}有号，请在 {until} 前确认。", "{day}, {at}, {hospital}, {department}: a number is kept for you until {until}."),
        values=(*WHERE, NoticeValue("until", "time")),
        brief=Text("您候补的 {day} {at} 已有名额，请在 {until} 前确认。", "A place you wait for, {day}, {at}, is kept until {until}. Please confirm."),
        link="bookings",
    ),
    Notice(
        "missed",
        Text("未就诊", "Missed booking"),
        Text("{day} 的预约未报到。如有误可在“爽约记录”申诉。", "You did not check in on {day}. If this is wrong, appeal under Missed bookings."),
        values=(NoticeValue("day", "date"),),
        channels=(),
        link="strikes",
    ),
    Notice(
        "appeal_decided",
        Text("申诉有结果", "Your appeal"),
        Text("您的申诉已有结果，请查看“爽约记录”。", "Your appeal has been decided; see Missed bookings."),
        link="strikes",
    ),
    Notice(
        "freed",
        Text("可以重新预约", "You may book again"),
        Text("{hospital}已提前解除对您的预约限制。", "{hospital} has lifted the suspension: you may book again."),
        values=(NoticeValue("hospital"),),
        brief=Text("您的预约限制已提前解除。", "A suspension of yours was lifted early."),
        link="strikes",
    ),
    *record_words.NOTICES,
)  # fmt: skip

SERVICE: Final = ServiceModule(
    id="hospital",
    version="1.0.0",
    toolkit_api=TOOLKIT_API,
    title=Text("医院挂号", "Hospital booking"),
    summary=Text("按科室、医生、症状找号，给家人挂号", "Book a doctor, for yourself or your family"),
    owner=Text("市卫生健康委员会", "City health commission"),
    icon="heart",
    category="health",
    join_mode="fuse",
    purposes=(CHECK_IN, BOOK),
    details=(*DETAILS, *BOOK_DETAILS),
    acts=(
        Act("hold", Text("锁定号源", "Hold a number")),
        Act("book", Text("预约挂号", "Book a number")),
        Act("pay", Text("支付挂号费", "Pay for a number")),
        Act("move", Text("改期", "Move a booking")),
        Act("cancel", Text("退号", "Cancel a booking")),
        Act("stopped", Text("停诊退号", "Clinic cancelled")),
        Act("wait", Text("候补", "Wait for a number")),
        Act("stop_waiting", Text("取消候补", "Leave the waiting list")),
        Act("missed", Text("未就诊", "Missed booking")),
        Act("appeal", Text("申诉", "Appeal")),
        Act("freed", Text("提前解除预约限制", "Suspension lifted early")),
        Act("bind", Text("关联就诊档案", "Link a patient record")),
        Act("share", Text("设置家长是否可见", "Choose what a guardian sees")),
        *record_words.ACTS,
    ),
    scopes=(
        Scope(
            "masked_name",
            Text(
                "用于窗口和诊室核对就诊人（只有部分姓名）",
                "So that desk and doctor know whom they see; part of the name only",
            ),
            essential=True,
        ),
        Scope(
            "identity_ref",
            Text(
                "用于关联您在窗口建立的就诊档案（不会得到号码）",
                "To find the record that a desk made for you; the number itself is not told",
            ),
        ),
        Scope(
            "under_14",
            Text(
                "用于保护未成年人的就诊隐私，并核对科室的年龄限制",
                "To protect the privacy of young people, and for departments with an age limit",
            ),
            basis="legal_duty",
            law=Text(
                "《中华人民共和国个人信息保护法》第三十一条",
                "Personal Information Protection Law, article 31",
            ),
        ),
        *PRIORITIES,
    ),
    settings=(
        Field(
            "days_made",
            "integer",
            Text("提前生成多少天的排班", "Days ahead for which sessions are made"),
            default=28,
            minimum=1,
            maximum=90,
        ),
        Field(
            "keep_days",
            "integer",
            Text("预约记录保留天数", "Days that bookings are kept"),
            default=1_095,
            minimum=365,
            maximum=5_475,
        ),
        Field(
            "keep_report_days",
            "integer",
            Text("检查检验结果副本保留天数", "Days that copies of results are kept"),
            default=730,
            minimum=30,
            maximum=5_475,
        ),
    ),
    kiosk_actions=(BOOK_A_NUMBER, MY_BOOKINGS, PLACE_IN_QUEUE),
    uses=("journeys/1",),
    notices=NOTICES,
    permissions=(CALLS,),
    partner_scopes={
        "schedules": Text("读取排班与号源", "Read sessions and numbers"),
        "appointments": Text("查询和办理预约", "Read and handle bookings"),
        "reports": Text("交来检查检验结果", "Hand in results"),
    },
    retention_days=365,
    guide=GUIDE,
    synonyms=SYNONYMS,
    figures=(
        Figure("hospitals", Text("医院", "Hospitals")),
        Figure("sessions", Text("可预约的门诊", "Sessions open for booking")),
        Figure("booked_today", Text("今天的预约", "Booked for today")),
        Figure("appeals_waiting", Text("待处理的申诉", "Appeals that wait")),
    ),
)
