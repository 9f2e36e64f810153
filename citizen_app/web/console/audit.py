"""The audit log: who did what to what, when, from where, with which result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.audit.queries import audit_page
from citizen_app.audit.schemas import AuditQuerySchema
from citizen_app.text import Text
from citizen_app.web.console.frame import asked, console_pages, render

SENTENCES: Final[Mapping[str, Text]] = {
    "audit.title": Text("审计日志", "Audit log"),
    "audit.lead": Text(
        "工作人员、命令行和系统做过的事，只增不改。",
        "What staff, commands and the system did. Only added to, never changed.",
    ),
    "audit.at": Text("时间", "When"),
    "audit.actor": Text("谁", "Who"),
    "audit.action": Text("做了什么", "What"),
    "audit.target": Text("对象", "To what"),
    "audit.result": Text("结果", "Result"),
    "audit.from": Text("来自", "From"),
    "audit.details": Text("详情", "Details"),
    "audit.none": Text("没有符合的记录", "No entry matches"),
}
ACTORS: Final[Mapping[str, Text]] = {
    "staff": Text("工作人员", "staff"),
    "citizen": Text("市民", "citizen"),
    "command": Text("命令行", "command line"),
    "system": Text("系统", "system"),
}
OUTCOMES: Final[Mapping[str, Text]] = {"ok": Text("成功", "done"), "refused": Text("拒绝", "refused")}

pages = console_pages(
    "audit",
    Text("审计日志", "Audit log"),
    "people",
    read="audit.read",
    write="audit.read",
    sentences=SENTENCES,
)


@pages.get("/")
def listed() -> str:
    """The log, newest first; the address narrows it, as in the API."""
    filters = asked(AuditQuerySchema)
    return render(
        "audit.html", found=audit_page(**filters), filters=filters, actors=ACTORS, outcomes=OUTCOMES
    )
