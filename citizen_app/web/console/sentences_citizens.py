"""What the pages about citizens say to clerks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.citizens.traits import CitizenStatus
from citizen_app.text import Text

STATES: Final[Mapping[str, Text]] = {
    CitizenStatus.ACTIVE: Text("正常", "active"),
    CitizenStatus.SUSPENDED: Text("市民码已停用", "code stopped"),
    CitizenStatus.DECEASED: Text("已故", "deceased"),
}
CITIZENS: Final[Mapping[str, Text]] = {
    "citizens.title": Text("查找市民", "Find a citizen"),
    "citizens.lead": Text(
        "手机号、证件号码、完整姓名，只用一项；每次查找都留痕，本人看得到是谁、为什么。",
        "By phone, document or whole name, one of them. Every search is logged, and the citizen sees who searched and why.",
    ),
    "citizens.find": Text("查找", "Find"),
    "citizens.found": Text("查到 {count} 人", "{count} found"),
    "citizens.nobody": Text("没有查到", "Nobody was found"),
    "citizens.nobody_hint": Text(
        "请核对后再查；没有账户的，可凭证件开户。",
        "Look at it again. Without an account, one can be opened with a document.",
    ),
    "citizens.too_many": Text("同名的超过五人，不予显示", "More than five have this name; none is shown"),
    "citizens.too_many_hint": Text("请改用手机号或证件号码。", "Use the phone or the document instead."),
    "citizens.name": Text("姓名", "Name"),
    "citizens.phone": Text("手机号", "Phone"),
    "citizens.no_phone": Text("无手机号", "no phone"),
    "citizens.documents": Text("证件", "Documents"),
    "citizens.level": Text("实名等级", "Level"),
    "citizens.state": Text("状态", "State"),
    "citizens.since": Text("注册时间", "Registered"),
    "citizens.no_name": Text("未实名", "no name"),
    "citizens.serve": Text("窗口办理", "At the counter"),
    "citizens.present": Text("本人在场，{until} 前可以办理。", "Present; can be served until {until}."),
    "citizens.absent": Text("办理前先核验本人在场：", "First prove that they are here:"),
    "citizens.by_code": Text("扫本人的市民码", "By their code"),
    "citizens.by_phone": Text("发短信验证码", "By a code to their phone"),
    "citizens.by_document": Text("看证件（两人核验）", "By a document, before two clerks"),
    "citizens.otp_waits": Text(
        "验证码已发送，{until} 前有效。", "The code has been sent; good until {until}."
    ),
    "citizens.confirm_otp": Text("填写验证码", "Enter the code"),
    "citizens.second_waits": Text(
        "等待另一位工作人员核验证件，{until} 前。", "Waits for a second clerk until {until}."
    ),
    "citizens.second": Text("我也核对了证件", "I have seen the document too"),
    "citizens.act": Text("代为办理", "Act for them"),
    "citizens.phone_new": Text("换绑手机号", "Give another phone"),
    "citizens.done_here": Text("办完，请下一位", "Done, next please"),
    "citizens.freeze": Text("停用市民码", "Stop the code"),
    "citizens.unfreeze": Text("恢复市民码", "Let the code go on"),
    "citizens.death": Text("登记死亡", "Enter a death"),
    "citizens.correct": Text("更正死亡登记", "Take the death back"),
    "citizens.freeze_title": Text("停用 {name} 的市民码？", "Stop the code of {name}?"),
    "citizens.freeze_hint": Text(
        "手机丢失或被盗时用。所有登录随即退出，本人会收到通知；到窗口可恢复。",
        "For a stolen phone. They are signed out everywhere and told; at a counter it goes on.",
    ),
    "citizens.correct_title": Text("更正 {name} 的死亡登记？", "Take the death of {name} back?"),
    "citizens.correct_hint": Text(
        "须由登记人以外的工作人员办理。", "Only another clerk than the one who entered it can."
    ),
    "citizens.done.stopped": Text("市民码已停用。", "The code is stopped."),
    "citizens.done.alive": Text("已更正。", "It is taken back."),
}
DESK: Final[Mapping[str, Text]] = {
    "desk.title": Text("凭证件开户", "Open an account with a document"),
    "desk.lead": Text(
        "没有手机的市民，凭证件即可开户；已有账户的直接显示。",
        "Without a phone, a document is enough. Where it has an account, that is shown.",
    ),
    "desk.open": Text("开户", "Open"),
    "desk.code_title": Text("扫 {name} 的市民码", "Read the code of {name}"),
    "desk.code_hint": Text(
        "请市民打开市民码，用扫码枪扫；扫完自动填入。",
        "Ask them to show their code and read it with the scanner.",
    ),
    "desk.document_title": Text("核对 {name} 的证件", "Look at the document of {name}"),
    "desk.document_hint": Text(
        "证件原件在手，照片与本人相符。另一位工作人员须在五分钟内也核对一遍。",
        "The document is in hand and the photo fits. A second clerk looks at it too, within five minutes.",
    ),
    "desk.second_title": Text("复核 {name} 的证件", "Look at the document of {name} too"),
    "desk.otp_title": Text("{name} 的验证码", "The code that {name} has got"),
    "desk.confirm": Text("确认", "Confirm"),
    "desk.phone_title": Text("给 {name} 换绑手机号", "Another phone for {name}"),
    "desk.phone_hint": Text(
        "验证码发到新手机；原来用这个号码的账户将没有手机号。",
        "A code goes to the new phone. An account that had it is without one from then on.",
    ),
    "desk.send": Text("发送验证码", "Send the code"),
    "desk.death_title": Text("登记 {name} 死亡", "Enter the death of {name}"),
    "desk.death_hint": Text(
        "市民码随即停用，登录和委托全部结束；登记错了由另一位工作人员更正。",
        "Codes are refused and sign-ins and delegations end. A mistake is taken back by another clerk.",
    ),
    "desk.death_send": Text("登记", "Enter"),
    "desk.acting_title": Text("代 {name} 办理", "Act for {name}"),
    "desk.acting_hint": Text(
        "市民已收到通知。{until} 前有效；办完点“办完，请下一位”。",
        "They have been told. Good until {until}; press Done when it is done.",
    ),
    "desk.acting_here": Text("在这台电脑上办理", "On this computer"),
    "desk.acting_kiosk": Text(
        "或在自助机上扫这个码，由市民自己操作：",
        "Or show this to the self-service kiosk, and they do it themselves:",
    ),
    "desk.acting_picture": Text("自助机代办二维码", "QR code for the self-service kiosk"),
    "citizens.done.opened": Text("已开户。", "The account is open."),
    "citizens.done.known": Text("该证件已有账户。", "The document has an account already."),
    "citizens.done.present": Text("已核验本人在场。", "They are here."),
    "citizens.done.sent": Text("验证码已发送。", "The code has been sent."),
    "citizens.done.waits": Text(
        "请另一位工作人员也查到这位市民，并核对证件。",
        "Have a second clerk find the citizen and look at the document.",
    ),
    "citizens.done.gone": Text("已结束，代办随即失效。", "It is over; nobody acts for them any more."),
    "citizens.done.going_on": Text("市民码已恢复。", "The code goes on."),
    "citizens.done.phone_given": Text(
        "手机号已换绑，请市民重新登录。", "The account has the phone; they sign in again."
    ),
    "citizens.done.dead": Text("已登记。", "It is entered."),
}
