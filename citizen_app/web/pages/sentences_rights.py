"""Sentences of the pages about one's own data: a copy, and closing the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

RIGHTS: Final[Mapping[str, Text]] = {
    "rights.data": Text("我的数据", "My data"),
    "rights.data_lead": Text(
        "市民码和各项服务保存的、与您有关的全部信息，可以要一份副本。",
        "You can have a copy of all that the citizen code and its services keep of you.",
    ),
    "rights.data_of": Text("{name}的数据", "Data of {name}"),
    "rights.data_lead_ward": Text(
        "您是监护人，孩子未满十四周岁，可以代为要一份副本。",
        "As the guardian of a child below fourteen you can have a copy for them.",
    ),
    "rights.what": Text(
        "一个压缩包：扫码记录、乘车、通行、账单、同意、消息等，每张表有 CSV（表格软件可打开）和 JSON 两份。",
        "A ZIP file: uses of your code, rides, passages, statement, consents, notices and more, each table as CSV (for spreadsheets) and as JSON.",
    ),
    "rights.ask": Text("要一份副本", "Ask for a copy"),
    "rights.ask_again": Text("重新要一份", "Ask for a new copy"),
    "rights.waiting": Text("副本正在准备", "Your copy is being made"),
    "rights.waiting_hint": Text(
        "通常不到一分钟，最长 30 天。备好后会通知您，可以先离开此页。",
        "It takes less than a minute as a rule, 30 days at most. You are told when it is ready and need not wait here.",
    ),
    "rights.ready": Text("副本已备好", "Your copy is ready"),
    "rights.ready_hint": Text(
        "{until} 前可以下载。里面有您的证件号码和行踪，请只存在自己的设备上。",
        "Fetch it until {until}. It holds the numbers of your documents and where you have been: keep it on your own device.",
    ),
    "rights.missing": Text("暂缺：{services}", "Without: {services}"),
    "rights.missing_hint": Text(
        "这些服务当时无法提供，请过几天再要一份。",
        "These could not give their part. Ask again in some days.",
    ),
    "rights.fetch": Text("下载副本", "Download"),
    "rights.prove_hint": Text("要先用短信验证是您本人。", "A code by SMS shows first that it is you."),
    "rights.asked_at": Text("申请时间", "Asked for"),
    "rights.leave": Text("注销账户", "Close my account"),
    "rights.leave_lead": Text(
        "立即生效，不能撤回：市民码作废，各处退出登录，您的信息被删除。",
        "At once, and for good: your code is void, you are signed out everywhere, and your data are deleted.",
    ),
    "rights.child": Text("孩子的数据和账户", "The child's data and account"),
    "rights.ask_for_child": Text("要一份孩子的数据副本", "A copy of the child's data"),
    "rights.leave_for_child": Text("注销孩子的账户", "Close the child's account"),
    "rights.leave_of": Text("注销{name}的账户", "Close the account of {name}"),
    "rights.leave_lead_ward": Text(
        "立即生效，不能撤回：孩子的市民码作废，信息被删除。",
        "At once, and for good: the child's code is void, and their data are deleted.",
    ),
    "rights.copy_first": Text("想留一份？先要一份副本", "Ask for a copy first"),
    "rights.against": Text("请先处理", "First"),
    "rights.goes": Text("会删除", "What is deleted"),
    "rights.goes_account": Text(
        "姓名、手机号、证件、邮箱和账户", "Name, phone, documents, e-mail address and the account"
    ),
    "rights.goes_code": Text(
        "市民码、登录、家人代办（会通知对方）",
        "Your code, sign-ins, and who acts for whom (they are told)",
    ),
    "rights.goes_services": Text(
        "各项服务的记录：乘车、通行、名单、预约",
        "What services keep: rides, passages, lists, bookings",
    ),
    "rights.goes_inbox": Text("消息、同意、资格", "Notices, consents, entitlements"),
    "rights.stays": Text("依法保留，但已认不出是您", "What stays, and no longer leads to you"),
    "rights.prove": Text("短信验证后继续", "Go on with a code by SMS"),
    "rights.settle": Text("去处理", "Settle it"),
    "rights.left": Text("账户已注销", "Your account is closed"),
    "rights.left_lead": Text(
        "您的信息已删除。各项服务会在几分钟内删除各自的记录，最长 15 天。",
        "Your data are deleted. Services delete their part within minutes, 15 days at most.",
    ),
    "rights.left_again": Text(
        "同一个手机号随时可以重新开通，那将是一个全新的账户。",
        "The same phone can open an account again at any time. It will be a new one.",
    ),
    "rights.to_home": Text("回到首页", "To the home page"),
}
