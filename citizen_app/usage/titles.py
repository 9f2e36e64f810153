"""What is said for the names in the log, also those of services that are no longer installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from citizen_app.registry.words import words_of
from citizen_app.text import Text
from citizen_app.usage.offices import OFFICES
from citizen_app.usage.reasons import WORDS, Words

DECISIONS: Final[Mapping[str, Text]] = {
    "allow": Text("通过", "Allowed"),
    "deny": Text("未通过", "Refused"),
    "needs_input": Text("待补充", "Input asked for"),
}
CODE_KINDS: Final[Mapping[str, Text]] = {
    "none": Text("未用码", "Without a code"),
    "online": Text("动态码", "Online code"),
    "device": Text("设备码", "Device code"),
    "paper": Text("纸质码", "Paper code"),
    "delegate": Text("代办码", "Delegate's code"),
    "place": Text("手机扫场所码", "Place code, read by the phone"),
}
Channel = Literal["app", "desk", "hotline", "kiosk", "system", "automatic"]
CHANNELS: Final[Mapping[Channel, Text]] = {
    "app": Text("手机办理", "On the phone"),
    "desk": Text("窗口办理", "At a desk"),
    "hotline": Text("电话办理", "By the hotline"),
    "kiosk": Text("设备办理", "At a kiosk"),
    "system": Text("系统对接", "By another system"),
    "automatic": Text("自动办理", "By itself"),
}
"""How something is done without a scan."""
HOW: Final[Mapping[str, Text]] = {
    "scan": Text("扫码", "By scan"),
    **{str(channel): words for channel, words in CHANNELS.items()},
}
MARKS: Final[Mapping[str, Text]] = {
    "double_use": Text("同一个码在多处使用", "The same code was used in several places"),
    "disputed": Text("已反馈：不是本人", "Disputed: not the holder of the code"),
    "corrected": Text("事后已更正", "Corrected later"),
}

if set(CHANNELS) != set(get_args(Channel)):  # the list and the words are one thing
    raise RuntimeError("channels and words differ")

_WORDS: Final[Mapping[str, Words]] = {
    str(reason): words for reason, words in WORDS.items()
}  # by any text: the log may be older than the list


def service_title(service: str) -> Text:
    """The title of a service, or of an office of the core."""
    office = OFFICES.get(service)
    return words_of(service).title if office is None else office.title


def purpose_title(service: str, purpose: str) -> Text:
    """The title of a purpose of the service."""
    return titled(words_of(service).purposes, purpose)


def reason_text(service: str, reason: str, detail_code: str | None = None) -> Text:
    """Why: the service's own words for its detail code where there are any, otherwise the words of the
    reason.
    """
    detail = words_of(service).details.get(detail_code) if detail_code is not None else None
    if detail is not None:
        return detail
    words = _WORDS.get(reason)
    return words.title if words is not None else Text(reason, reason)


def titled(titles: Mapping[str, Text], name: str) -> Text:
    """The title of a name in one of the closed lists."""
    return titles.get(name) or Text(name, name)
