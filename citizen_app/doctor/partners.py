"""Checks of the keys that other systems hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from citizen_app import clock
from citizen_app.doctor.findings import Check, Fault, warning
from citizen_app.partners.queries import ended_partners, idle_partners
from citizen_app.text import Text

IDLE_DAYS: Final = 90


def partner_keys() -> Iterator[Fault]:
    """Every key that a system holds is valid, and used."""
    moment = clock.now()
    for partner in ended_partners(moment):
        yield warning(
            Text(
                f"系统“{partner.name}”（{partner.service}）的密钥已过期",
                f"The key of {partner.name!r} ({partner.service}) has ended",
            ),
            Text("它的每次请求都得到 401。", "Each of its requests gets a 401."),
            Text(
                "在控制台“接入系统”中延长有效期，或吊销。",
                "Under Partners in the console, set a later end or revoke it.",
            ),
        )
    for partner in idle_partners(moment, IDLE_DAYS):
        yield warning(
            Text(
                f"系统“{partner.name}”（{partner.service}）的密钥 {IDLE_DAYS} 天没有使用",
                f"The key of {partner.name!r} ({partner.service}) was not used for {IDLE_DAYS} days",
            ),
            Text("没有人会发现它丢失或被盗。", "Nobody would notice that it was lost or stolen."),
            Text(
                f"不再需要就吊销：flask --app wsgi partners revoke {partner.id}",
                f"If nobody needs it: flask --app wsgi partners revoke {partner.id}",
            ),
        )


CHECKS: Final = (Check("partners", Text("接入系统", "Partners"), partner_keys),)
