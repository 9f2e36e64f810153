"""Requests of citizens (a copy, erasure): what, until when, and which services have still to forget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.rights.queries import staff_requests
from citizen_app.rights.schemas import KINDS, STATES, RequestsQuerySchema
from citizen_app.text import Text
from citizen_app.web.console.frame import asked, console_pages, render

SENTENCES: Final[Mapping[str, Text]] = {
    "requests.title": Text("市民的申请", "Requests of citizens"),
    "requests.lead": Text(
        "数据副本和注销，由系统自动办理。这里只显示是什么、何时到期，不显示是谁。",
        "Copies and erasures, done by the system. Shown is what and until when, never whose.",
    ),
    "requests.kind": Text("申请", "Request"),
    "requests.asked": Text("提出时间", "Asked for"),
    "requests.by": Text("申请人", "By"),
    "requests.due": Text("期限", "Due"),
    "requests.state": Text("状态", "State"),
    "requests.waits": Text("等待的服务", "Waits for"),
    "requests.overdue": Text("超期", "Overdue"),
    "requests.tried": Text("已试 {times} 次", "tried {times} times"),
    "requests.missing": Text("副本中暂缺", "Missing in the copy"),
    "requests.none": Text("没有申请", "No requests"),
    "requests.all": Text("全部", "All"),
}
ASKED_BY: Final[Mapping[str, Text]] = {
    "oneself": Text("本人", "in person"),
    "guardian": Text("监护人", "guardian"),
    "clerk": Text("窗口", "counter"),
}

pages = console_pages(
    "requests",
    Text("市民的申请", "Requests of citizens"),
    "citizens",
    read="jobs.read",
    write="jobs.manage",
    sentences=SENTENCES,
)


@pages.get("/")
def listed() -> str:
    """Requests, newest first; the address narrows them, as in the API."""
    filters = asked(RequestsQuerySchema)
    return render(
        "requests.html",
        found=staff_requests(**filters),
        filters=filters,
        kinds=KINDS,
        states=STATES,
        asked_by=ASKED_BY,
    )
