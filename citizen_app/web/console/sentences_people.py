"""What the pages about staff say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

SENTENCES: Final[Mapping[str, Text]] = {
    "people.title": Text("工作人员", "Staff"),
    "people.new": Text("邀请工作人员", "Invite somebody"),
    "people.new_hint": Text(
        "系统生成一次性令牌，由本人设定密码和身份验证器，您不会知道。",
        "A one-time token is made; the person chooses password and authenticator, and you never know them.",
    ),
    "people.invite": Text("生成令牌", "Make the token"),
    "people.name": Text("用户名", "User name"),
    "people.roles": Text("角色", "Roles"),
    "people.state": Text("状态", "State"),
    "people.seen": Text("最近登录", "Last sign-in"),
    "people.never": Text("从未", "never"),
    "people.active": Text("正常", "active"),
    "people.disabled": Text("已停用", "disabled"),
    "people.inactive": Text("90 天未用，已停用", "disabled, unused for 90 days"),
    "people.locked": Text("已锁定至 {until}", "locked until {until}"),
    "people.grant": Text("授予", "Give"),
    "people.grant_to": Text("授予 {username} 角色", "Give {username} a role"),
    "people.give": Text("授予角色", "Give a role"),
    "people.revoke": Text("收回", "Take back"),
    "people.revoke_of": Text("收回 {username} 的角色？", "Take the role of {username} back?"),
    "people.none": Text("还没有角色", "No role yet"),
    "people.enable": Text("重新启用", "Enable again"),
    "people.disable": Text("停用账号", "Disable the account"),
    "people.unlock": Text("解除锁定", "Unlock"),
    "people.sign_out": Text("结束全部登录", "End all sessions"),
    "people.renew": Text("重设密码和验证器", "Renew password and authenticator"),
    "people.token": Text("给 {username} 的一次性令牌", "One-time token for {username}"),
    "people.token_hint": Text(
        "只显示这一次，24 小时内有效。请当面或通过可靠渠道交给本人，在 {address} 输入。",
        "Shown this once, good for 24 hours. Hand it over in person or by a safe channel; it is entered at {address}.",
    ),
    "people.done.granted": Text("已授予。", "Given."),
    "people.done.revoked": Text("已收回，立即生效。", "Taken back, effective at once."),
    "people.done.enable": Text("已启用。", "Enabled."),
    "people.done.disable": Text("已停用，登录全部结束。", "Disabled; all sessions have ended."),
    "people.done.unlock": Text("已解除锁定。", "Unlocked."),
    "people.done.sign_out": Text("全部登录已结束。", "All sessions have ended."),
}
