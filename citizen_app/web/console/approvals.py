"""Requests that wait for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from citizen_app.approvals.operations import decide
from citizen_app.approvals.queries import approvals_page
from citizen_app.settings import current_settings
from citizen_app.staff.permissions import OWN_ACCOUNT
from citizen_app.storage.keyset import PageQuerySchema
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.frame import asked, console_pages, go_on, render

SENTENCES: Final[Mapping[str, Text]] = {
    "approvals.title": Text("双人审批", "Second person"),
    "approvals.lead": Text(
        "重要操作由一人申请、另一人批准。申请 24 小时内有效。",
        "Important acts are asked for by one and approved by another. A request is good for 24 hours.",
    ),
    "approvals.alone": Text(
        "本市设置为：没有第二位有权的同事时，可一人办理。这一点对市民公开。",
        "This city lets one act alone where nobody else has the permission. Citizens can see that.",
    ),
    "approvals.act": Text("操作", "Act"),
    "approvals.about": Text("对象", "About"),
    "approvals.asked": Text("申请人", "Asked by"),
    "approvals.when": Text("时间", "When"),
    "approvals.state": Text("状态", "State"),
    "approvals.approve": Text("批准", "Approve"),
    "approvals.confirm": Text("确认", "Confirm"),
    "approvals.refuse": Text("不批准", "Refuse"),
    "approvals.own": Text("请另一位同事审批", "A colleague decides"),
    "approvals.by": Text("由 {name}", "by {name}"),
    "approvals.none": Text("没有申请", "No requests"),
    "approvals.done.approved": Text("已批准，操作已生效。", "Approved; it is done."),
    "approvals.done.refused": Text("已拒绝。", "Refused."),
}
STATES: Final[Mapping[str, Text]] = {
    "pending": Text("待审批", "waiting"),
    "approved": Text("已批准", "approved"),
    "refused": Text("未批准", "refused"),
    "expired": Text("已过期", "expired"),
    "alone": Text("一人办理", "done by one"),
    "to_confirm": Text("已生效，待确认", "done, to be confirmed"),
    "confirmed": Text("已确认", "confirmed"),
    "unconfirmed": Text("逾期未确认", "never confirmed"),
}

pages = console_pages(
    "approvals",
    Text("双人审批", "Second person"),
    "people",
    read=OWN_ACCOUNT,
    write=OWN_ACCOUNT,
    sentences=SENTENCES,
)


@pages.get("/")
def listed() -> str:
    """What one has asked for, and what one may decide."""
    found = approvals_page(current_staff(), **asked(PageQuerySchema))
    alone = current_settings().second_person != "always"
    return render("approvals.html", found=found, states=STATES, alone=alone)


@pages.post("/<id:approval_id>/approve")
def approve(approval_id: str) -> Response:
    """Approve, or confirm."""
    decide(approval_id, current_staff(), approve=True)
    return redirect(go_on(url_for(".listed"), "approved"), 303)


@pages.post("/<id:approval_id>/refuse")
def refuse(approval_id: str) -> Response:
    """Refuse."""
    decide(approval_id, current_staff(), approve=False)
    return redirect(go_on(url_for(".listed"), "refused"), 303)
