"""What the frame of the console says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

FRAME: Final[Mapping[str, Text]] = {
    "frame.title": Text("{city}市民码管理台", "{city} Citizen Code console"),
    "frame.navigation": Text("管理台导航", "Console navigation"),
    "frame.menu": Text("菜单", "Menu"),
    "frame.sign_out": Text("退出登录", "Sign out"),
    "frame.dark": Text("深色", "Dark"),
    "frame.light": Text("浅色", "Light"),
    "frame.back": Text("返回", "Back"),
    "frame.more": Text("显示更多", "Show more"),
    "frame.filter": Text("筛选", "Filter"),
    "frame.sign_in": Text("工作人员登录", "Staff sign-in"),
    "frame.sign_in_lead": Text(
        "用户名、密码和身份验证器上的六位数字。连续错五次，账号锁定 15 分钟。",
        "User name, password and the six digits of your authenticator. Five wrong attempts lock the account for 15 minutes.",
    ),
    "frame.sign_in_send": Text("登录", "Sign in"),
    "frame.demo_staff": Text("演示账号", "Demo accounts"),
    "frame.rules": Text(
        "离开 15 分钟自动退出，登录最长 8 小时。",
        "You are signed out after 15 idle minutes and after 8 hours at the latest.",
    ),
    "frame.home": Text("您可以办理", "What you can do"),
    "frame.home_none": Text(
        "您的账号还没有角色，请联系安全管理员。",
        "Your account has no role yet. Please ask a security administrator.",
    ),
}
