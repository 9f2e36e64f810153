"""Every sentence of the pages, in both languages; templates say `t("key")`, scripts `say("key")`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import current_app, has_request_context, request

from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.text import Text
from citizen_app.web.pages.language import language_in_use
from citizen_app.web.pages.sentences_citizen import CITIZEN
from citizen_app.web.pages.sentences_kiosk import KIOSK
from citizen_app.web.pages.sentences_mine import MINE
from citizen_app.web.pages.sentences_notices import NOTICES
from citizen_app.web.pages.sentences_places import PLACES
from citizen_app.web.pages.sentences_purse import PURSE
from citizen_app.web.pages.sentences_rights import RIGHTS

COMMON: Final[Mapping[str, Text]] = {
    "page.title": Text("{city}市民码", "{city} Citizen Code"),
    "page.skip": Text("跳到正文", "Skip to content"),
    "page.size": Text("字号", "Text size"),
    "page.size_standard": Text("标准", "Standard"),
    "page.size_large": Text("长辈版", "Large"),
    "page.size_largest": Text("特大", "Largest"),
    "page.demo": Text("演示模式：人物与数据均为虚构", "Demo mode: people and data are made up"),
    "page.no_script": Text(
        "此页需要浏览器开启 JavaScript。也可以到服务窗口领取纸质码。",
        "This page needs JavaScript. You can also get a paper code at a service counter.",
    ),
    "entry.title": Text("一个码，办全城的事", "One code for the whole city"),
    "entry.lead": Text(
        "下面的服务都认同一个码，亮出来就行；每一次使用，您都看得到。",
        "Every service below takes the same code. You can see each time it was used.",
    ),
    "entry.show": Text("亮出市民码", "Show my code"),
    "entry.show_hint": Text("自动更新，用一次即失效", "Renews itself, good for one use"),
    "entry.no_services": Text(
        "暂时没有开放的服务，请稍后再来。", "No service is open at the moment. Please come back later."
    ),
    "entry.search": Text("查找服务，或直接提问", "Find a service, or ask a question"),
    "entry.search_send": Text("查找", "Search"),
    "entry.found": Text("找到 {count} 项服务", "Services found: {count}"),
    "entry.found_none": Text("没有找到相符的服务，请换个词试试。", "No service matches. Try another word."),
    "entry.demo": Text("演示入口", "For the demo"),
    "entry.kiosk": Text("扫码设备", "Kiosk"),
    "entry.kiosk_hint": Text("闸机、窗口、车上用的扫码页面", "The page for gates, counters and buses"),
    "entry.docs": Text("接口文档", "API document"),
    "entry.docs_hint": Text("给开发者：每个接口都能当场试", "For developers: try every call on the spot"),
    "docs.title": Text("接口文档", "API document"),
    "service.way": Text("您在这里", "You are here"),
    "service.home": Text("首页", "Home"),
    "list.more": Text("显示更多", "Show more"),
    "form.refused": Text("还没有提交，请改正：", "Not sent yet. Please correct:"),
    "form.colon": Text("：", ": "),
    "form.comma": Text("；", "; "),
    "form.optional": Text("（选填）", "(optional)"),
    "form.choose": Text("请选择", "Please choose"),
    "form.back": Text("返回", "Back"),
    "service.off": Text("{service}暂停服务", "{service} is closed at present"),
    "service.off_lead": Text(
        "恢复后可直接使用，您的记录都还在。急事请到服务窗口办理。",
        "Your records are kept; just come back once it is open again. In a hurry? Ask at a service counter.",
    ),
    "error.closed": Text(
        "服务停用期间不能办理业务，数据都还在。系统管理员启用后即可继续。",
        "Nothing can be done while the service is switched off; its data is kept. A system administrator can enable it.",
    ),
    "error.request": Text("请求编号：{request_id}", "Request number: {request_id}"),
    "error.home": Text("回到首页", "Back to the home page"),
    "trouble.network": Text(
        "网络不通，请检查网络后再试。", "No connection. Check your network and try again."
    ),
    "trouble.too_many": Text("操作太频繁，请稍等一分钟再试。", "Too many attempts. Please wait a minute."),
    "trouble.server": Text("系统暂时繁忙，请稍后再试。", "The system is busy. Please try again shortly."),
    "trouble.other": Text("没有成功，请再试一次。", "That did not work. Please try again."),
}

SENTENCES: Final[Mapping[str, Text]] = {
    **COMMON,
    **CITIZEN,
    **MINE,
    **NOTICES,
    **PLACES,
    **PURSE,
    **RIGHTS,
    **KIOSK,
}


def say(key: str, **values: object) -> str:
    """The sentence `key` in the page's language, its places filled: one of ours, or of the service whose page
    it is. `KeyError` for a key that does not exist."""
    sentence = SENTENCES.get(key) or _sentences_of_service()[key]
    return (sentence.fill(**values) if values else sentence).say(language_in_use())


def knows(key: str) -> bool:
    """Whether there is such a sentence on this page."""
    return key in SENTENCES or key in _sentences_of_service()


def _sentences_of_service() -> Mapping[str, Text]:
    blueprint = current_app.blueprints.get(request.blueprint or "") if has_request_context() else None
    return blueprint.sentences if isinstance(blueprint, PageBlueprint) else {}


def script_sentences(*groups: str) -> dict[str, str]:
    """The sentences a page's scripts need, by key: the groups named (`code`, `kiosk`, …) in the page's
    language."""
    chosen = language_in_use()
    return {key: text.say(chosen) for key, text in SENTENCES.items() if key.split(".", 1)[0] in groups}
