"""Sentences of the code page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

CITIZEN: Final[Mapping[str, Text]] = {
    "signin.title": Text("登录后亮码", "Sign in to show your code"),
    "signin.page": Text("登录", "Sign in"),
    "signin.sent_to_you": Text(
        "短信验证码已发往您的手机，十分钟内有效。",
        "A code was sent to your phone. It is good for ten minutes.",
    ),
    "signin.otp_again": Text("重新发送，或换一个手机号", "Send again, or use another number"),
    "signin.demo_phones": Text("演示市民，点一下即发验证码", "Demo citizens: one tap sends the code"),
    "signin.lead": Text(
        "输入手机号，用短信验证码登录。首次登录即开通。",
        "Sign in with your phone and a text message. The first time opens your account.",
    ),
    "signin.phone": Text("手机号", "Phone number"),
    "signin.send": Text("获取验证码", "Send me a code"),
    "signin.sent": Text(
        "验证码已发往 {phone}，十分钟内有效。", "A code was sent to {phone}. It is good for ten minutes."
    ),
    "signin.otp": Text("短信验证码", "Code from the message"),
    "signin.open": Text("登录", "Sign in"),
    "signin.refused": Text(
        "验证码不对或已失效。请核对短信再输一次，或重新发送。",
        "The code is wrong or no longer valid. Check the message and type it again, or have another sent.",
    ),
    "signin.suffix": Text("账户证件号码的最后 4 至 6 位", "Last 4 to 6 characters of the account's document"),
    "signin.not_mine": Text("这不是我的账户", "This is not my account"),
    "signin.not_mine_hint": Text(
        "号码以前是别人的？选择后将为您新开账户，原账户的内容不会给您看，也不会丢失。",
        "Was the number somebody else's before? You get an account of your own; theirs stays theirs, and unseen.",
    ),
    "signin.sent_again": Text(
        "新的验证码已发往 {phone}，请以新短信为准。",
        "A new code was sent to {phone}. Use the newest message.",
    ),
    "signin.not_sent": Text(
        "这一小时内发往该手机的验证码已达上限，这次没有发送；约 {minutes} 分钟后可再发送。",
        "Nothing was sent: this phone has had as many codes as it gets in an hour. Another can be sent in about {minutes} min.",
    ),
    "signin.again": Text("重新发送", "Send again"),
    "signin.again_in": Text("{seconds} 秒后可重新发送", "Send again in {seconds} s"),
    "signin.other": Text("换一个手机号", "Use another number"),
    "signin.ended": Text("您已退出登录，请重新登录。", "You are signed out. Please sign in again."),
    "signin.demo": Text("演示市民，点一下即登录", "Demo citizens: one tap signs in"),
    "signin.demo_otp": Text(
        "演示市民的验证码都是 {otp}；其他号码的验证码请看启动演示的终端。",
        "For the demo phones the code is always {otp}; for other numbers see the terminal that runs the demo.",
    ),
    "code.title": Text("市民码", "Citizen code"),
    "code.starting": Text("正在打开……", "Opening…"),
    "code.picture": Text("市民码二维码", "QR picture of your citizen code"),
    "code.countdown": Text("{seconds} 秒后刷新", "Renews in {seconds} s"),
    "code.renewing": Text("正在刷新……", "Renewing…"),
    "code.refresh": Text("刷新", "Refresh"),
    "code.renewed": Text("二维码已更新", "The code is new"),
    "code.void": Text("码已失效", "Code no longer valid"),
    "code.void_next": Text(
        "连上网络后会自动换新码；急用请到服务窗口。",
        "A new one appears once you are online. In a hurry? Ask at a counter.",
    ),
    "code.hint": Text(
        "请调亮屏幕，对准读码机。截图最多一分钟后失效。",
        "Brighten your screen and hold it to the reader. A screenshot expires within a minute.",
    ),
    "code.copy": Text("复制码文", "Copy the code"),
    "code.copied": Text("已复制，可粘贴到读码机页面", "Copied. Paste it on the kiosk page"),
    "code.copy_refused": Text(
        "浏览器不允许复制，请用摄像头读码", "The browser refused to copy. Use the camera instead"
    ),
    "code.used": Text("已使用", "Used"),
    "code.again": Text("出示新码", "Show a new code"),
    "code.sign_out": Text("退出登录", "Sign out"),
    "consent.title": Text("隐私说明", "Privacy notice"),
    "consent.changed": Text("隐私说明已更新", "The privacy notice has changed"),
    "consent.service": Text("“{service}”需要您同意", "{service} needs your consent"),
    "consent.field": Text("{title}：{reason}", "{title}: {reason}"),
    "consent.whole": Text("查看说明全文", "Read the whole notice"),
    "consent.agree": Text("同意", "Agree"),
    "consent.later": Text("暂不", "Not now"),
    "consent.agreed": Text("已同意，可随时撤回。", "Agreed. You can take it back at any time."),
    "consent.withdraw": Text("撤回对隐私说明的同意", "Take back my consent"),
    "consent.withdrawn": Text("已撤回，码照常使用。", "Taken back. Your code goes on working."),
    "consent.version": Text("版本：{version}", "Version: {version}"),
    "consent.fields": Text("各项服务看什么、为什么", "What each service sees, and why"),
    "consent.by_law": Text("依据：{law}", "By law: {law}"),
    "consent.sensitive": Text("敏感信息，单独同意。", "Sensitive: agreed to on its own."),
    "consent.essential": Text("缺了它，此服务无法办理。", "The service cannot do without it."),
    "consent.nothing": Text("不看您的个人信息。", "It sees no personal details."),
    "uses.title": Text("谁扫过我", "Who scanned me"),
    "uses.none": Text("还没有人扫过您的码。", "Nobody has scanned your code yet."),
    "uses.allowed": Text("通过", "Accepted"),
    "uses.asked": Text("待补充", "More needed"),
    "uses.refused": Text("未通过", "Refused"),
    "uses.disclosed": Text("看到了：{fields}", "They saw: {fields}"),
    "uses.nothing_disclosed": Text("没有看到您的个人信息", "They saw no personal details"),
    "uses.dispute": Text("这不是我", "This was not me"),
    "uses.dispute_confirm": Text("再点一次确认：不是我本人", "Tap again to confirm: it was not me"),
    "uses.more": Text("更早的记录", "Earlier uses"),
    "uses.comma": Text("、", ", "),
}
