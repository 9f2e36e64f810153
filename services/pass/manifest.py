"""The pass service, declared."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import (
    TOOLKIT_API,
    Field,
    OfflinePolicy,
    Purpose,
    Scope,
    ServiceModule,
    Text,
)

from .details import DETAILS

GATE: Final = Field(
    "gate",
    "string",
    Text("通道编号", "Gate"),
    required=False,
    maximum=20,
)
OFFLINE: Final = OfflinePolicy(bundle_hours=24, online_codes=True)
"""Without a network the guard decides; what was read is uploaded later and recorded."""

SERVICE: Final = ServiceModule(
    id="pass",
    version="1.1.0",
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
    ),
    scopes=(
        Scope(
            "contact_ref",
            Text(
                "用于核对邀请您的主人或单位所填的手机号（不会得到号码）",
                "To match the phone number your host or employer gave; the number itself is not told",
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
    retention_days=7,
)
