"""The acts that need a second person (ASVS V2.3.5), and what happens when one is approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from citizen_app.audit.operations import record
from citizen_app.codes import keys
from citizen_app.payments import staff_refunds
from citizen_app.payments.orders import in_yuan
from citizen_app.registry import state
from citizen_app.text import Text
from citizen_app.usage.titles import service_title
from citizen_app.wire.problems import Problem

RECEIPT: Final = Text("编号 {number}", "no. {number}")


@dataclass(frozen=True, slots=True)
class Act:
    """Something that one person asks for and another, who has the same permission, decides. `execute` runs in
    the unit of work of the decision."""

    id: str
    title: Text
    permission: str
    execute: Callable[[Mapping[str, Any]], None]
    about: Callable[[Mapping[str, Any]], Sequence[Text]] | None = None
    """What it is about, in words; without it the values of the parameters."""


def _widen(parameters: Mapping[str, Any]) -> None:
    """Enable a service with the fields that were asked for: what it declares since is not among them."""
    state.enable(parameters["service"], frozenset(parameters["scopes"]))
    record("service.enable", "service", parameters["service"], scopes=sorted(parameters["scopes"]))


def _trust(parameters: Mapping[str, Any]) -> None:
    try:
        kid = keys.rotate(parameters["use"], lead=keys.seconds(parameters["lead_seconds"]))
    except LookupError as error:
        raise Problem("conflict") from error
    record("key.rotate", "signing_key", kid, use=parameters["use"])


def _enable_key(parameters: Mapping[str, Any]) -> None:
    try:
        keys.enable(parameters["kid"])
    except LookupError as error:
        raise Problem("not-found") from error
    record("key.enable", "signing_key", parameters["kid"])


def _refund(parameters: Mapping[str, Any]) -> None:
    staff_refunds.refund_by_staff(
        parameters["charge_id"],
        parameters["amount"],
        refund_id=parameters["refund_id"],
        reason=parameters["reason"],
    )


def _about_refund(parameters: Mapping[str, Any]) -> Sequence[Text]:
    return (
        service_title(parameters["service"]),
        in_yuan(parameters["amount"]),
        RECEIPT.fill(number=parameters["charge_id"]),
    )


def _nothing(parameters: Mapping[str, Any]) -> None:
    """What was approved is used afterwards, or was done before."""


ACTS: Final[Mapping[str, Act]] = {
    act.id: act
    for act in (
        Act(
            "service.scopes",
            Text("让服务看到更多字段", "Let a service see more fields"),
            "services.manage",
            _widen,
        ),
        Act(
            "usage.export", Text("导出大量使用记录", "Export much of the usage log"), "usage.export", _nothing
        ),
        Act("key.trust", Text("启用新的签发密钥", "Trust a new issuer key"), "keys.manage", _trust),
        Act("key.enable", Text("恢复已停用的密钥", "Trust a disabled key again"), "keys.manage", _enable_key),
        Act(
            staff_refunds.ACT,
            Text("退还较大的金额", "Refund a large amount"),
            "payments.refund",
            _refund,
            _about_refund,
        ),
        Act("key.disable", Text("停用签发密钥", "Disable an issuer key"), "keys.manage", _nothing),
    )
}
