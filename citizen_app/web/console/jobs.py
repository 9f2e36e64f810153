"""Background work: when each job ran last, and messages that could not be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from citizen_app.audit.operations import record
from citizen_app.jobs import dead_letters
from citizen_app.jobs.queries import outbox_backlog, runs_of_jobs
from citizen_app.jobs.runner import current_jobs
from citizen_app.storage.keyset import PageQuerySchema
from citizen_app.text import Text
from citizen_app.usage.schemas import Reason
from citizen_app.web.console.frame import asked, console_pages, form_view, go_on, render
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.wire.inputs import StrictSchema

TITLE: Final = Text("后台作业", "Background jobs")
SENTENCES: Final[Mapping[str, Text]] = {
    "jobs.title": TITLE,
    "jobs.outbox": Text("外发消息", "Outgoing messages"),
    "jobs.waiting": Text("等待发送", "Waiting"),
    "jobs.oldest": Text("最早一条", "The oldest"),
    "jobs.given_up": Text("发送失败", "Given up"),
    "jobs.dead": Text("发送失败的消息", "Messages that were given up"),
    "jobs.dead_none": Text("没有发送失败的消息", "No message was given up"),
    "jobs.dead_hint": Text(
        "多次重试仍未送达的消息列在这里，内容不显示。",
        "What could not be delivered after many attempts stands here; what it says is not shown.",
    ),
    "jobs.kind": Text("种类", "Kind"),
    "jobs.written": Text("写入时间", "Written"),
    "jobs.attempts": Text("次数", "Attempts"),
    "jobs.why": Text("原因", "Why"),
    "jobs.do": Text("处理", "Deal with it"),
    "jobs.erased": Text("内容已清除，不能重发", "erased, cannot be sent again"),
    "jobs.retry": Text("重发", "Send again"),
    "jobs.retry_all": Text("全部重发", "Send all again"),
    "jobs.drop": Text("放弃", "Drop"),
    "jobs.drop_title": Text("放弃这条消息（{kind}）？", "Drop this message ({kind})?"),
    "jobs.drop_hint": Text(
        "删除后不能恢复，理由记入审计日志。", "It is gone for good; the reason stands in the audit log."
    ),
    "jobs.runs": Text("作业", "Jobs"),
    "jobs.name": Text("名称", "Name"),
    "jobs.last": Text("最近完成", "Finished last"),
    "jobs.next": Text("下次运行", "Runs next"),
    "jobs.failures": Text("连续失败", "Failures in a row"),
    "jobs.never": Text("还没有运行", "not yet"),
    "jobs.done.again": Text("已排队重发。", "To be sent again."),
    "jobs.done.dropped": Text("已放弃。", "It is dropped."),
}

pages = console_pages("jobs", TITLE, "watch", read="jobs.read", write="jobs.manage", sentences=SENTENCES)


class DropSchema(StrictSchema):
    """Why a message is dropped."""

    reason = Reason(
        required=True,
        metadata={
            "help": Text("记入审计日志，不要写市民信息。", "For the audit log; nothing about citizens."),
            "description": "For the audit log.",
        },
    )


@pages.get("/")
def listed() -> str:
    """How background work stands."""
    runs = runs_of_jobs()
    return render(
        "jobs.html",
        backlog=outbox_backlog(),
        letters=dead_letters.dead_letters(**asked(PageQuerySchema)),
        runs=[(job.name, runs.get(job.name)) for job in sorted(current_jobs(), key=lambda job: job.name)],
    )


@pages.post("/dead-letters/send-again")
def retry_all() -> Response:
    """All that can be."""
    record("jobs.send_again", "outbox", None, messages=dead_letters.send_again())
    return redirect(go_on(url_for(".listed"), "again"), 303)


@pages.post("/dead-letters/<id:message_id>/send-again")
def retry(message_id: str) -> Response:
    """One of them."""
    dead_letters.dead_letter_or_404(message_id)
    record("jobs.send_again", "outbox", None, messages=dead_letters.send_again([message_id]))
    return redirect(go_on(url_for(".listed"), "again"), 303)


@form_page(pages, "/dead-letters/<id:message_id>/drop", DropSchema)
def drop(form: Form, message_id: str) -> str:
    """The question, and why."""
    kind = dead_letters.dead_letter_or_404(message_id).kind
    back = url_for(".listed")
    return form_view(
        form, "jobs.drop_title", "jobs.drop", back, hint="jobs.drop_hint", tone="danger", kind=kind
    )


@drop.sends
def _drop(wanted: dict[str, Any], message_id: str) -> str:
    kind = dead_letters.drop(message_id)
    record("jobs.drop_message", "outbox", message_id, kind=kind, reason=wanted["reason"])
    return go_on(url_for(".listed"), "dropped")
