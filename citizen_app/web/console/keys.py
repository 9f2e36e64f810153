"""Issuer keys: trusting and re-enabling need a second person, disabling works at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import url_for
from marshmallow import fields, validate

from citizen_app.approvals.operations import ask, done_at_once
from citizen_app.audit.operations import record
from citizen_app.codes import keys
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.frame import console_pages, form_view, go_on, render
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem

SENTENCES: Final[Mapping[str, Text]] = {
    "keys.title": Text("签发密钥", "Issuer keys"),
    "keys.kid": Text("编号", "Key"),
    "keys.use": Text("用途", "Use"),
    "keys.state": Text("状态", "State"),
    "keys.since": Text("启用时间", "Signs from"),
    "keys.rotate_by": Text("应轮换于", "Rotate by"),
    "keys.rotate": Text("启用新密钥", "Trust a new key"),
    "keys.rotate_hint": Text(
        "另一位安全管理员批准后生效；旧密钥签发的码仍然有效。",
        "Takes effect when another security administrator approves. Codes of older keys stay valid.",
    ),
    "keys.ask": Text("提交申请", "Ask for approval"),
    "keys.disable": Text("停用", "Disable"),
    "keys.disable_title": Text("立即停用密钥 {kid}？", "Disable the key {kid} at once?"),
    "keys.disable_hint": Text(
        "它签发的码立刻全部失效。请另一位安全管理员在 24 小时内确认。",
        "Every code it signed is refused from now on. Another security administrator confirms it within 24 hours.",
    ),
    "keys.enable": Text("恢复", "Trust again"),
    "keys.enable_title": Text("申请恢复密钥 {kid}？", "Ask to trust the key {kid} again?"),
    "keys.done.asked": Text("已申请，等待另一人批准。", "Asked for; a second person decides."),
    "keys.done.disabled": Text(
        "密钥已停用，等待另一人确认。", "The key is disabled; a second person confirms it."
    ),
}
USES: Final[Mapping[str, Text]] = {
    "codes": Text("签发市民码", "Codes"),
    "bundles": Text("签发设备数据包", "Bundles for kiosks"),
}
STATES: Final[Mapping[str, Text]] = {
    "active": Text("正在签发", "signing"),
    "passive": Text("只验证", "verifying only"),
    "disabled": Text("已停用", "disabled"),
}

pages = console_pages(
    "keys",
    Text("签发密钥", "Issuer keys"),
    "people",
    read="keys.read",
    write="keys.manage",
    sentences=SENTENCES,
)


class NewKeySchema(StrictSchema):
    """What the new key is for."""

    use = fields.String(
        required=True,
        validate=validate.OneOf(list(USES)),
        metadata={"label": Text("用途", "Use"), "titles": USES},
    )
    reason = fields.String(
        required=True,
        validate=validate.Length(1, 100),
        metadata={"label": Text("理由", "Reason")},
    )


class ReasonSchema(StrictSchema):
    """Why."""

    reason = fields.String(
        required=True, validate=validate.Length(1, 100), metadata={"label": Text("理由", "Reason")}
    )


@pages.get("/")
def listed() -> str:
    """The inventory."""
    moments = ("activate_at", "rotate_by")
    found = [
        {**key, **{name: datetime.fromisoformat(key[name]) for name in moments}} for key in keys.describe()
    ]
    return render("keys.html", keys=found, uses=USES, states=STATES)


@form_page(pages, "/rotate", NewKeySchema)
def rotate(form: Form) -> str:
    """Ask for a new key."""
    form.start(use="codes")
    return form_view(form, "keys.rotate", "keys.ask", url_for(".listed"), hint="keys.rotate_hint")


@rotate.sends
def _rotate(wanted: dict[str, Any]) -> str:
    lead = int(keys.LEAD.total_seconds())
    parameters = {"use": wanted["use"], "lead_seconds": lead}
    ask("key.trust", parameters, current_staff(), reason=wanted["reason"])
    return go_on(url_for(".listed"), "asked")


@form_page(pages, "/<string(length=8):kid>/enable", ReasonSchema)
def enable(form: Form, kid: str) -> str:
    """Ask to trust a key again."""
    _known(kid)
    return form_view(form, "keys.enable_title", "keys.ask", url_for(".listed"), kid=kid)


@enable.sends
def _enable(wanted: dict[str, Any], kid: str) -> str:
    _known(kid)
    ask("key.enable", {"kid": kid}, current_staff(), reason=wanted["reason"])
    return go_on(url_for(".listed"), "asked")


@form_page(pages, "/<string(length=8):kid>/disable")
def disable(form: Form, kid: str) -> str:
    """The emergency."""
    _known(kid)
    back = url_for(".listed")
    return form_view(
        form, "keys.disable_title", "keys.disable", back, hint="keys.disable_hint", tone="danger", kid=kid
    )


@disable.sends
def _disable(wanted: dict[str, Any], kid: str) -> str:
    _known(kid)
    keys.disable(kid)
    record("key.disable", "signing_key", kid)
    done_at_once("key.disable", {"kid": kid}, current_staff())
    return go_on(url_for(".listed"), "disabled")


def _known(kid: str) -> None:
    try:
        keys.require_known(kid)
    except LookupError as error:
        raise Problem("not-found") from error
