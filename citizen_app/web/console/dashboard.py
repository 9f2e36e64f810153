"""How the city runs now: scans, refusals, devices that are silent, services that fail, queues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from citizen_app.approvals.queries import waiting_for
from citizen_app.clock import now
from citizen_app.jobs.queries import outbox_backlog
from citizen_app.kiosks.queries import silent_kiosks
from citizen_app.registry.modules import current_registry
from citizen_app.registry.state import standing_of
from citizen_app.text import Text
from citizen_app.usage.titles import reason_text, service_title
from citizen_app.usage.watching import MINUTES, present
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.console.charts import chart_of
from citizen_app.web.console.frame import console_pages, may, render
from citizen_app.web.pages.said import clock_time, said

SILENT: Final = timedelta(minutes=15)
SENTENCES: Final[Mapping[str, Text]] = {
    "dashboard.title": Text("运行概况", "How the city runs"),
    "dashboard.scans": Text("近 30 分钟扫码", "Scans, 30 minutes"),
    "dashboard.refused": Text("其中未通过", "of these refused"),
    "dashboard.late": Text("补传记录", "Late uploads"),
    "dashboard.silent": Text("失联设备", "Silent kiosks"),
    "dashboard.failing": Text("故障服务", "Failing services"),
    "dashboard.queue": Text("待发消息", "Messages waiting"),
    "dashboard.given_up": Text("发送失败", "Messages given up"),
    "dashboard.approvals": Text("待我审批", "For me to decide"),
    "dashboard.by_minute": Text("每分钟扫码", "Scans per minute"),
    "dashboard.minute": Text("时间", "Minute"),
    "dashboard.count": Text("次数", "Scans"),
    "dashboard.reasons": Text("未通过的原因", "Why scans were refused"),
    "dashboard.service": Text("服务", "Service"),
    "dashboard.reason": Text("原因", "Reason"),
    "dashboard.no_refusals": Text("近 30 分钟没有未通过的扫码", "No scan was refused within 30 minutes"),
    "dashboard.silent_title": Text("15 分钟没有联系的设备", "Kiosks unheard of for 15 minutes"),
    "dashboard.no_silent": Text("设备都在线", "Every kiosk is heard of"),
    "dashboard.table": Text("数据表", "As a table"),
}

pages = console_pages(
    "dashboard",
    Text("运行概况", "Overview"),
    "watch",
    read="usage.read",
    write="usage.read",
    sentences=SENTENCES,
)


@pages.get("/")
def overview() -> str:
    """Figures of the last half hour, drawn and as tables."""
    caller = current_staff()
    reach = caller.services("usage.read")
    seen = present(reach)
    mine = [module for module in current_registry() if reach is None or module.id in reach]
    bars = [(clock_time(minute), count) for minute, count in seen.minutes]
    return render(
        "dashboard.html",
        total=sum(count for _, count in seen.minutes),
        refused=sum(count for _, _, count in seen.refusals),
        late=seen.late,
        bars=bars,
        chart_data=chart_of("line", said(SENTENCES["dashboard.by_minute"]), bars),
        refusals=[(service_title(s), reason_text(s, reason), count) for s, reason, count in seen.refusals],
        silent=silent_kiosks(now() - SILENT, reach) if may("kiosks.read") else None,
        failing=[module for module in mine if standing_of(module.id).enabled and module.breaker.is_open],
        backlog=outbox_backlog() if may("jobs.read") else None,
        approvals=waiting_for(caller),
        minutes=MINUTES,
    )
