"""What citizens ask, and the answers; and words that mean the same in their questions."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import GuideEntry, Text

SYNONYMS: Final = (
    ("挂号", "约号", "预约挂号", "抢号", "挂个号", "看病", "看医生", "就诊", "see a doctor", "book a doctor", "appointment", "doctor's appointment"),
    ("医院", "门诊", "诊所", "hospital", "clinic", "outpatient"),
    ("科", "科室", "哪个科", "什么科", "department", "which department", "ward"),
    ("退号", "取消挂号", "取消预约", "不去了", "cancel", "call off"),
    ("改期", "换时间", "换号", "改时间", "reschedule", "another time", "change the time"),
    ("孩子", "小孩", "宝宝", "儿子", "女儿", "儿童", "child", "kid", "baby", "son", "daughter"),
    ("发烧", "发热", "高烧", "fever", "temperature"),
    ("爽约", "没去", "黑名单", "不能挂号", "no-show", "did not come", "suspended", "blacklist"),
    ("停诊", "医生不在", "医生请假", "clinic cancelled", "doctor away"),
)  # fmt: skip


def _entry(entry: str, title: tuple[str, str], answer: tuple[str, str], link: str, *asked: str) -> GuideEntry:
    return GuideEntry(entry, Text(*title), Text(*answer), link, asked)


GUIDE: Final = (
    _entry(
        "book",
        ("怎样预约挂号？", "How do I book a doctor?"),
        (
            "按科室、医生、日期或症状查找，选时段，确认就诊人后付费即可。号源按各医院的放号时间开放。",
            "Find a department, a doctor, a day or a symptom, choose a time, confirm and pay. Numbers are released at each hospital's own time.",
        ),
        "find",
        "挂号", "怎么挂号", "网上挂号", "挂专家号", "明天看病怎么约", "几点放号", "预约医生",
        "book a specialist", "see a doctor tomorrow", "when are numbers released", "make an appointment",
    ),
    _entry(
        "symptom",
        ("不知道挂哪个科怎么办？", "Which department do I need?"),
        (
            "在“找科室”里输入症状，例如“发烧”“牙疼”，会列出相关科室。病情紧急请直接到急诊或拨打 120。",
            "Type a symptom such as fever or toothache and the departments appear. In an emergency go to the emergency department or call 120.",
        ),
        "find",
        "孩子发烧挂哪个科", "牙疼挂什么科", "肚子疼看什么科", "头痛挂哪个科", "皮肤痒看哪个科", "咳嗽挂什么科",
        "which department for a fever", "my child has a fever", "toothache", "stomach ache which department",
    ),
    _entry(
        "mine",
        ("在哪里看我的挂号？", "Where are my bookings?"),
        (
            "“我的挂号”里有每次预约的时间、地点和步骤，可以改期、退号，也可以加到手机日历。",
            "My bookings shows time, place and the steps of the day; change or cancel there, or put it in your calendar.",
        ),
        "bookings",
        "我的预约", "挂了什么号", "退号怎么退", "退挂号费", "改挂号时间", "取消挂号",
        "my appointments", "cancel my appointment", "refund of the fee", "change my appointment",
    ),
    _entry(
        "child",
        ("没有身份证的孩子怎么挂号？", "How do I book for a child without an identity card?"),
        (
            "先在“家人”里添加孩子，再切换到孩子名下挂号。孩子不需要手机，也不需要身份证原件。",
            "Add the child under Family, act for the child, and book. The child needs neither a phone nor the card itself.",
        ),
        "find",
        "给孩子挂号", "给老人挂号", "帮父母约医生", "宝宝没有身份证", "家人挂号",
        "book for my child", "book for my parents", "for a family member",
    ),
    _entry(
        "wait",
        ("号满了怎么办？", "All numbers are gone. What now?"),
        (
            "可以候补：有人退号时按顺序留给您一段时间，并通知您。也可以看其他日期或其他医生。",
            "Join the waiting list: a returned number is kept for you for a time and you are told. Or choose another day or doctor.",
        ),
        "find",
        "没号了", "约满了", "候补", "抢不到号", "退号什么时候放出来",
        "fully booked", "waiting list", "no numbers left",
    ),
    _entry(
        "no_show",
        ("为什么暂时不能挂号？怎样申诉？", "Why can I not book for now, and how do I appeal?"),
        (
            "多次预约后未就诊会暂停预约一段时间，到期自动恢复。“爽约记录”里可以看到每一次，并提出申诉。停诊不算爽约。",
            "After several missed bookings booking is suspended for a time and comes back by itself. Missed bookings lists each and takes an appeal. A stopped clinic never counts.",
        ),
        "strikes",
        "爽约申诉", "被拉黑", "不能预约挂号", "爽约几次",
        "appeal a no-show", "suspended from booking", "missed appointment",
    ),
)  # fmt: skip
