"""Other apps' codes, which people hold out by mistake, told apart by how they begin: payment codes above all.

Payment codes that a shop scans (付款码): WeChat Pay has 18 digits from 10 to 15, Alipay 16 to 24 from 25 to
30, as both publish for merchants; UnionPay's 19 begin with 62. Codes that collect money, and cards of other
apps, are links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from citizen_app.text import Text


@dataclass(frozen=True, slots=True)
class Foreign:
    """A kind of code that is not ours; `pattern` (also read by the kiosk page's script) matches it whole."""

    name: Text
    pattern: str


FOREIGN: Final = (
    Foreign(Text("微信付款码", "a WeChat payment code"), r"1[0-5][0-9]{16}"),
    Foreign(Text("支付宝付款码", "an Alipay payment code"), r"(2[5-9]|30)[0-9]{14,22}"),
    Foreign(Text("云闪付付款码", "a UnionPay payment code"), r"62[0-9]{17}"),
    Foreign(Text("微信二维码", "a WeChat code"), r"(wxp|weixin|https?://(weixin|u\.wechat|wx\.tenpay))[^ ]*"),
    Foreign(Text("支付宝二维码", "an Alipay code"), r"(alipays?:|https?://(qr|ds|render)\.alipay)[^ ]*"),
    Foreign(Text("云闪付二维码", "a UnionPay code"), r"(upwallet:|https?://qr\.95516)[^ ]*"),
)
IT_IS: Final = Text(
    "这是{name}，这里不收款，也没有扣款。", "This is {name}. Nothing is paid here, and nothing was charged."
)


def said_of_foreign(code: str) -> Text | None:
    """What to say of a text that is another app's code; None for any other text."""
    text = code.strip()
    for kind in FOREIGN:
        if re.fullmatch(kind.pattern, text, re.IGNORECASE):
            return IT_IS.fill(name=kind.name)
    return None
