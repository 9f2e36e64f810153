"""Sentences of the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

NOTICES: Final[Mapping[str, Text]] = {
    "mine.notices": Text("我的消息", "My inbox"),
    "mine.notices_none": Text("还没有消息", "No notices yet"),
    "mine.notices_none_hint": Text(
        "新的登录、代办邀请和各项服务的通知会出现在这里。",
        "New sign-ins, invitations and what services tell you will stand here.",
    ),
    "mine.notices_unread": Text("{count} 条未读", "Unread: {count}"),
    "mine.notices_new": Text("未读", "New"),
    "mine.notices_read_all": Text("全部标为已读", "Mark all as read"),
    "mine.notices_settings": Text("通知设置", "How I am told"),
    "mine.notices_settings_lead": Text(
        "所有消息都留在“我的消息”里；这里决定哪些还要另外发给您。涉及账户安全的消息总会发出。",
        "Every notice stays in your inbox; here you choose what is sent to you besides. What concerns the security of your account is always sent.",
    ),
    "mine.notices_save": Text("保存", "Save"),
    "mine.email": Text("通知邮箱", "E-mail for notices"),
    "mine.email_none": Text(
        "还没有邮箱。加一个，重要通知也会发到那里。",
        "None yet. Give one, and notices are sent there, too.",
    ),
    "mine.email_in_use": Text("通知发到 {address}", "Notices go to {address}"),
    "mine.email_waits": Text("{address} 等待确认", "{address} waits to be confirmed"),
    "mine.email_enter": Text("填写验证码", "Enter the code"),
    "mine.email_add": Text("添加邮箱", "Add an address"),
    "mine.email_change": Text("更换邮箱", "Change the address"),
    "mine.email_remove": Text("停用邮箱", "Remove the address"),
    "mine.email_lead": Text(
        "我们会往这个邮箱发一个验证码。填对以后，通知才会发到那里。",
        "A code is sent to this address. Notices go there once you have entered it.",
    ),
    "mine.email_send": Text("发送验证码", "Send the code"),
    "mine.email_code": Text("邮件里的验证码", "The code from the message"),
    "mine.email_code_lead": Text(
        "验证码已发到 {address}，30 分钟内有效。几分钟后还没收到，请看看垃圾邮件。",
        "The code is on its way to {address} and good for 30 minutes. If it does not come in a few minutes, see your junk mail.",
    ),
    "mine.email_again": Text("换邮箱或重发验证码", "Another address, or another code"),
    "mine.email_remove_ask": Text("不再用邮件通知您？", "No more notices by e-mail?"),
    "mine.email_remove_hint": Text(
        "{address} 会立即删除，消息仍留在“我的消息”里。",
        "{address} is deleted at once. Notices stay in your inbox.",
    ),
    "mine.done.email_set": Text("邮箱已确认，通知会发到那里", "The address is confirmed"),
    "mine.done.email_gone": Text("邮箱已删除", "The address is deleted"),
    "mine.notices_care": Text("关于您照看的人", "About somebody in your care"),
    "mine.notices_more": Text("查看详情", "See more"),
    "mine.notices_objected": Text("您已说明：这不是您", "You have said that it was not you"),
    "mine.not_me": Text("这不是我", "This was not me"),
    "mine.not_me_ask": Text("这件事不是您做的？", "This was not you?"),
    "mine.not_me_hint": Text(
        "如果是新的登录，那台设备会立即退出登录。",
        "If it was a new sign-in, that device is signed out at once.",
    ),
    "mine.done.told_so": Text("通知设置已保存", "Your choice is saved"),
}
