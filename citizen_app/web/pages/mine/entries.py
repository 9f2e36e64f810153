"""What the start page of 我的 leads to, by section, in the order of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from citizen_app.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the start page: where it leads, and what one finds there."""

    address: str
    title: Text
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under one heading."""

    id: str
    title: Text
    entries: Sequence[Entry]


SECTIONS: Final = (
    Section(
        "code",
        Text("我的码", "My code"),
        (
            Entry(
                "/mine/notices",
                Text("我的消息", "My inbox"),
                Text("新的登录、邀请和服务通知", "New sign-ins, invitations, news of services"),
            ),
            Entry(
                "/mine/uses",
                Text("谁用过我的码", "Uses of my code"),
                Text("每次扫码，也有未通过的", "Every scan, refused ones too"),
            ),
            Entry(
                "/mine/looks",
                Text("谁看过我的信息", "Who looked at my details"),
                Text("哪个部门、什么理由", "Which office, for which reason"),
            ),
        ),
    ),
    Section(
        "money",
        Text("钱包", "Purse"),
        (
            Entry(
                "/mine/purse",
                Text("我的钱包", "My purse"),
                Text("余额、充值、账单、欠款", "Balance, top-up, statement, debts"),
            ),
        ),
    ),
    Section(
        "family",
        Text("家人", "Family"),
        (
            Entry(
                "/mine/family",
                Text("家人和代办", "Family and helpers"),
                Text("替父母孩子亮码，请人代办", "Show their codes, or let somebody act for you"),
            ),
        ),
    ),
    Section(
        "privacy",
        Text("我的信息", "My details"),
        (
            Entry(
                "/mine/claims",
                Text("我的身份和资格", "What is known of me"),
                Text("证件、年龄段、优待资格", "Documents, age, entitlements"),
            ),
            Entry(
                "/mine/consents",
                Text("我同意了什么", "What I agreed to"),
                Text("各项服务看什么，可撤回", "What services see; take it back"),
            ),
            Entry(
                "/mine/data",
                Text("我的数据", "My data"),
                Text("要一份全部信息的副本", "Have a copy of all that is kept of me"),
            ),
            Entry(
                "/notice",
                Text("隐私说明", "Privacy notice"),
                Text("各项服务看什么、为什么", "What each service sees, and why"),
            ),
        ),
    ),
    Section(
        "account",
        Text("账户", "Account"),
        (
            Entry(
                "/mine/sign-ins",
                Text("登录的地方", "Where I am signed in"),
                Text("让别处退出登录", "Sign out elsewhere"),
            ),
            Entry(
                "/mine/settings",
                Text("设置", "Settings"),
                Text("字号、深色、语言", "Text size, dark mode, language"),
            ),
            Entry(
                "/mine/leave",
                Text("注销账户", "Close my account"),
                Text("删除我的信息", "Have my data deleted"),
            ),
        ),
    ),
)
