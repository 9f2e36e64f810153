"""What the core itself tells citizens, and where a declared notice is found."""

from __future__ import annotations

from typing import Final

from citizen_app.registry.contract import Notice, NoticeValue
from citizen_app.registry.modules import current_registry
from citizen_app.text import Text
from citizen_app.usage.offices import CITY

KIND: Final = (NoticeValue("kind"),)

SIGNED_IN: Final = Notice(
    "signed_in",
    Text("新的登录", "New sign-in"),
    Text(
        "{at}，有设备登录了您的市民码账户。如果不是您，请在消息中选择“这不是我”。",
        "At {at} a device signed in to your citizen code. If it was not you, say so in your inbox.",
    ),
    values=(NoticeValue("at", "moment"),),
    security=True,
)
DELEGATION_OFFERED: Final = Notice(
    "delegation_offered",
    Text("有一份代办邀请", "An invitation to act"),
    Text(
        "有人邀请您建立代办关系（{kind}）。请在市民码中查看，14 天内接受或拒绝。",
        "Somebody invites you to a delegation ({kind}). See it in your citizen code and answer within 14 days.",
    ),
    values=KIND,
)
DELEGATION_BEGUN: Final = Notice(
    "delegation_begun",
    Text("有人可以代您办理", "Somebody may act for you"),
    Text(
        "有人成为您的{kind}，可代您办理。可随时在市民码中查看和结束。",
        "Somebody is now your {kind} and may act for you. See it, and end it at any time, in your citizen code.",
    ),
    values=KIND,
    security=True,
)
DELEGATION_ACCEPTED: Final = Notice(
    "delegation_accepted",
    Text("您可以代他人办理", "You may act for somebody"),
    Text("您现在可以作为{kind}代他人办理。", "You may now act for somebody as their {kind}."),
    values=KIND,
)
DELEGATION_ENDED: Final = Notice(
    "delegation_ended",
    Text("代办关系已结束", "A delegation has ended"),
    Text("一项{kind}委托已结束，原因：{why}。", "A delegation ({kind}) has ended: {why}."),
    values=(*KIND, NoticeValue("why")),
)
TAKEN_OVER: Final = Notice(
    "taken_over",
    Text("账户已由本人接管", "An account is in its owner's hands"),
    Text(
        "您照看的一个账户已由本人用自己的手机号接管。如有疑问，请到市民服务窗口。",
        "An account that you look after is now in its owner's own hands, with a phone of theirs. If in doubt, come to a service counter.",
    ),
    security=True,
)
CODE_STOPPED: Final = Notice(
    "code_stopped",
    Text("市民码已停用", "Your code has stopped"),
    Text(
        "您的市民码已应请求停用，各处已退出登录。如非本人要求，请到市民服务窗口。",
        "Your citizen code was stopped as asked, and you are signed out everywhere. If you did not ask, come to a service counter.",
    ),
    security=True,
)
CODE_GOES_ON: Final = Notice(
    "code_goes_on",
    Text("市民码已恢复", "Your code works again"),
    Text("您的市民码已在窗口恢复使用。", "Your citizen code works again, as asked at a counter."),
    security=True,
)
CLERK_ACTS: Final = Notice(
    "clerk_acts",
    Text("窗口正在为您办理", "A clerk acts for you"),
    Text(
        "窗口工作人员正在当面为您办理，至多 15 分钟，各项操作会记入您的使用记录。",
        "A counter clerk acts for you in your presence, for 15 minutes at most; what is done stands in your log.",
    ),
    security=True,
)
NEW_PHONE: Final = Notice(
    "new_phone",
    Text("账户已改用其他手机号", "Your account has another phone"),
    Text(
        "您的市民码账户已在窗口改用其他手机号。如非本人办理，请到市民服务窗口。",
        "At a counter your citizen code was moved to another phone. If it was not you, come to a service counter.",
    ),
    channels=("sms",),
    security=True,
)
NEW_EMAIL: Final = Notice(
    "new_email",
    Text("通知邮箱已变更", "Your e-mail address has changed"),
    Text(
        "您的市民码账户新增、更换或停用了接收通知的电子邮箱。如果不是您，请在消息中选择“这不是我”。",
        "The e-mail address of your citizen code was set, changed or removed. If it was not you, say so in your inbox.",
    ),
    security=True,
)
DEATH_CORRECTED: Final = Notice(
    "death_corrected",
    Text("登记差错已更正", "A wrong entry was corrected"),
    Text(
        "您的市民码账户曾被误报停用，现已恢复，请重新登录。",
        "Your account was closed by mistake. It is open again; please sign in.",
    ),
    security=True,
)
COPY_READY: Final = Notice(
    "copy_ready",
    Text("您的数据副本已备好", "Your copy is ready"),
    Text(
        "您申请的数据副本已备好，请在“我的数据”中下载，7 天内有效。如果不是您申请的，请在消息中选择“这不是我”。",
        "The copy of your data is ready. Fetch it within 7 days under “My data”. If you did not ask, say so in your inbox.",
    ),
    security=True,
)
LOOKED_AT: Final = Notice(
    "looked_at",
    Text("有人查看了您的资料", "Your data were looked at"),
    Text(
        "{office}：{by}查看了您的资料。原因请见“谁看过我”。",
        "{office}: your data were looked at by {by}. The reason stands under Looks.",
    ),
    values=(NoticeValue("office"), NoticeValue("by")),
    channels=("email",),
)
DOUBLE_USE: Final = Notice(
    "double_use",
    Text("同一个码被用了两次", "A code of yours was used twice"),
    Text(
        "您的一个市民码在两处被使用（{service}，{at}）。请查看使用记录；如果不是您，请选择“这不是我”。",
        "One of your codes was used in two places ({service}, {at}). See your log, and say if it was not you.",
    ),
    values=(NoticeValue("service"), NoticeValue("at", "moment")),
    security=True,
)
REFUNDED: Final = Notice(
    "refunded",
    Text("有一笔退款", "A refund"),
    Text(
        "{service}退款 {amount} 元，已退回您的钱包；有欠款的先还欠款。编号在账单里。",
        "{service} gave ¥{amount} back to your purse; what you owe is repaid first. See your statement.",
    ),
    values=(NoticeValue("service"), NoticeValue("amount")),
    channels=("sms",),
)

CORE: Final = (
    SIGNED_IN,
    DELEGATION_OFFERED,
    DELEGATION_BEGUN,
    DELEGATION_ACCEPTED,
    DELEGATION_ENDED,
    TAKEN_OVER,
    CODE_STOPPED,
    CODE_GOES_ON,
    CLERK_ACTS,
    NEW_PHONE,
    NEW_EMAIL,
    DEATH_CORRECTED,
    COPY_READY,
    LOOKED_AT,
    DOUBLE_USE,
    REFUNDED,
)


def declared_notice(service: str, notice_id: str) -> Notice | None:
    """The notice of the core (`CITY`) or of an installed service; None for what is declared no more."""
    if service == CITY:
        return next((one for one in CORE if one.id == notice_id), None)
    module = current_registry().get(service)
    return None if module is None else module.descriptor.notice(notice_id)
