"""Partners: other systems that call a service with a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, make_response, url_for

from citizen_app.partners import operations, queries
from citizen_app.partners.models import PartnerSystem
from citizen_app.partners.operations import NewKey
from citizen_app.partners.schemas import (
    KeyRotationSchema,
    PartnerChangeSchema,
    PartnerFormSchema,
    PartnerQuerySchema,
)
from citizen_app.registry.modules import current_registry
from citizen_app.registry.state import module_of
from citizen_app.text import Text
from citizen_app.usage.titles import service_title
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.frame import asked, console_pages, form_view, go_on, may, render
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.said import said
from citizen_app.wire.problems import Problem

SENTENCES: Final[Mapping[str, Text]] = {
    "partners.title": Text("接入系统", "Partners"),
    "partners.lead": Text(
        "医院、运营单位等的系统凭密钥调用一项服务，只限一个单位和所给的权限范围。",
        "Systems of hospitals or operators call one service with a key: for one unit and the scopes given.",
    ),
    "partners.new": Text("签发密钥", "Hand out a key"),
    "partners.choose": Text("用于哪项服务？", "For which service?"),
    "partners.no_services": Text(
        "没有服务声明可供系统调用的权限范围", "No service declares scopes for partners"
    ),
    "partners.new_for": Text("签发密钥：{service}", "Hand out a key: {service}"),
    "partners.create": Text("签发", "Hand out"),
    "partners.name": Text("系统名称", "System"),
    "partners.service": Text("服务", "Service"),
    "partners.unit": Text("单位", "Unit"),
    "partners.scopes": Text("权限范围", "Scopes"),
    "partners.per_minute": Text("每分钟最多请求数", "Requests per minute, at most"),
    "partners.state": Text("状态", "State"),
    "partners.used": Text("最近使用", "Last used"),
    "partners.never": Text("从未", "never"),
    "partners.created": Text("签发", "Handed out"),
    "partners.expires": Text("有效期至", "Valid until"),
    "partners.no_end": Text("直到吊销", "until it is revoked"),
    "partners.both_until": Text("旧密钥有效至", "Old key valid until"),
    "partners.old_used": Text("旧密钥最近使用", "Old key last used"),
    "partners.none": Text("还没有接入系统", "No partners yet"),
    "partners.change": Text("修改", "Change"),
    "partners.change_title": Text("修改 {name}", "Change {name}"),
    "partners.save": Text("保存", "Save"),
    "partners.rotate": Text("更换密钥", "Replace the key"),
    "partners.rotate_ask": Text("更换 {name} 的密钥？", "Replace the key of {name}?"),
    "partners.rotate_hint": Text(
        "新密钥只显示一次。旧密钥在所选时间内继续有效；再早的密钥立即失效。",
        "The new key is shown once. The old one stays valid for as long as you say; one from before that ends now.",
    ),
    "partners.key_of": Text("{name} 的密钥", "The key of {name}"),
    "partners.shown_once": Text(
        "只显示这一次，请经安全渠道交给系统的负责人。请求时放在 Authorization: Bearer 里。",
        "Shown this once: hand it safely to whoever runs the system, which sends it as Authorization: Bearer.",
    ),
    "partners.revoke": Text("吊销", "Revoke"),
    "partners.revoke_ask": Text("永久吊销 {name}？", "Revoke {name} for good?"),
    "partners.revoke_hint": Text(
        "一秒内生效，它的所有密钥失效，不能恢复。",
        "Effective within a second: all of its keys end. It cannot be undone.",
    ),
    "partners.done.changed": Text("已保存。", "Saved."),
    "partners.done.revoked": Text("系统已吊销。", "The partner is revoked."),
}
STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "active": (Text("有效", "valid"), "success"),
    "expired": (Text("已过期", "ended"), "warning"),
    "revoked": (Text("已吊销", "revoked"), "secondary"),
}
"""In words, and the colour of the badge."""

pages = console_pages(
    "partners",
    Text("接入系统", "Partners"),
    "things",
    read="partners.read",
    write="partners.manage",
    sentences=SENTENCES,
)


@pages.get("/")
def listed() -> str:
    """Partners, newest first."""
    reach = current_staff().services("partners.read")
    found = queries.partner_page(reach, **asked(PartnerQuerySchema))
    units = {service: _units(service) for service in {partner.service for partner in found.items}}
    return render("partners.html", found=found, states=STATES, service_title=service_title, units=units)


@pages.get("/new")
def choose() -> str:
    """For which service."""
    offered = [
        module
        for module in current_registry()
        if may("partners.manage", module.id) and module.descriptor.partner_scopes
    ]
    return render("partner_services.html", services=offered)


@form_page(pages, "/new/<string:service>", PartnerFormSchema)
def new(form: Form, service: str) -> str:
    """A partner of a service."""
    _manages(service)
    form.choose("scopes", _scopes(service))
    units = operations.units_for(service)
    if units:
        form.choose("unit", units)
    title = said(service_title(service))
    return form_view(form, "partners.new_for", "partners.create", url_for(".listed"), service=title)


@new.sends
def _create(wanted: dict[str, Any], service: str) -> Response:
    _manages(service)
    return _shown_once(operations.create(service, **wanted))


@pages.get("/<id:partner_id>")
def one(partner_id: str) -> str:
    """One partner."""
    found = queries.partner_or_404(partner_id, current_staff().services("partners.read"))
    titles = dict(_scopes(found.service))
    return render(
        "partner.html",
        partner=found,
        state=STATES[found.state],
        service_title=service_title,
        unit=_units(found.service).get(found.unit),
        scopes=[titles.get(scope, Text(scope, scope)) for scope in found.scopes],
    )


@form_page(pages, "/<id:partner_id>/change", PartnerChangeSchema)
def change(form: Form, partner_id: str) -> str:
    """Its name, scopes, limit and end."""
    found = _managed(partner_id)
    form.start(name=found.name, scopes=found.scopes, per_minute=found.per_minute, expires_at=found.expires_at)
    form.choose("scopes", _scopes(found.service))
    back = url_for(".one", partner_id=partner_id)
    return form_view(form, "partners.change_title", "partners.save", back, name=found.name)


@change.sends
def _change(wanted: dict[str, Any], partner_id: str) -> str:
    operations.change(_managed(partner_id).id, **wanted)
    return go_on(url_for(".one", partner_id=partner_id), "changed")


@form_page(pages, "/<id:partner_id>/rotate", KeyRotationSchema)
def rotate(form: Form, partner_id: str) -> str:
    """Whether to replace its key."""
    back, name = url_for(".one", partner_id=partner_id), _managed(partner_id).name
    hint = "partners.rotate_hint"
    return form_view(form, "partners.rotate_ask", "partners.rotate", back, hint=hint, name=name)


@rotate.sends
def _rotate(wanted: dict[str, Any], partner_id: str) -> Response:
    return _shown_once(operations.rotate(_managed(partner_id).id, **wanted))


@form_page(pages, "/<id:partner_id>/revoke")
def revoke(form: Form, partner_id: str) -> str:
    """The question."""
    back, name = url_for(".one", partner_id=partner_id), _managed(partner_id).name
    hint = "partners.revoke_hint"
    return form_view(
        form, "partners.revoke_ask", "partners.revoke", back, hint=hint, tone="danger", name=name
    )


@revoke.sends
def _revoke(_: dict[str, Any], partner_id: str) -> str:
    operations.revoke(_managed(partner_id).id)
    return go_on(url_for(".one", partner_id=partner_id), "revoked")


def _scopes(service: str) -> list[tuple[str, Text]]:
    module = current_registry().get(service)
    return [] if module is None else list(module.descriptor.partner_scopes.items())


def _units(service: str) -> dict[str, Text]:
    return {} if current_registry().get(service) is None else dict(operations.units_for(service))


def _manages(service: str) -> None:
    module_of(service)
    if not may("partners.manage", service):
        raise Problem("not-found")


def _managed(partner_id: str) -> PartnerSystem:
    found = queries.partner_or_404(partner_id, current_staff().services("partners.read"))
    current_staff().require("partners.manage", found.service)
    return found


def _shown_once(made: NewKey) -> Response:
    page = make_response(render("partner_key.html", partner=made.partner, key=made.key))
    page.headers["Cache-Control"] = "no-store"
    return page
