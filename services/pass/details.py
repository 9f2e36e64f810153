"""Why somebody is not let in: every reason with its words and what to do next."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import DetailCode, Text


def _detail(code: str, zh: str, en: str, next_zh: str, next_en: str) -> DetailCode:
    return DetailCode(code, Text(zh, en), Text(next_zh, next_en))


DETAILS: Final = (
    _detail(
        "not_a_member",
        "不在名单内",
        "Not on the list",
        "访客请主人先邀请；住户和员工请在线申请。",
        "Guests: ask your host for an invitation. Residents and staff: apply online.",
    ),
    _detail(
        "not_yet",
        "尚未到时间",
        "Not yet",
        "请在约定的时间再来。",
        "Please come back at the agreed time.",
    ),
    _detail(
        "expired",
        "已过有效期",
        "No longer valid",
        "请主人重新邀请，或请管理处续期。",
        "Ask the host for a new invitation, or the management to renew.",
    ),
    _detail(
        "outside_hours",
        "不在开放时间",
        "Closed at this hour",
        "请在开放时间内再来。",
        "Please come back during opening hours.",
    ),
    _detail(
        "invitation_used",
        "邀请次数已用完",
        "Invitation already used",
        "请主人重新邀请。",
        "Ask your host for a new invitation.",
    ),
    _detail(
        "host_left",
        "邀请人已不在此处",
        "The host is no longer here",
        "请与邀请人或管理处联系。",
        "Contact your host or the management.",
    ),
    _detail("revoked", "通行权已撤销", "Pass revoked", "请与管理处联系。", "Contact the management."),
    _detail("suspended", "通行权已暂停", "Pass suspended", "请与管理处联系。", "Contact the management."),
    _detail(
        "wrong_gate",
        "请走其他通道",
        "Wrong gate",
        "请保安核对本机所在通道和方向。",
        "Guard: check the gate and the direction of this device.",
    ),
    _detail(
        "no_gate",
        "设备尚未绑定通道",
        "Device without a gate",
        "请操作员在后台绑定通道。",
        "Operator: bind this device to its gate.",
    ),
    _detail(
        "already_inside",
        "已在里面",
        "Already inside",
        "请先刷码离开；如有误请找保安。",
        "Scan out first; if this is a mistake, ask the guard.",
    ),
    _detail(
        "place_closed",
        "此处暂停通行",
        "This place is closed",
        "请看现场通知或与管理处联系。",
        "See the notice on site or contact the management.",
    ),
)
