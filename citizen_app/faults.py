"""What is said about a fault in an input, in the caller's language.

Validators speak English, marshmallow's and our own. Here, and nowhere else, their sentences get Chinese. A table, not a
dictionary lookup by error code, because marshmallow hands over finished sentences; `{name}` stands for what it filled in.
A sentence that is not in the table is said as it is: a service may bring words that are in the caller's language already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from citizen_app.text import Language, Text

PLACE: Final = re.compile(r"\{(\w+)\}")
OF_SEVERAL_WORDS: Final = frozenset({"choices", "endings", "purposes", "fault"})
"""Places that hold more than one word; any other would reach over the end of its own sentence."""
PHONE_FORM_ZH: Final = "请写成 13800138000 或 +8613800138000"
PHONE_FORM_EN: Final = "write it as 13800138000 or +8613800138000"

OF_MARSHMALLOW: Final[Sequence[Text]] = (
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

OF_REQUESTS: Final[Sequence[Text]] = (
    Text("应为一个对象，内含声明的各项", "send an object with the declared fields"),
    Text("出现了不止一次", "stands more than once"),
    Text("同一对象中有重名的项", "an object names a member twice"),
    Text("嵌套过深", "nested too deeply"),
    Text("文字中有 NUL 字符", "a text with a NUL character"),
    Text("数字过大", "a number that is too large"),
    Text("{name} 不是 JSON", "{name} is not JSON"),
    Text(
        "不是合法的 JSON：第 {line} 行第 {column} 列",
        "{fault}: line {line} column {column} (char {position})",
    ),
    Text("不是合法的 UTF-8 文字", "'utf-8' codec can't {fault}"),
    Text("8 到 128 个可见的 ASCII 字符", "8 to 128 visible ASCII characters"),
    Text("不是这个列表的游标", "not a cursor of this list"),
    Text("请附上文件", "send a file"),
    Text("文件名应以 {endings} 结尾", "the name must end with {endings}"),
    Text("文件是空的", "the file is empty"),
    Text("文件过大", "the file is too large"),
    Text("请写 UUID，最好是第 7 版", "write a UUID, best of version 7"),
    Text(
        "请按 RFC 3339 写，带时区偏移：2026-11-22T08:00:00Z",
        "write it as RFC 3339 has it, with an offset: 2026-11-22T08:00:00Z",
    ),
    Text("应在 1970 年到 2200 年之间", "must lie between the years 1970 and 2200"),
    Text("没有要改的内容", "nothing to change"),
    Text("至多 {most} 项", "at most {most} members"),
)

OF_ROOMS: Final[Sequence[Text]] = (
    Text(f"不是电话号码；{PHONE_FORM_ZH}", f"not a phone number; {PHONE_FORM_EN}"),
    Text(f"不是手机号；{PHONE_FORM_ZH}", f"not a mobile phone number; {PHONE_FORM_EN}"),
    Text("应为六位数字", "six digits"),
    Text(
        "请发送 challenge_id 和 otp，或只发送 refresh_token",
        "send either challenge_id and otp, or refresh_token",
    ),
    Text("code 与 session 请发送其中一个", "send either code or session"),
    Text("随机数请写成 16 位十六进制数字", "write the nonce as 16 hexadecimal digits"),
    Text("离线时的扫码必须填写此项", "required for a scan made offline"),
    Text("在这一批中出现了两次", "stands twice in this batch"),
    Text("没有安装这项服务", "no such service is installed"),
    Text("至少选一个用途", "at least one purpose"),
    Text(
        "不是这项服务的用途；它有：{purposes}",
        "not a purpose of this service; it has: {purposes}",
    ),
    Text("所选用途没有这一项", "not a context field of these purposes"),
    Text("应为 Ed25519 或 P-256 公钥的 JWK", "a JWK with an Ed25519 or P-256 public key"),
    Text("应在将来，且距今至多 365 天", "in the future, and at most 365 days from now"),
    Text("令牌不能有这项权限", "not a permission that a token can have"),
    Text("角色不能有这项权限", "not a permission that a role can have"),
    Text("没有这个角色", "no such role"),
    Text(
        "3 到 40 个 a-z 0-9 . _ -，以字母开头",
        "3 to 40 of a-z 0-9 . _ -, beginning with a letter",
    ),
    Text("至少 {shortest} 个字符", "at least {shortest} characters"),
    Text("至多 {longest} 个字符", "at most {longest} characters"),
    Text("含有用户名", "contains the user name"),
    Text("只是重复少数几个字符", "repeats the same few characters"),
    Text("是键盘或字母表上的顺序", "follows the keyboard or the alphabet"),
    Text("由最常见的密码拼成", "is built from the commonest passwords"),
    Text("太早", "too early"),
    Text("时段应为 1 到 {days} 天", "the period must be 1 to {days} days long"),
    Text("年份应在 2000 到 9000 之间", "write years from 2000 to 9000"),
    Text("不是服务的编号", "not a service id"),
    Text("请说明理由", "say why"),
    Text(
        "共 {counts} 项计数，至多给出 {most} 项：请减少天数或分组",
        "{counts} counts, at most {most} are given: ask for fewer days or dimensions",
    ),
    Text(
        "共 {events} 条：超过 {most} 条只能导出为 csv",
        "{events} events: more than {most} are given as csv only",
    ),
)

KNOWN: Final = (*OF_MARSHMALLOW, *OF_REQUESTS, *OF_ROOMS)


def _pattern(template: str) -> re.Pattern[str]:
    parts = PLACE.split(template)  # text, name, text, name, …, text
    return re.compile("".join(_place(part) if at % 2 else re.escape(part) for at, part in enumerate(parts)))


def _place(name: str) -> str:
    return f"(?P<{name}>.+)" if name in OF_SEVERAL_WORDS else f"(?P<{name}>\\S+)"


WHOLE: Final[Mapping[str, Text]] = {words.en: words for words in KNOWN if not PLACE.search(words.en)}
FILLED: Final = tuple((_pattern(words.en), words) for words in KNOWN if PLACE.search(words.en))


def in_words(message: str, language: Language) -> str:
    """`message` of a validator in the caller's language, or as it is where the table has no words for it."""
    if language == "en":
        return message
    if (words := WHOLE.get(message)) is not None:
        return words.zh
    for pattern, words in FILLED:
        if (found := pattern.fullmatch(message)) is not None:
            return words.zh.format_map(found.groupdict())
    return message
