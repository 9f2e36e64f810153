"""The pass service, declared: what its things are called, why somebody is not let in and what to do next, and
what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import (
    TOOLKIT_API,
    Act,
    CodeKind,
    DetailCode,
    Field,
    Figure,
    KioskAction,
    Notice,
    NoticeValue,
    OfflinePolicy,
    Purpose,
    Scope,
    ServiceModule,
    Text,
)

from .guide import GUIDE, SYNONYMS

KIND_TITLES: Final[Mapping[str, Text]] = {
    "compound": Text("住宅小区", "Residential compound"),
    "factory": Text("工厂园区", "Factory"),
    "checkpoint": Text("交通卡口", "Checkpoint"),
    "institution": Text("公共单位", "Public institution"),
}
ROLE_TITLES: Final[Mapping[str, Text]] = {
    "resident": Text("住户", "Resident"),
    "employee": Text("员工", "Employee"),
    "manager": Text("管理人员", "Management"),
}
BASIS_TITLES: Final[Mapping[str, Text]] = {
    "member": Text("名单内", "On the list"),
    "guest": Text("访客", "Guest"),
    "companion": Text("随行", "Brought along"),
    "anyone": Text("凭码通行", "Anyone with a code"),
    "emergency": Text("紧急开放", "Emergency"),
    "none": Text("无通行权", "Without a right"),
}
GATE: Final = Field(
    "gate",
    "string",
    Text("通道编号", "Gate"),
    required=False,
    maximum=20,
    listed=True,
)
OFFLINE: Final = OfflinePolicy(bundle_hours=24, online_codes=True)
"""Without a network the guard decides; what was read is uploaded later and recorded."""

BY_PHONE_TOO: Final[tuple[CodeKind, ...]] = ("online", "device", "paper", "delegate", "place")
"""At the counter of an institution a poster does: whoever signs in stands in the books, and no gate opens."""


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
        "not_a_counter",
        "此处不能登记",
        "No signing in here",
        "请在门口出示市民码。",
        "Show your citizen code at the gate.",
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

SERVICE: Final = ServiceModule(
    id="pass",
    version="1.2.0",
    toolkit_api=TOOLKIT_API,
    title=Text("通行凭证", "Pass"),
    summary=Text(
        "小区、工厂、卡口和单位凭码通行，邀请访客", "Enter compounds, factories and offices; invite guests"
    ),
    owner=Text("市公安局与社区", "City police and communities"),
    icon="gate",
    category="community",
    join_mode="fuse",
    purposes=(
        Purpose("enter", Text("进入", "Enter"), context=(GATE,), offline=OFFLINE),
        Purpose("exit", Text("离开", "Leave"), context=(GATE,), offline=OFFLINE),
        Purpose("sign_in", Text("到访登记（不开门）", "Sign in at a counter (opens no gate)"), BY_PHONE_TOO),
        Purpose(
            "sign_out", Text("离开登记（不开门）", "Sign out at a counter (opens no gate)"), BY_PHONE_TOO
        ),
    ),
    acts=(
        Act("invite", Text("邀请访客", "Invite a guest")),
        Act("end_invitation", Text("收回邀请", "End an invitation")),
        Act("apply", Text("申请加入", "Apply to a place")),
        Act("withdraw", Text("撤回申请", "Take an application back")),
        Act("decide", Text("审批申请", "Decide an application")),
        Act("membership", Text("变更成员资格", "Change a membership")),
    ),
    scopes=(
        Scope(
            "contact_ref",
            Text(
                "用于核对邀请您的主人或单位所填的手机号（不会得到号码）",
                "To match the phone number your host or employer gave; the number itself is not told",
            ),
            essential=True,
        ),
        Scope(
            "identity_ref",
            Text(
                "用于核对名单或邀请上所填的证件，仅在手机号对不上时使用（不会得到号码）",
                "To match the identity document on a list or an invitation, where the phone number does not do; "
                "the number itself is not told",
            ),
        ),
    ),
    details=DETAILS,
    settings=(
        Field(
            "repeat_seconds",
            "integer",
            Text(
                "同一通道重复刷码不再计次的时限（秒）",
                "A second scan at the same gate counts once within (s)",
            ),
            default=20,
            minimum=0,
            maximum=300,
        ),
        Field(
            "longest_emergency_hours",
            "integer",
            Text("紧急开放最长（小时）", "Longest emergency opening (hours)"),
            default=12,
            minimum=1,
            maximum=72,
        ),
    ),
    notices=(
        Notice(
            "guest_arrived",
            Text("访客已到", "Your guest is here"),
            Text("您的访客 {at} 进入{place}。", "Your guest came in at {at}: {place}."),
            values=(NoticeValue("at", "time"), NoticeValue("place")),
            channels=("sms", "email", "webhook"),
            link="guests",
        ),
    ),
    retention_days=7,
    guide=GUIDE,
    kiosk_actions=(
        KioskAction(Text("邀请访客", "Invite a guest"), "guests/new"),
        KioskAction(Text("我的地点和申请", "My places and applications"), "places"),
    ),
    synonyms=SYNONYMS,
    figures=(
        Figure("places", Text("场所", "Places")),
        Figure("gates", Text("通道", "Gates")),
        Figure("kiosks_at_gates", Text("通道上的设备", "Kiosks at gates")),
        Figure("open_emergencies", Text("进行中的紧急开放", "Open emergencies")),
        Figure("inside", Text("此刻在内的人数", "People inside")),
    ),
)
