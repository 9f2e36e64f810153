"""For operators, in the console: feeds and their reports, which of them is in force, and the fares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import Form, asked, form_page, form_view, go_on, render, service_pages, url_for
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import (
    PageQuerySchema,
    Problem,
    StrictSchema,
    audit,
    fields,
    invalid_input,
    staff_of_service,
)
from services.bus import queries
from services.bus.manifest import SERVICE
from services.bus.operations import versions
from services.bus.operations.fares import FARE_CLASSES, fare_for, percent_setting
from services.bus.queries import Feed

STATES: Final[Mapping[str, Text]] = {
    "staged": Text("写入中", "being stored"),
    "waiting": Text("待启用", "waits for its day"),
    "active": Text("使用中", "in force"),
    "retired": Text("已换下", "retired"),
    "discarded": Text("已放弃", "discarded"),
    "refused": Text("未采用", "refused"),
}
SEVERITIES: Final[Mapping[str, Text]] = {
    "error": Text("错误", "error"),
    "warning": Text("提醒", "warning"),
    "info": Text("说明", "note"),
}
SENTENCES: Final[Mapping[str, Text]] = {
    "bus.feeds": Text("时刻表", "Timetables"),
    "bus.feeds_lead": Text(
        "上传 GTFS 数据，检查通过后自动启用；有错误的不采用，原有时刻表照常使用。",
        "Send a GTFS feed: it comes into force once it has been checked. One with errors is not taken, and the timetable in force stays.",
    ),
    "bus.feed_upload": Text("上传时刻表", "Send a timetable"),
    "bus.feeds_none": Text("还没有时刻表", "No timetable yet"),
    "bus.feed": Text("版本 {version}", "Version {version}"),
    "bus.feed_version": Text("版本", "Version"),
    "bus.feed_state": Text("状态", "State"),
    "bus.feed_file": Text("文件", "File"),
    "bus.feed_days": Text("有效日期", "Days served"),
    "bus.feed_lines": Text("线路", "Lines"),
    "bus.feed_stops": Text("站点", "Stops"),
    "bus.feed_trips": Text("班次", "Trips"),
    "bus.feed_created": Text("导入时间", "Imported"),
    "bus.feed_since": Text("启用时间", "In force since"),
    "bus.feed_until": Text("启用日期", "In force from"),
    "bus.feed_report": Text("检查报告", "Report of the check"),
    "bus.feed_clean": Text("没有发现问题。", "Nothing was found."),
    "bus.feed_rule": Text("规则", "Rule"),
    "bus.feed_severity": Text("级别", "Severity"),
    "bus.feed_count": Text("次数", "Times"),
    "bus.feed_line": Text("行", "Line"),
    "bus.feed_value": Text("内容", "Value"),
    "bus.feed_message": Text("说明", "What it means"),
    "bus.feed_activate": Text("启用这一版", "Put it in force"),
    "bus.feed_activate_title": Text("启用版本 {version}？", "Put version {version} in force?"),
    "bus.feed_activate_hint": Text(
        "一两秒内对所有乘客和设备生效，现在使用的版本换下。",
        "Riders and validators have it within a second or two; the one in force is retired.",
    ),
    "bus.office_fares": Text("票价", "Fares"),
    "bus.office_fares_lead": Text(
        "基准票价 {base}。票价是服务设置，由系统管理员修改。",
        "The base fare is {base}. Fares are settings of the service, which system administrators change.",
    ),
    "bus.fare_for": Text("乘客", "Rider"),
    "bus.fare_percent": Text("基准的百分比", "Percent of the base fare"),
    "bus.fare_amount": Text("每次", "Each ride"),
    "bus.done.activated": Text("已启用。", "It is in force."),
    "bus.done.in_force": Text("本来就在使用。", "It was in force already."),
}
SERVES_NO_DAY: Final = Text(
    "这一版从今天起没有任何班次；确要启用请勾选。",
    "No trip of this version runs from today on; tick the box if it is meant.",
)
NOT_THIS_ONE: Final = Text("这一版不能启用。", "This version cannot be put in force.")

feeds = service_pages(
    SERVICE.id, staff_of_service(SERVICE.id), "feeds", SENTENCES, title=SENTENCES["bus.feeds"]
)
fares = service_pages(
    SERVICE.id, staff_of_service(SERVICE.id), "fares", SENTENCES, title=SENTENCES["bus.office_fares"]
)


class ActivateSchema(StrictSchema):
    """Whether a feed is meant that serves no day."""

    force = fields.Boolean(
        load_default=False,
        metadata={"label": Text("没有班次也要启用", "Even if no trip runs from today on")},
    )


@feeds.get("/")
def listed() -> str:
    """The feeds that were imported or refused, newest first."""
    return render("office/feeds.html", found=queries.feed_list(**asked(PageQuerySchema)), states=STATES)


@feeds.get("/<int:version>")
def one(version: int) -> str:
    """One feed, with what its check found."""
    shown = {"states": STATES, "severities": SEVERITIES}
    return render("office/feed.html", feed=_feed(version), **shown)


@form_page(feeds, "/<int:version>/activate", ActivateSchema)
def activate(form: Form, version: int) -> str:
    """The question."""
    _feed(version)
    return form_view(
        form,
        "bus.feed_activate_title",
        "bus.feed_activate",
        url_for(".one", version=version),
        hint="bus.feed_activate_hint",
        version=version,
    )


@activate.sends
def _activate(wanted: dict[str, Any], version: int) -> str:
    _feed(version)
    try:
        today = now().astimezone(city_zone()).date()
        switched = versions.put_back(version, today, force=wanted["force"])
    except versions.ServesNoDay as over:
        raise invalid_input("/force", SERVES_NO_DAY) from over
    except versions.NotAVersion as gone:
        raise Problem("conflict", NOT_THIS_ONE) from gone
    if switched:
        audit("bus.activate_feed", "bus_feed", str(version))
    return go_on(url_for(".one", version=version), "activated" if switched else "in_force")


@fares.get("/")
def shown_fares() -> str:
    """What a ride costs whom, under the settings in force."""
    settings = service_settings(SERVICE.id)
    rated = [
        (words.passenger, settings[percent_setting(name)], fare_for(name, settings).words)
        for name, words in FARE_CLASSES.items()
    ]
    return render("office/fares.html", rated=rated, base=fare_for("adult", settings).words)


def _feed(version: int) -> Feed:
    found = queries.feed_of_number(version)
    if found is None:
        raise Problem("not-found")
    return found
