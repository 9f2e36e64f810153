"""Installed services: state, fields they see and what a citizen is told, settings, health."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from flask import Response, make_response, request, url_for
from marshmallow import ValidationError, fields, validate
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from citizen_app.audit.operations import record
from citizen_app.doctor.service_checks import faults_of
from citizen_app.extensions import limiter
from citizen_app.registry import state
from citizen_app.registry.checks import check_module, rule_names
from citizen_app.registry.findings import Finding
from citizen_app.registry.lineages import why_not_ready
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.storage.transactions import current_connection, transaction
from citizen_app.text import Text
from citizen_app.web.admin_api.service_modules import switch_on
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.boundary.page_callers import FORM_FIELD
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.console.frame import console_pages, form_view, go_on, may, pages_of_service, render
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.forms.reading import as_json
from citizen_app.web.pages.said import said
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem, errors_from_messages

log = structlog.get_logger(__name__)

CHECKING: Final = threading.Lock()
WAITS_SECONDS: Final = 3.0
BUSY: Final = Text("正在进行另一次检查，请稍后再试。", "Another check is going on; try again in a moment.")
SENTENCES: Final[Mapping[str, Text]] = {
    "services.title": Text("服务", "Services"),
    "services.on": Text("已启用", "on"),
    "services.off": Text("未启用", "off"),
    "services.open_circuit": Text("连续失败，已自动断开", "failing, cut off"),
    "services.name": Text("服务", "Service"),
    "services.state": Text("状态", "State"),
    "services.version": Text("版本", "Version"),
    "services.owner": Text("主管单位", "Owner"),
    "services.tables": Text("数据表", "Tables"),
    "services.ready": Text("已是最新", "up to date"),
    "services.check": Text("立即检查", "Check it now"),
    "services.checked": Text("检查结果", "What the check says"),
    "services.checked_lead": Text(
        "与命令 flask services check 相同的规则，以及 doctor 对这项服务的意见。",
        "The rules of flask services check, and what the doctor says of this service.",
    ),
    "services.checked_well": Text("没有发现问题", "Nothing is wrong"),
    "services.checked_rules": Text("已核对 {rules} 条规则。", "{rules} rules were checked."),
    "services.faults": Text("运行情况", "How it runs"),
    "services.level_failure": Text("故障", "failure"),
    "services.level_warning": Text("注意", "warning"),
    "services.what": Text("发现", "What"),
    "services.why": Text("影响", "Why it matters"),
    "services.remedy": Text("怎么办", "What to do"),
    "services.findings": Text("与约定不符之处", "What breaks the contract"),
    "services.findings_lead": Text(
        "请交给服务的开发者；规则的说明是英文。", "For whoever writes the service."
    ),
    "services.file": Text("文件", "File"),
    "services.rule": Text("规则", "Rule"),
    "services.scopes": Text("能看到市民的哪些信息", "What it sees of a citizen"),
    "services.scopes_none": Text("不看任何信息，只知道一个编号。", "Nothing but a reference."),
    "services.field": Text("信息", "Field"),
    "services.told": Text("告知市民的理由", "What a citizen is told"),
    "services.basis": Text("依据", "Basis"),
    "services.consent": Text("本人同意", "consent"),
    "services.law": Text("法定职责", "legal duty"),
    "services.granted": Text("已批准", "approved"),
    "services.not_granted": Text("未批准", "not approved"),
    "services.operated": Text("业务办理", "Operations"),
    "services.settings": Text("设置", "Settings"),
    "services.save": Text("保存", "Save"),
    "services.health": Text("运行情况", "Health"),
    "services.health_failed": Text("服务没有答复，请查看日志。", "The service did not answer; see the log."),
    "services.enable": Text("启用服务", "Enable"),
    "services.enable_title": Text("启用这项服务？", "Enable this service?"),
    "services.enable_hint": Text(
        "服务会看到新的信息时，须另一位系统管理员批准后才生效。",
        "Where it would see something new, it waits until another system administrator approves.",
    ),
    "services.disable": Text("停用服务", "Disable"),
    "services.done.enabled": Text("服务已启用。", "The service is on."),
    "services.done.asked": Text("已申请，等待另一人批准。", "Asked for; a second person decides."),
    "services.done.disabled": Text("服务已停用。", "The service is off."),
    "services.done.saved": Text("设置已保存。", "The settings are saved."),
}

pages = console_pages(
    "services",
    Text("服务", "Services"),
    "things",
    read="services.read",
    write="services.manage",
    sentences=SENTENCES,
)


class EnablingSchema(StrictSchema):
    """Why."""

    reason = fields.String(
        load_default="", validate=validate.Length(max=100), metadata={"label": Text("理由", "Reason")}
    )


@pages.get("/")
def listed() -> str:
    """What is installed."""
    found = [module for module in current_registry() if may("services.read", module.id)]
    return render("services.html", services=[(module, state.standing_of(module.id)) for module in found])


@pages.get("/<string:service>")
def one(service: str) -> str:
    """One service."""
    module = _mine(service, "services.read")
    return _drawn(module, _settings_form(module))


@form_page(pages, "/<string:service>/enable", EnablingSchema)
def enable(form: Form, service: str) -> str:
    """The question."""
    _mine(service, "services.manage")
    back = url_for(".one", service=service)
    return form_view(form, "services.enable_title", "services.enable", back, hint="services.enable_hint")


@enable.sends
def _enable(wanted: dict[str, Any], service: str) -> str:
    asked = switch_on(_mine(service, "services.manage"), current_staff(), wanted["reason"])
    waits = asked is not None and asked.state == "pending"
    return go_on(url_for(".one", service=service), "asked" if waits else "enabled")


@pages.post("/<string:service>/disable")
def disable(service: str) -> Answer:
    """Off, at once."""
    _mine(service, "services.manage")
    state.disable(service)
    record("service.disable", "service", service)
    return redirect(go_on(url_for(".one", service=service), "disabled"), 303)


@pages.post("/<string:service>/settings")
def save(service: str) -> Answer | Response:
    """Choose settings, by the schema that the service declares."""
    module = _mine(service, "services.manage")
    form = _settings_form(module, sent=True)
    try:
        values = _loaded(form)
        state.change_settings(service, values)
    except Problem as refused:
        if not form.refuse(refused):
            raise
        page = make_response(_drawn(module, form))
        page.status_code = refused.kind.status
        return page
    record("service.settings", "service", service, names=sorted(values))
    return redirect(go_on(url_for(".one", service=service), "saved"), 303)


@pages.post("/<string:service>/check")
@limiter.limit("10/minute")
@opens_its_own_units
def check(service: str) -> str:
    """Check it now: by the rules of `flask services check`, and as the doctor does."""
    with transaction(reading=True):
        module = _mine(service, "services.manage")
    findings = _contract_findings(module)
    with transaction(reading=True):
        faults = list(faults_of(module))
    with transaction():
        record("service.check", "service", service, findings=len(findings), faults=len(faults))
    with transaction(reading=True):
        shown = {"findings": findings, "faults": faults, "rules": len(rule_names())}
        return render("service_check.html", module=module, **shown)


def _contract_findings(module: InstalledModule) -> list[Finding]:
    """What breaks the contract, with files named within the module. Migrations are tried in memory through
    what a process has only once, so one check runs at a time. Raises a 503 while another goes on."""
    others = [one.id for one in current_registry()]
    if not CHECKING.acquire(timeout=WAITS_SECONDS):
        raise Problem("unavailable", BUSY)
    try:
        found = check_module(module, others=others, finished=True)
    finally:
        CHECKING.release()
    folder = f"{module.folder}/"
    return [replace(finding, file=finding.file.removeprefix(folder)) for finding in found]


def _settings_form(module: InstalledModule, *, sent: bool = False) -> Form:
    """The declared settings as a form, filled with what is in force."""
    declared = {}
    for setting in module.descriptor.settings:
        made = setting.as_marshmallow()
        made.metadata = {**made.metadata, "label": setting.title, "titles": dict(setting.choices)}
        declared[setting.name] = made
    schema: type[StrictSchema] = StrictSchema.from_dict(declared, name="Settings")  # type: ignore[assignment]
    form = Form(schema(), request.form if sent else None)
    form.start(**state.settings_of(module))
    return form


def _loaded(form: Form) -> dict[str, Any]:
    sent = request.form.copy()
    sent.poplist(FORM_FIELD)
    try:
        values: dict[str, Any] = form.schema.load(as_json(form.schema, sent, form.schema.fields))
    except ValidationError as refused:
        raise Problem("invalid-input", errors=errors_from_messages(refused.messages)) from refused
    return values


def _drawn(module: InstalledModule, form: Form) -> str:
    granted = state.granted_scopes(module)
    return render(
        "service.html",
        module=module,
        standing=state.standing_of(module.id),
        granted=granted,
        form=form if module.descriptor.settings else None,
        behind=why_not_ready(current_connection(), module, current_registry()),
        health=_health(module),
        operated=pages_of_service(module.id),
    )


def _health(module: InstalledModule) -> list[tuple[str, Any]]:
    """The service's own figures under their titles, of lists how long they are; one that fails says so and
    does not take the page with it."""
    titles = {figure.id: said(figure.title) for figure in module.descriptor.figures}
    try:
        told = dict(module.hooks.health())
    except Exception:
        log.warning("a service could not tell how it is", service=module.id, exc_info=True)
        return [(said(SENTENCES["services.health"]), said(SENTENCES["services.health_failed"]))]
    return [
        (titles.get(name, name), len(value) if isinstance(value, list) else value)
        for name, value in told.items()
    ]


def _mine(service: str, permission: str) -> InstalledModule:
    module = state.module_of(service)
    if not may(permission, service):
        raise Problem("not-found")
    return module
