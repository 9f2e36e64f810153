"""Validation messages in the caller's language.

Our own rules raise `Refused` with a `Text` in both languages. marshmallow produces finished English sentences
only, so their Chinese is a table of patterns; `{name}` stands for a filled-in value. A sentence that is not
in the table is returned unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from citizen_app.text import Language, Text

PLACE: Final = re.compile(r"\{(\w+)\}")
OF_SEVERAL_WORDS: Final = frozenset({"choices"})
"""Places that hold more than one word; any other would reach over the end of its own sentence."""


class Refused(ValidationError):
    """A fault in an input, in both languages; `field` is the member at fault where a rule looks at
    several."""

    def __init__(self, words: Text, field: str = SCHEMA) -> None:
        super().__init__([words], field)


MARSHMALLOW_MESSAGES: Final[Sequence[Text]] = (
    Text("缺少必填项。", "Missing data for required field."),
    Text("不可为空。", "Field may not be null."),
    Text("没有这一项。", "Unknown field."),
    Text("内容无效。", "Invalid value."),
    Text("内容无效。", "Invalid input."),
    Text("类型不对。", "Invalid type."),
    Text("应为一个对象。", "Invalid input type."),
    Text("应为文字。", "Not a valid string."),
    Text("应为 UTF-8 文字。", "Not a valid utf-8 string."),
    Text("应为数字。", "Not a valid number."),
    Text("数字过大。", "Number too large."),
    Text("应为整数。", "Not a valid integer."),
    Text("应为 true 或 false。", "Not a valid boolean."),
    Text("应为一个列表。", "Not a valid list."),
    Text("应为一个对象。", "Not a valid mapping type."),
    Text("不是有效的 UUID。", "Not a valid UUID."),
    Text("不是有效的日期。", "Not a valid date."),
    Text("不是有效的时间。", "Not a valid time."),
    Text("不是有效的日期时间。", "Not a valid datetime."),
    Text("不是带时区的有效日期时间。", "Not a valid aware datetime."),
    Text("不是有效的网址。", "Not a valid URL."),
    Text("不是有效的邮箱地址。", "Not a valid email address."),
    Text("不可为 NaN 或无穷大。", "Special numeric values (nan or infinity) are not permitted."),
    Text("太短，至少 {min} 个。", "Shorter than minimum length {min}."),
    Text("太长，至多 {max} 个。", "Longer than maximum length {max}."),
    Text("长度应在 {min} 到 {max} 之间。", "Length must be between {min} and {max}."),
    Text("长度应为 {equal}。", "Length must be {equal}."),
    Text(
        "应在 {min} 到 {max} 之间。",
        "Must be greater than or equal to {min} and less than or equal to {max}.",
    ),
    Text("应不小于 {min}。", "Must be greater than or equal to {min}."),
    Text("应不大于 {max}。", "Must be less than or equal to {max}."),
    Text("应大于 {min}。", "Must be greater than {min}."),
    Text("应小于 {max}。", "Must be less than {max}."),
    Text("只能是 {other}。", "Must be equal to {other}."),
    Text("只能是以下之一：{choices}。", "Must be one of: {choices}."),
    Text("写法不符合要求。", "String does not match expected pattern."),
)


def _pattern(template: str) -> re.Pattern[str]:
    parts = PLACE.split(template)  # text, name, text, name, …, text
    return re.compile("".join(_place(part) if at % 2 else re.escape(part) for at, part in enumerate(parts)))


def _place(name: str) -> str:
    return f"(?P<{name}>.+)" if name in OF_SEVERAL_WORDS else f"(?P<{name}>\\S+)"


WHOLE: Final[Mapping[str, Text]] = {
    words.en: words for words in MARSHMALLOW_MESSAGES if not PLACE.search(words.en)
}
FILLED: Final = tuple((_pattern(words.en), words) for words in MARSHMALLOW_MESSAGES if PLACE.search(words.en))


def translated(message: Text | str, language: Language) -> str:
    """`message` in the given language; a marshmallow message without a translation is returned unchanged."""
    if isinstance(message, Text):
        return message.say(language)
    if language == "en":
        return message
    if (words := WHOLE.get(message)) is not None:
        return words.zh
    for pattern, words in FILLED:
        if (found := pattern.fullmatch(message)) is not None:
            return words.zh.format_map(found.groupdict())
    return message
