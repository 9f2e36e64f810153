"""The closed list of reasons, each with what the screen says, what to do next, and what the loudspeaker says.

Those for which a code is not even read belong to the code's format, which a kiosk can carry alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from citizen_app.codes.format import Reason as CodeReason
from citizen_app.text import Text

Reason = Literal[
    "ok",
    CodeReason,
    "revoked",
    "suspended",
    "kind_not_accepted",
    "purpose_not_permitted",
    "service_disabled",
    "assurance_too_low",
    "consent_missing",
    "delegation_invalid",
    "limit_reached",
    "second_look_needed",
    "replayed",
    "bundle_too_old",
    "service_refused",
    "service_unavailable",
]

NAMELESS: Final[frozenset[Reason]] = frozenset({"malformed", "unknown_issuer", "bad_signature"})
"""Reasons that name no citizen: they leave a counter per kiosk and no usage event."""
NO_ANSWER: Final[Reason] = "service_unavailable"
"""The service failed over a scan, or was not asked. Online that is an event; of what was uploaded later, and
is sent again, a counter per kiosk."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a person is told for a reason."""

    title: Text
    next_step: Text
    speak: Text


def _words(zh: str, en: str, next_zh: str, next_en: str, speak_zh: str, speak_en: str) -> Words:
    return Words(Text(zh, en), Text(next_zh, next_en), Text(speak_zh, speak_en))


WORDS: Final[dict[Reason, Words]] = {
    "ok": _words("通过", "Accepted", "请通行", "Please go ahead", "通过", "Accepted"),
    "malformed": _words(
        "无法识别此码",
        "Not a citizen code",
        "请打开市民码后重新扫码",
        "Open your citizen code and scan again",
        "无法识别，请出示市民码",
        "Not recognised, please show your citizen code",
    ),
    "unknown_issuer": _words(
        "不是受认可城市的码",
        "Issuer not recognised",
        "请使用本市或互认城市的市民码",
        "Use a code of this city or a recognised one",
        "该码未被认可",
        "Code not recognised",
    ),
    "bad_signature": _words(
        "码已损坏或系伪造",
        "Code damaged or forged",
        "请在官方应用中刷新后重试",
        "Refresh it in the official app and try again",
        "该码无效，请刷新",
        "Invalid code, please refresh",
    ),
    "expired": _words(
        "码已过期",
        "Code expired",
        "请刷新市民码后重新扫码",
        "Refresh your code and scan again",
        "码已过期，请刷新",
        "Code expired, please refresh",
    ),
    "not_yet_valid": _words(
        "码尚未生效",
        "Code not yet valid",
        "请核对手机时间后刷新",
        "Check the time on your phone, then refresh",
        "码尚未生效",
        "Code not yet valid",
    ),
    "stale_proof": _words(
        "码已不是最新",
        "Code is not fresh",
        "截图无效；请打开市民码，并核对手机时间",
        "Screenshots do not work; open the live code and check your phone's clock",
        "请打开最新的市民码",
        "Please open the live code",
    ),
    "clock_skew": _words(
        "时间不一致",
        "Clocks disagree",
        "请核对手机或设备的时间",
        "Check the clock of the phone or the device",
        "时间不一致，请核对时间",
        "Clocks disagree, please check the time",
    ),
    "revoked": _words(
        "码已作废",
        "Code withdrawn",
        "请重新申领，或到服务窗口办理",
        "Get a new one, or ask at a counter",
        "该码已作废",
        "Code withdrawn",
    ),
    "suspended": _words(
        "账号已停用",
        "Account suspended",
        "请到服务窗口咨询",
        "Please ask at a service counter",
        "请到服务窗口咨询",
        "Please ask at a counter",
    ),
    "kind_not_accepted": _words(
        "此处不接受这种码",
        "This kind of code is not accepted here",
        "请换用手机上的动态码",
        "Use the live code on your phone",
        "请换用手机动态码",
        "Please use the live code",
    ),
    "challenge_required": _words(
        "请先扫描设备上的码",
        "Scan the device's code first",
        "用手机扫描本机屏幕后再出示",
        "Scan this screen with your phone, then show your code",
        "请先扫描本机屏幕",
        "Please scan this screen first",
    ),
    "purpose_not_permitted": _words(
        "本设备不能办理此事",
        "This device may not do that",
        "请使用对应的设备或窗口",
        "Use the right device or counter",
        "本设备不能办理",
        "Not possible at this device",
    ),
    "service_disabled": _words(
        "服务暂停",
        "Service switched off",
        "请到服务窗口办理",
        "Please go to a counter",
        "服务暂停",
        "Service not available",
    ),
    "assurance_too_low": _words(
        "需要更高等级的实名认证",
        "Stronger identification needed",
        "请先在应用中实名认证，或到窗口核验",
        "Verify your name in the app, or at a counter",
        "请先完成实名认证",
        "Please verify your name first",
    ),
    "consent_missing": _words(
        "尚未同意",
        "Consent missing",
        "请在市民码页面同意后再扫，码未作废",
        "Agree on your code page, then scan again; the code is still good",
        "请先在手机上同意",
        "Please agree on your phone first",
    ),
    "delegation_invalid": _words(
        "代办授权无效",
        "Delegation not valid",
        "请家人重新授权",
        "Ask your family member to renew it",
        "代办授权无效",
        "Delegation not valid",
    ),
    "limit_reached": _words(
        "已达使用上限",
        "Limit reached",
        "请稍后再试或到窗口办理",
        "Try later or go to a counter",
        "已达上限",
        "Limit reached",
    ),
    "second_look_needed": _words(
        "请核对本人",
        "Check the person",
        "请工作人员按提示核对",
        "Staff: please check as asked",
        "请核对",
        "Please check",
    ),
    "replayed": _words(
        "此码已使用",
        "Code already used",
        "请刷新市民码后重新扫码",
        "Refresh your code and scan again",
        "此码已使用，请刷新",
        "Already used, please refresh",
    ),
    "bundle_too_old": _words(
        "设备数据过旧",
        "Device data too old",
        "请工作人员联网更新设备",
        "Staff: connect the device to update it",
        "设备需要更新",
        "Device needs an update",
    ),
    "service_refused": _words(
        "未通过", "Refused", "请按提示办理", "Please follow the instructions", "未通过", "Refused"
    ),
    "service_unavailable": _words(
        "服务暂时不可用",
        "Service temporarily unavailable",
        "请稍后重试，或找工作人员",
        "Try again shortly, or ask the staff",
        "服务暂时不可用",
        "Service temporarily unavailable",
    ),
}

if set(WORDS) != set(get_args(Reason)):  # the list and the words are one thing
    raise RuntimeError("reasons and words differ")
