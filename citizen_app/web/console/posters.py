"""Posters that citizens' phones read: what hangs where, printing, taking out of use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import url_for
from marshmallow import fields, validate

from citizen_app.kiosks import places, posters
from citizen_app.kiosks.models import PlaceCode
from citizen_app.kiosks.place_schemas import PlaceCodeQuerySchema
from citizen_app.kiosks.posters import PLACE_KIND
from citizen_app.registry.modules import current_registry
from citizen_app.registry.public_pages import is_public_page
from citizen_app.registry.state import module_of
from citizen_app.text import Text
from citizen_app.usage.titles import service_title
from citizen_app.web.admin_api.kiosks import purposes_of
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.frame import asked, console_pages, form_view, go_on, may, render
from citizen_app.web.console.kiosks import NewKioskFormSchema
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.said import said
from citizen_app.wire.problems import Problem

TITLE: Final = Text("场所码海报", "Posters")
SENTENCES: Final[Mapping[str, Text]] = {
    "posters.title": TITLE,
    "posters.lead": Text(
        "贴在现场，市民用自己的手机扫。海报丢失或被人调换时重印，旧的立即作废。",
        "They hang on the spot and are read by citizens' phones. Print one anew when it is lost or was swapped: the old one is void at once.",
    ),
    "posters.none": Text("还没有海报", "No posters yet"),
    "posters.new": Text("新增海报", "Add a poster"),
    "posters.choose": Text("海报用于哪项服务？", "For which service?"),
    "posters.choose_none": Text("没有服务接受场所码", "No service takes place codes"),
    "posters.new_for": Text("新增海报：{service}", "Add a poster: {service}"),
    "posters.make": Text("生成", "Make it"),
    "posters.number": Text("编号", "Number"),
    "posters.name": Text("名称", "Name"),
    "posters.service": Text("服务", "Service"),
    "posters.place": Text("地点", "Place"),
    "posters.says": Text("海报标题", "What it says"),
    "posters.printed": Text("印制时间", "Printed"),
    "posters.state": Text("状态", "State"),
    "posters.hangs": Text("使用中", "hangs"),
    "posters.void_now": Text("已作废", "void"),
    "posters.open": Text("打开并打印", "Open and print"),
    "posters.again": Text("重印", "Print anew"),
    "posters.again_title": Text("重印 {name}？", "Print {name} anew?"),
    "posters.again_hint": Text("现在挂着的那张立即作废。", "The one that hangs is void at once."),
    "posters.void": Text("作废", "Take out of use"),
    "posters.void_title": Text("作废 {name} 的海报？", "Take the poster of {name} out of use?"),
    "posters.void_hint": Text("立即作废，之后可以重印。", "Void at once; it can be printed anew later."),
    "posters.done.printed": Text("已生成，请打印。", "It is made; print it."),
    "posters.done.voided": Text("已作废。", "It is void."),
}

pages = console_pages(
    "posters", TITLE, "things", read="kiosks.read", write="kiosks.manage", sentences=SENTENCES
)


class NewPosterSchema(NewKioskFormSchema):
    """A poster, as a form asks for it: one purpose."""

    class Meta(NewKioskFormSchema.Meta):
        exclude = ("purposes",)

    purpose = fields.String(
        required=True, validate=validate.Length(1, 40), metadata={"label": Text("用途", "Purpose")}
    )


@pages.get("/")
def listed() -> str:
    """Posters that hang, newest first."""
    reach = current_staff().services("kiosks.read")
    found = places.place_code_page(services=reach, **asked(PlaceCodeQuerySchema))
    return render("posters.html", found=found, service_title=service_title)


@pages.get("/new")
def choose() -> str:
    """For which service: those that take place codes."""
    services = [module for module in current_registry() if may("kiosks.manage", module.id)]
    return render("poster_services.html", services=[one for one in services if _fitting(one.id)])


@form_page(pages, "/new/<string:service>", NewPosterSchema)
def new(form: Form, service: str) -> str:
    """A poster for a purpose of a service."""
    module_of(service)
    _require(service)
    form.choose("purpose", _fitting(service))
    title = said(service_title(service))
    return form_view(form, "posters.new_for", "posters.make", url_for(".listed"), service=title)


@new.sends
def _create(wanted: dict[str, Any], service: str) -> str:
    _require(service)
    made = posters.create(
        name=wanted["name"],
        service=service,
        place=Text(wanted["place_zh"], wanted["place_en"]),
        purpose=wanted["purpose"],
        purposes_of=purposes_of,
        is_public_page=is_public_page,
    )
    return go_on(url_for(".one", place_id=made.kiosk_id), "printed")


@pages.get("/<id:place_id>")
def one(place_id: str) -> str:
    """One place with its newest poster."""
    found = places.place_code_or_404(place_id, current_staff().services("kiosks.read"))
    return render(
        "poster.html",
        poster=found,
        address=f"{places.address_of(found.token)}/poster",
        service_title=service_title,
    )


@form_page(pages, "/<id:place_id>/print")
def again(form: Form, place_id: str) -> str:
    """The question."""
    return _asked(form, place_id, "posters.again_title", "posters.again", "posters.again_hint")


@again.sends
def _again(wanted: dict[str, Any], place_id: str) -> str:
    posters.print_anew(_managed(place_id).kiosk_id)
    return go_on(url_for(".one", place_id=place_id), "printed")


@form_page(pages, "/<id:place_id>/void")
def void(form: Form, place_id: str) -> str:
    """The question."""
    return _asked(form, place_id, "posters.void_title", "posters.void", "posters.void_hint")


@void.sends
def _void(wanted: dict[str, Any], place_id: str) -> str:
    posters.void(_managed(place_id).kiosk_id)
    return go_on(url_for(".one", place_id=place_id), "voided")


def _fitting(service: str) -> list[tuple[str, Text]]:
    return [(one.id, one.title) for one in purposes_of(service) or () if PLACE_KIND in one.kinds]


def _require(service: str) -> None:
    if not may("kiosks.manage", service):
        raise Problem("not-found")


def _managed(place_id: str) -> PlaceCode:
    found = places.place_code_or_404(place_id, current_staff().services("kiosks.read"))
    current_staff().require("kiosks.manage", found.kiosk.service)
    return found


def _asked(form: Form, place_id: str, title: str, send: str, hint: str) -> str:
    back, name = url_for(".one", place_id=place_id), _managed(place_id).kiosk.name
    return form_view(form, title, send, back, hint=hint, tone="danger", name=name)
