"""Sentences of the pages that posters open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

PLACES: Final[Mapping[str, Text]] = {
    "place.asks": Text("{service}请您确认", "{service} asks you"),
    "place.where": Text("地点", "Where"),
    "place.what": Text("事项", "What"),
    "place.owner": Text("由谁负责", "Who is in charge"),
    "place.for_whom": Text("您的身份", "You are"),
    "place.when": Text("时间", "When"),
    "place.sees": Text("这项服务会知道", "What the service learns"),
    "place.sees_reference": Text(
        "您在这项服务里的代号，别处都不通用", "A reference of you that no other service has"
    ),
    "place.true": Text("这里的网址是 {host}", "The address here is {host}"),
    "place.true_hint": Text(
        "请看浏览器上方的网址：不是它，就是假海报，请关闭页面并告诉工作人员。",
        "Look at the address at the top of your browser. If it is another, the poster is false: close the page and tell the staff.",
    ),
    "place.nothing_yet": Text(
        "打开这一页不会登记任何内容，点按钮才会。",
        "Nothing has been recorded by opening this page. Only the button does that.",
    ),
    "place.confirm": Text("确认", "Confirm"),
    "place.answer": Text("提交", "Send"),
    "place.sign_in": Text("登录后确认", "Sign in to confirm"),
    "place.again": Text("返回这张海报", "Back to this poster"),
    "place.logged": Text("这一次已记入您的使用记录。", "This stands in your log."),
    "place.remedy_consent_missing": Text("去看看，再决定是否同意", "Look, and decide whether to agree"),
    "place.remedy_assurance_too_low": Text("去实名认证", "Prove my name"),
    "poster.title": Text("打印海报", "Print the poster"),
    "poster.hint": Text(
        "用浏览器的打印功能打印，A5 或更大。只有本页的文字和图会印出来。",
        "Print it with your browser, on A5 or larger. Only the poster itself is printed.",
    ),
}
