"""What results and letters are called, and what citizens are told of them: never of what kind they are, nor
of which department."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import Act, Notice, NoticeValue, Text

REPORT_KINDS: Final[Mapping[str, Text]] = {
    "laboratory": Text("检验", "Laboratory"),
    "imaging": Text("检查", "Imaging"),
    "letter": Text("报告", "Report"),
}
REPORT_STATUSES: Final[Mapping[str, Text]] = {
    "preliminary": Text("初步结果", "Preliminary"),
    "final": Text("正式结果", "Final"),
    "corrected": Text("已更正", "Corrected"),
    "withdrawn": Text("医院已撤回", "Withdrawn by the hospital"),
}
FLAGS: Final[Mapping[str, Text]] = {
    "N": Text("正常", "Normal"),
    "H": Text("偏高", "High"),
    "HU": Text("明显偏高", "Much too high"),
    "HH": Text("危急偏高", "Critically high"),
    "L": Text("偏低", "Low"),
    "LU": Text("明显偏低", "Much too low"),
    "LL": Text("危急偏低", "Critically low"),
    "A": Text("异常", "Abnormal"),
    "AA": Text("危急异常", "Critically abnormal"),
    "POS": Text("阳性", "Positive"),
    "NEG": Text("阴性", "Negative"),
    "IND": Text("不确定", "Indeterminate"),
    "S": Text("敏感", "Susceptible"),
    "I": Text("中介", "Intermediate"),
    "R": Text("耐药", "Resistant"),
}
"""Codes of HL7's ObservationInterpretation; another one is shown as it came."""
LETTER_STATES: Final[Mapping[str, Text]] = {
    "offered": Text("待患者同意", "Waits for the patient's consent"),
    "accepted": Text("可以预约", "Ready to book"),
    "used": Text("已预约", "Booked"),
    "declined": Text("已谢绝", "Declined"),
    "withdrawn": Text("医院已撤回", "Withdrawn by the hospital"),
    "expired": Text("已过期", "Expired"),
}
ACTS: Final = (
    Act("result", Text("收到检查检验结果", "A result came in")),
    Act("letter", Text("开具转诊单", "Letter of referral written")),
    Act("accept_letter", Text("同意转诊", "Referral agreed to")),
    Act("decline_letter", Text("谢绝转诊", "Referral declined")),
    Act("use_letter", Text("使用转诊单", "Letter of referral used")),
)
_HOSPITAL: Final = (NoticeValue("hospital"),)
NOTICES: Final = (
    Notice(
        "result",
        Text("有一份结果", "A result is there"),
        Text("{hospital} 有一份新结果，验证本人后可查看。", "{hospital} has a new result for you. Open it after you have confirmed that it is you."),
        values=_HOSPITAL,
        brief=Text("您有一份新结果，请在市民码中查看。", "There is a new result for you in your citizen code."),
        link="reports",
    ),
    Notice(
        "letter",
        Text("有一份转诊单", "A letter of referral"),
        Text("{hospital} 为您开了转诊单，请决定是否同意。", "{hospital} wrote a letter of referral for you. Please decide whether you agree."),
        values=_HOSPITAL,
        brief=Text("有一件事等您决定，请在市民码中查看。", "Something waits for your decision in your citizen code."),
        link="referrals",
    ),
    Notice(
        "letter_withdrawn",
        Text("转诊单已撤回", "Letter of referral withdrawn"),
        Text("{hospital} 撤回了为您开的转诊单。", "{hospital} has withdrawn its letter of referral for you."),
        values=_HOSPITAL,
        brief=Text("有一份单据已撤回，请在市民码中查看。", "A document was withdrawn; see your citizen code."),
        link="referrals",
    ),
)  # fmt: skip
