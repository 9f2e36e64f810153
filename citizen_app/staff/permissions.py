"""What staff may be allowed: a closed list, the powers that must stay apart, and the roles an installation
starts with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from citizen_app.text import Text

OWN_ACCOUNT: Final = "account.own"
"""Every signed-in member of staff has it; personal access tokens never do, so a token cannot create
tokens."""

OPERATE: Final = "services.operate"
"""Held for a service by its operators: only they may call the service's own routes for staff."""

PERMISSIONS: Final[Mapping[str, Text]] = {
    OWN_ACCOUNT: Text("管理自己的账号与令牌", "Manage one's own account and tokens"),
    "services.read": Text("查看服务", "See services"),
    "services.manage": Text("启用、停用和设置服务", "Enable, disable and set up services"),
    OPERATE: Text("办理服务业务", "Operate a service: places, lists, entries"),
    "kiosks.read": Text("查看设备", "See kiosks"),
    "kiosks.manage": Text("登记、变更和吊销设备", "Enrol, change and revoke kiosks"),
    "partners.read": Text("查看接入系统", "See partners, the systems that call services"),
    "partners.manage": Text("签发和吊销系统密钥", "Hand out and revoke the keys of partners"),
    "usage.read": Text("查看使用统计", "See usage statistics"),
    "usage.export": Text("导出使用记录", "Export the usage log"),
    "keys.read": Text("查看签发密钥", "See issuer keys"),
    "keys.manage": Text("轮换和停用签发密钥", "Rotate and disable issuer keys"),
    "jobs.read": Text("查看后台任务", "See background jobs"),
    "jobs.manage": Text("运行后台任务", "Run background jobs"),
    "audit.read": Text("查看审计日志", "Read the audit log"),
    "staff.read": Text("查看工作人员", "See staff"),
    "staff.manage": Text("管理工作人员和角色", "Manage staff and roles"),
    "citizens.search": Text("按手机号、证件或姓名查找市民", "Find citizens by phone, document or name"),
    "citizens.serve": Text("在窗口为到场市民办理", "Serve citizens at a counter"),
    "claims.manage": Text("登记和撤销市民的身份属性", "Grant and revoke claims of citizens"),
    "payments.read": Text("查看收款和退款合计", "See takings and refunds in sums"),
    "payments.refund": Text("查找付款并办理退款", "Find a payment and refund it"),
    "payments.settle": Text("处理与支付机构的对账差异", "Settle differences with the payment provider"),
}

POWERS: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"services.manage", "kiosks.manage", "partners.manage", "jobs.manage"}),
    "security": frozenset({"staff.manage", "keys.manage"}),
    "audit": frozenset({"audit.read"}),
    "citizens": frozenset({"citizens.search", "citizens.serve", "claims.manage"}),
    "money": frozenset({"payments.settle"}),
}
"""三权分立 (GB/T 22239-2019 §8.1.4.2): nobody holds permissions of two, whatever the roles are called.
Whoever deals with citizens, or keeps the city's books, holds none of the three."""


def permission_of(service: str, permission_id: str) -> str:
    """The name of a permission that a service declares."""
    return f"{service}.{permission_id}"


def holds_in_units(permission: str) -> bool:
    """Whether a grant for one unit of a service brings the permission: what the service itself is about. Its
    kiosks and its statistics are the whole service's."""
    return permission == OPERATE or permission not in PERMISSIONS


@dataclass(frozen=True, slots=True)
class DefaultRole:
    """A role that an installation starts with."""

    id: str
    title: Text
    permissions: tuple[str, ...]


DEFAULT_ROLES: Final = (
    DefaultRole(
        "system_admin",
        Text("系统管理员", "System admin"),
        (
            "services.read",
            "services.manage",
            "kiosks.read",
            "kiosks.manage",
            "partners.read",
            "partners.manage",
            "usage.read",
            "jobs.read",
            "jobs.manage",
        ),
    ),
    DefaultRole(
        "security_admin",
        Text("安全管理员", "Security admin"),
        ("services.read", "keys.read", "keys.manage", "staff.read", "staff.manage"),
    ),
    DefaultRole(
        "auditor",
        Text("审计管理员", "Auditor"),
        (
            "services.read",
            "kiosks.read",
            "partners.read",
            "usage.read",
            "usage.export",
            "keys.read",
            "jobs.read",
            "audit.read",
            "staff.read",
            "payments.read",
        ),
    ),
    DefaultRole(
        "service_operator",
        Text("服务操作员", "Service operator"),
        (
            "services.read",
            OPERATE,
            "kiosks.read",
            "kiosks.manage",
            "partners.read",
            "usage.read",
            "usage.export",
            "payments.read",
            "payments.refund",
        ),
    ),
    DefaultRole(
        "desk_clerk",
        Text("窗口工作人员", "Desk clerk"),
        ("services.read", "citizens.search", "citizens.serve", "claims.manage"),
    ),
    DefaultRole("hotline_clerk", Text("热线工作人员", "Hotline clerk"), ("services.read", "citizens.search")),
    DefaultRole(
        "finance_clerk",
        Text("财务人员", "Finance clerk"),
        ("services.read", "payments.read", "payments.refund", "payments.settle"),
    ),
)


def powers_of(permissions: Iterable[str]) -> frozenset[str]:
    """Which of the separated powers the permissions touch; more than one is refused."""
    held = set(permissions)
    return frozenset(power for power, belongs in POWERS.items() if held & belongs)
