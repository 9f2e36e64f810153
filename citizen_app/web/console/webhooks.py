"""Webhooks: where the systems of departments hear that notices were sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, make_response, url_for

from citizen_app.extensions import limiter
from citizen_app.notices import webhook_calls, webhooks
from citizen_app.notices.webhook_models import NoticeWebhook
from citizen_app.notices.webhook_schemas import WebhookFormSchema, WebhookQuerySchema
from citizen_app.notices.webhooks import NewSecret
from citizen_app.process.egress import in_words
from citizen_app.registry.modules import current_registry
from citizen_app.registry.state import module_of
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.usage.titles import service_title
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.console.frame import asked, console_pages, form_view, go_on, may, render
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.said import said
from citizen_app.wire.problems import Problem

SENTENCES: Final[Mapping[str, Text]] = {
    "webhooks.title": Text("通知推送", "Webhooks"),
    "webhooks.lead": Text(
        "通知发出时，部门系统会收到一个签名的引用，不含文字，也不含市民信息。",
        "When a notice was sent, a department's system gets a signed reference: no words, and nobody's data.",
    ),
    "webhooks.new": Text("添加推送地址", "Add a webhook"),
    "webhooks.choose": Text("推送哪项服务的通知？", "Notices of which service?"),
    "webhooks.no_services": Text("没有服务声明可推送的通知", "No service declares notices for webhooks"),
    "webhooks.new_for": Text("添加推送地址：{service}", "Add a webhook: {service}"),
    "webhooks.create": Text("添加", "Add"),
    "webhooks.name": Text("名称", "Name"),
    "webhooks.service": Text("服务", "Service"),
    "webhooks.url": Text("接收地址", "Address"),
    "webhooks.notices": Text("通知", "Notices"),
    "webhooks.state": Text("状态", "State"),
    "webhooks.delivered": Text("最近送达", "Last delivered"),
    "webhooks.never": Text("从未", "never"),
    "webhooks.error": Text("最近的错误", "Last error"),
    "webhooks.both_until": Text("旧密钥有效至", "Old secret valid until"),
    "webhooks.none": Text("还没有推送地址", "No webhooks yet"),
    "webhooks.change": Text("修改", "Change"),
    "webhooks.change_title": Text("修改 {name}", "Change {name}"),
    "webhooks.save": Text("保存", "Save"),
    "webhooks.test": Text("发送测试请求", "Send a test request"),
    "webhooks.tested_well": Text("测试请求已送达（{status}）。", "The test request arrived ({status})."),
    "webhooks.tested_badly": Text("测试请求没有送达：{error}", "The test request did not arrive: {error}"),
    "webhooks.switch_off": Text("停用", "Switch off"),
    "webhooks.switch_on": Text("启用", "Switch on"),
    "webhooks.secret": Text("更换密钥", "Change the secret"),
    "webhooks.secret_ask": Text("更换 {name} 的密钥？", "Change the secret of {name}?"),
    "webhooks.secret_hint": Text(
        "新密钥只显示一次；24 小时内新旧密钥同时签名。",
        "The new secret is shown once; for 24 hours both sign.",
    ),
    "webhooks.secret_of": Text("{name} 的密钥", "The secret of {name}"),
    "webhooks.shown_once": Text(
        "只显示这一次，请交给部门系统的负责人。签名按 Standard Webhooks 核对。",
        "Shown this once: hand it to whoever runs the system. Signatures are checked as Standard Webhooks says.",
    ),
    "webhooks.remove": Text("删除", "Remove"),
    "webhooks.remove_ask": Text("删除 {name}？", "Remove {name}?"),
    "webhooks.remove_hint": Text("等待发送的也不再发送。", "What waits is not sent any more."),
    "webhooks.done.changed": Text("已保存。", "Saved."),
    "webhooks.done.removed": Text("推送地址已删除。", "The webhook is removed."),
}
ON: Final = Text("使用中", "on")
OFF: Final = Text("已停用", "off")
FAILING: Final = Text("发送失败", "failing")

pages = console_pages(
    "webhooks",
    Text("通知推送", "Webhooks"),
    "things",
    read="services.read",
    write="services.manage",
    sentences=SENTENCES,
)


def state_of(webhook: NoticeWebhook) -> tuple[Text, str]:
    """In words, and the colour of its badge."""
    if not webhook.enabled:
        return OFF, "secondary"
    return (FAILING, "danger") if webhook.failing_since else (ON, "success")


@pages.get("/")
def listed() -> str:
    """Webhooks, newest first."""
    reach = current_staff().services("services.read")
    found = webhooks.webhook_page(reach, **asked(WebhookQuerySchema))
    return render("webhooks.html", found=found, state_of=state_of, service_title=service_title)


@pages.get("/new")
def choose() -> str:
    """For which service."""
    offered = [
        one for one in current_registry() if may("services.manage", one.id) and webhooks.notices_for(one.id)
    ]
    return render("webhook_services.html", services=offered)


@form_page(pages, "/new/<string:service>", WebhookFormSchema)
def new(form: Form, service: str) -> str:
    """A webhook of a service."""
    _manages(service)
    form.choose("notices", _choices(service))
    title = said(service_title(service))
    return form_view(form, "webhooks.new_for", "webhooks.create", url_for(".listed"), service=title)


@new.sends
def _create(wanted: dict[str, Any], service: str) -> Response:
    _manages(service)
    return _shown_once(webhooks.set_up(service, **wanted))


@pages.get("/<id:webhook_id>")
def one(webhook_id: str) -> str:
    """One webhook and how it does."""
    return _shown(_read(webhook_id))


@pages.post("/<id:webhook_id>/test")
@limiter.limit("10/minute")
@opens_its_own_units
def test(webhook_id: str) -> str:
    """Try it out, and show how it went."""
    with transaction(reading=True):
        found = _managed(webhook_id)
    tried = webhook_calls.try_out(found.id)
    with transaction(reading=True):
        return _shown(_read(webhook_id), tried)


@form_page(pages, "/<id:webhook_id>/change", WebhookFormSchema)
def change(form: Form, webhook_id: str) -> str:
    """Its name, address and notices."""
    found = _managed(webhook_id)
    form.start(name=found.name, url=found.url, notices=found.notices)
    form.choose("notices", _choices(found.service))
    back = url_for(".one", webhook_id=webhook_id)
    return form_view(form, "webhooks.change_title", "webhooks.save", back, name=found.name)


@change.sends
def _change(wanted: dict[str, Any], webhook_id: str) -> str:
    webhooks.change(_managed(webhook_id).id, **wanted)
    return go_on(url_for(".one", webhook_id=webhook_id), "changed")


@pages.post("/<id:webhook_id>/switch")
def switch(webhook_id: str) -> Response:
    """Off, or on."""
    found = _managed(webhook_id)
    webhooks.change(found.id, enabled=not found.enabled)
    where = go_on(url_for(".one", webhook_id=webhook_id), "changed")
    return Response(status=303, headers={"Location": where})


@form_page(pages, "/<id:webhook_id>/secret")
def secret(form: Form, webhook_id: str) -> str:
    """Whether to change its secret."""
    back, name = url_for(".one", webhook_id=webhook_id), _managed(webhook_id).name
    return form_view(
        form, "webhooks.secret_ask", "webhooks.secret", back, hint="webhooks.secret_hint", name=name
    )


@secret.sends
def _change_secret(_: dict[str, Any], webhook_id: str) -> Response:
    return _shown_once(webhooks.change_secret(_managed(webhook_id).id))


@form_page(pages, "/<id:webhook_id>/remove")
def remove(form: Form, webhook_id: str) -> str:
    """The question."""
    back, name = url_for(".one", webhook_id=webhook_id), _managed(webhook_id).name
    hint = "webhooks.remove_hint"
    return form_view(
        form, "webhooks.remove_ask", "webhooks.remove", back, hint=hint, tone="danger", name=name
    )


@remove.sends
def _remove(_: dict[str, Any], webhook_id: str) -> str:
    webhooks.remove(_managed(webhook_id).id)
    return go_on(url_for(".listed"), "removed")


def _choices(service: str) -> list[tuple[str, Text]]:
    return [(one.id, one.title) for one in webhooks.notices_for(service)]


def _read(webhook_id: str) -> NoticeWebhook:
    return webhooks.webhook_or_404(webhook_id, current_staff().services("services.read"))


def _managed(webhook_id: str) -> NoticeWebhook:
    found = _read(webhook_id)
    current_staff().require("services.manage", found.service)
    return found


def _manages(service: str) -> None:
    module_of(service)
    if not may("services.manage", service):
        raise Problem("not-found")


def _shown(found: NoticeWebhook, tried: webhook_calls.Tried | None = None) -> str:
    titles = dict(_choices(found.service))
    shown = {
        "titles": [titles[id] for id in found.notices if id in titles],
        "tried": tried,
        "in_words": in_words,
    }
    return render("webhook.html", webhook=found, state_of=state_of, service_title=service_title, **shown)


def _shown_once(made: NewSecret) -> Response:
    return make_response(render("webhook_secret.html", webhook=made.webhook, secret=made.secret))
