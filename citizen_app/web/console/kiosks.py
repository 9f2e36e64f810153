"""Kiosks: creating, activating, how they are, revoking. Operators of one service see that service's only."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from flask import Response, make_response, url_for
from marshmallow import fields, validate

from citizen_app.clock import now
from citizen_app.codes.drawing import draw_plain_svg
from citizen_app.extensions import limiter
from citizen_app.kiosks import operations, pins, queries
from citizen_app.kiosks.activation import LINK_LIFETIME
from citizen_app.kiosks.activation_links import activation_link
from citizen_app.kiosks.models import Kiosk
from citizen_app.kiosks.schemas import KioskQuerySchema
from citizen_app.registry.modules import current_registry
from citizen_app.registry.state import module_of
from citizen_app.settings import current_settings
from citizen_app.text import Text
from citizen_app.usage.titles import purpose_title, service_title
from citizen_app.web.admin_api.kiosks import purposes_of
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.frame import asked, console_pages, form_view, go_on, may, render
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.said import said
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem

SENTENCES: Final[Mapping[str, Text]] = {
    "kiosks.title": Text("扫码设备", "Kiosks"),
    "kiosks.new": Text("登记设备", "Add a kiosk"),
    "kiosks.choose": Text("设备用于哪项服务？", "For which service?"),
    "kiosks.new_for": Text("登记设备：{service}", "Add a kiosk: {service}"),
    "kiosks.create": Text("登记", "Add"),
    "kiosks.name": Text("名称", "Name"),
    "kiosks.number": Text("编号", "Number"),
    "kiosks.service": Text("服务", "Service"),
    "kiosks.place": Text("地点", "Place"),
    "kiosks.purposes": Text("用途", "Purposes"),
    "kiosks.state": Text("状态", "State"),
    "kiosks.seen": Text("最近联系", "Last seen"),
    "kiosks.never": Text("从未", "never"),
    "kiosks.unreadable": Text("近 7 天读不懂的码", "Unreadable codes, 7 days"),
    "kiosks.none": Text("还没有设备", "No kiosks yet"),
    "kiosks.activation": Text("新的激活码", "New activation code"),
    "kiosks.code": Text("{name} 的激活码", "Activation code of {name}"),
    "kiosks.code_hint": Text(
        "只显示这一次，{until} 前有效。在设备上打开 {address}，输入激活码。",
        "Shown this once, good until {until}. On the device open {address} and enter the code.",
    ),
    "kiosks.picture": Text("激活页地址的二维码", "QR code of the address of the kiosk page"),
    "kiosks.link": Text("激活二维码", "Activation QR"),
    "kiosks.link_of": Text("{name} 的激活二维码", "Activation QR of {name}"),
    "kiosks.link_hint": Text(
        "用设备的摄像头扫一次即可激活，{until} 前有效；之前的激活码作废。",
        "The device's camera reads it once and is activated. Good until {until}; the code before is void.",
    ),
    "kiosks.pin": Text("新的 PIN", "New PIN"),
    "kiosks.pin_of": Text("{name} 的 PIN", "PIN of {name}"),
    "kiosks.pin_hint": Text(
        "只显示这一次。工作人员在设备上输入它进入设置；原来的 PIN 和锁定随即失效。",
        "Shown this once. Staff type it on the device for its settings; the PIN before, and a lock, are gone.",
    ),
    "kiosks.revoke": Text("吊销设备", "Revoke the kiosk"),
    "kiosks.revoke_title": Text("永久吊销 {name}？", "Revoke {name} for good?"),
    "kiosks.revoke_hint": Text("一秒内生效，不能恢复。", "Effective within a second; it cannot be undone."),
    "kiosks.done.revoked": Text("设备已吊销。", "The kiosk is revoked."),
}
STATES: Final[Mapping[str, Text]] = {
    "pending": Text("待激活", "to be activated"),
    "active": Text("使用中", "active"),
    "revoked": Text("已吊销", "revoked"),
}

pages = console_pages(
    "kiosks",
    Text("扫码设备", "Kiosks"),
    "things",
    read="kiosks.read",
    write="kiosks.manage",
    sentences=SENTENCES,
)


class NewKioskFormSchema(StrictSchema):
    """A kiosk, as a form asks for it."""

    name = fields.String(
        required=True,
        validate=[validate.Length(1, 80), validate.Regexp(r".*\S")],
        metadata={"label": Text("名称", "Name")},
    )
    purposes = fields.List(
        fields.String(validate=validate.Length(1, 40)),
        required=True,
        validate=validate.Length(1, 20),
        metadata={"label": Text("用途", "Purposes")},
    )
    place_zh = fields.String(
        required=True,
        validate=[validate.Length(1, 80), validate.Regexp(r".*\S")],
        metadata={"label": Text("地点（中文）", "Place (Chinese)")},
    )
    place_en = fields.String(
        required=True,
        validate=[validate.Length(1, 160), validate.Regexp(r".*\S")],
        metadata={"label": Text("地点（英文）", "Place (English)")},
    )


@pages.get("/")
def listed() -> str:
    """Kiosks, newest first."""
    reach = current_staff().services("kiosks.read")
    found = queries.kiosk_page(services=reach, **asked(KioskQuerySchema))
    return render("kiosks.html", found=found, states=STATES, service_title=service_title, now=now())


@pages.get("/new")
def choose() -> str:
    """For which service."""
    services = [module for module in current_registry() if may("kiosks.manage", module.id)]
    return render("kiosk_services.html", services=services)


@form_page(pages, "/new/<string:service>", NewKioskFormSchema)
def new(form: Form, service: str) -> str:
    """A kiosk of a service."""
    module = _mine(service)
    form.choose("purposes", [(one.id, one.title) for one in module.descriptor.purposes])
    title = said(service_title(service))
    return form_view(form, "kiosks.new_for", "kiosks.create", url_for(".listed"), service=title)


@new.sends
def _create(wanted: dict[str, Any], service: str) -> Response:
    _mine(service)
    kiosk, code = operations.create(
        name=wanted["name"],
        service=service,
        purposes=wanted["purposes"],
        place=Text(wanted["place_zh"], wanted["place_en"]),
        context={},
        purposes_of=purposes_of,
    )
    return _shown_once(kiosk, code)


@pages.get("/<id:kiosk_id>")
def one(kiosk_id: str) -> str:
    """One kiosk and how it is."""
    kiosk = queries.kiosk_or_404(kiosk_id, current_staff().services("kiosks.read"))
    titles = [purpose_title(kiosk.service, purpose) for purpose in kiosk.purposes]
    unreadable = sum(counter.count for counter in queries.unreadable_counts(kiosk.id))
    return render(
        "kiosk.html",
        kiosk=kiosk,
        titles=titles,
        unreadable=unreadable,
        states=STATES,
        service_title=service_title,
    )


@pages.post("/<id:kiosk_id>/activation-code")
def activation(kiosk_id: str) -> Response:
    """A fresh activation code."""
    kiosk, code = operations.new_activation_code(_managed(kiosk_id).id)
    return _shown_once(kiosk, code)


@pages.post("/<id:kiosk_id>/activation-link")
def activation_qr(kiosk_id: str) -> Response:
    """A fresh code as a symbol for the device's camera."""
    kiosk, code = operations.new_activation_code(_managed(kiosk_id).id, LINK_LIFETIME)
    symbol = _symbol(activation_link(code))
    return _once("link", kiosk, picture=symbol, until=kiosk.activation_expires_at)


@pages.post("/<id:kiosk_id>/pin")
@limiter.limit("60/minute")
def new_pin(kiosk_id: str) -> Response:
    """A PIN for whoever sets the device up; it unlocks it, too."""
    kiosk = _managed(kiosk_id)
    return _once("pin", kiosk, secret=pins.set_pin(kiosk.id))


@form_page(pages, "/<id:kiosk_id>/revoke")
def revoke(form: Form, kiosk_id: str) -> str:
    """The question."""
    kiosk = _managed(kiosk_id)
    back = url_for(".one", kiosk_id=kiosk_id)
    return form_view(
        form,
        "kiosks.revoke_title",
        "kiosks.revoke",
        back,
        hint="kiosks.revoke_hint",
        tone="danger",
        name=kiosk.name,
    )


@revoke.sends
def _revoke(wanted: dict[str, Any], kiosk_id: str) -> str:
    operations.revoke(_managed(kiosk_id).id)
    return go_on(url_for(".one", kiosk_id=kiosk_id), "revoked")


def _mine(service: str) -> Any:
    module = module_of(service)
    if not may("kiosks.manage", service):
        raise Problem("not-found")
    return module


def _managed(kiosk_id: str) -> Kiosk:
    kiosk = queries.kiosk_or_404(kiosk_id, current_staff().services("kiosks.read"))
    current_staff().require("kiosks.manage", kiosk.service)
    return kiosk


def _shown_once(kiosk: Kiosk, code: str) -> Response:
    address = f"{current_settings().public_url}/kiosk"
    shown = {"code": code, "address": address, "picture": _symbol(address)}
    return make_response(render("kiosk_code.html", kiosk=kiosk, **shown))


def _once(what: str, kiosk: Kiosk, **shown: Any) -> Response:
    page = make_response(render("kiosk_once.html", what=what, kiosk=kiosk, **shown))
    page.headers["Cache-Control"] = "no-store"
    return page


def _symbol(address: str) -> str:
    """An address as a QR symbol for an `<img>`."""
    drawn = base64.b64encode(draw_plain_svg(address, "QR")).decode()
    return f"data:image/svg+xml;base64,{drawn}"
