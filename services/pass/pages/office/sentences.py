"""Sentences of the operators' pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import Text

SENTENCES: Final[Mapping[str, Text]] = {
    "pass.office.places": Text("场所与通道", "Places and gates"),
    "pass.office.search": Text("名称", "Name"),
    "pass.office.kind": Text("类型", "Kind"),
    "pass.office.state": Text("状态", "State"),
    "pass.office.open": Text("使用中", "in use"),
    "pass.office.closed": Text("已关闭", "closed"),
    "pass.office.none": Text("还没有场所", "No place yet"),
    "pass.office.none_hint": Text(
        "登记小区、园区或单位后，再登记通道和名单。",
        "Add a compound or an institution, then its gates and its list.",
    ),
    "pass.office.new": Text("登记场所", "Add a place"),
    "pass.office.save": Text("保存", "Save"),
    "pass.office.change": Text("修改场所", "Change the place"),
    "pass.office.import": Text("导入人员名单", "Import a list of people"),
    "pass.office.posters": Text("场所码海报", "Posters"),
    "pass.office.inside": Text("现在里面的人数", "People inside now"),
    "pass.office.rules": Text("规则", "Rules"),
    "pass.office.trail_days": Text("通行记录保留天数", "Days that the trail is kept"),
    "pass.office.admits": Text("谁可以进", "Who is let in"),
    "pass.office.inviters": Text("谁可以邀请访客", "Who may invite guests"),
    "pass.office.guests_per_host": Text("每人同时邀请的访客上限", "Guests of one host at a time"),
    "pass.office.longest_visit_hours": Text("一次邀请最长几小时", "Longest visit in hours"),
    "pass.office.anti_passback": Text("人在里面又来进", "Somebody who is inside comes in again"),
    "pass.office.exits_are_read": Text("出门也刷码", "Codes are read on the way out, too"),
    "pass.office.claims_allowed": Text("接受市民申请加入", "Citizens may apply to be listed"),
    "pass.office.accompanied": Text(
        "没有资格的人随家人一同进", "Somebody without a right comes in with family"
    ),
    "pass.office.yes": Text("是", "yes"),
    "pass.office.no": Text("否", "no"),
    "pass.office.gates": Text("通道", "Gates"),
    "pass.office.gates_none": Text("还没有通道", "No gate yet"),
    "pass.office.code": Text("编号", "Code"),
    "pass.office.name": Text("名称", "Name"),
    "pass.office.direction": Text("方向", "Direction"),
    "pass.office.kiosks": Text("扫码设备", "Kiosks"),
    "pass.office.revoked": Text("已吊销的设备", "a revoked kiosk"),
    "pass.office.gate_new": Text("登记通道", "Add a gate"),
    "pass.office.gate_change": Text("修改通道", "Change the gate"),
    "pass.office.bind": Text("放设备", "Put a kiosk here"),
    "pass.office.bind_title": Text("哪台设备在这个通道？", "Which kiosk stands at this gate?"),
    "pass.office.bind_hint": Text(
        "一台设备只能在一个通道；原来的位置自动取消。",
        "A kiosk stands at one gate; where it stood before it is gone.",
    ),
    "pass.office.release": Text("移走", "Take it away"),
    "pass.office.release_title": Text("把设备从通道移走？", "Take the kiosk away from the gate?"),
    "pass.office.release_hint": Text("移走后这台设备不再放行任何人。", "It lets nobody through any more."),
    "pass.office.close": Text("关闭场所", "Close the place"),
    "pass.office.close_title": Text("关闭这个场所？", "Close this place?"),
    "pass.office.close_hint": Text(
        "一两秒内所有通道不再放行；名单和记录保留，可以重新开放。",
        "Within a second or two no gate lets anybody in; lists and records stay, and it can be opened again.",
    ),
    "pass.office.reopen": Text("重新开放", "Open it again"),
    "pass.office.reopen_title": Text("重新开放这个场所？", "Open this place again?"),
    "pass.office.reopen_hint": Text(
        "一两秒内所有通道按规则放行。", "Within a second or two its gates let people in by the rules."
    ),
    "pass.office.hours": Text("开放时间", "Opening hours"),
    "pass.office.hours_change": Text("修改开放时间", "Change the opening hours"),
    "pass.office.hours_lead": Text(
        "一两秒内所有通道按此放行。没有时段的一类人随时可以进。",
        "Every gate follows within a second or two. A group without a window may come at any time.",
    ),
    "pass.office.hours_weekly": Text("每周", "Every week"),
    "pass.office.hours_who": Text("谁", "Who"),
    "pass.office.hours_when": Text("何时可以进", "When they may come in"),
    "pass.office.hours_always": Text("随时", "at any time"),
    "pass.office.hours_new": Text("增加时段", "Add a window"),
    "pass.office.hours_new_hint": Text(
        "一类人一旦有了时段，就只能在这些时段里进。",
        "A group that has a window may come in during its windows only.",
    ),
    "pass.office.hours_remove": Text("删去", "Remove"),
    "pass.office.hours_remove_title": Text("删去这个时段？", "Remove this window?"),
    "pass.office.hours_remove_hint": Text(
        "这类人只能在其余时段里进。", "This group may come in during its other windows only."
    ),
    "pass.office.hours_last_hint": Text(
        "这是最后一个时段：删去后，这类人随时可以进。要一天都不放行，请登记特殊日期，或关闭场所。",
        "This is the last one: without it this group may come in at any time. To let nobody in, add a special date or close the place.",
    ),
    "pass.office.days": Text("特殊日期", "Special dates"),
    "pass.office.days_none": Text("没有特殊日期", "No special date"),
    "pass.office.day": Text("日期", "Date"),
    "pass.office.day_new": Text("登记特殊日期", "Add a special date"),
    "pass.office.day_new_hint": Text(
        "这一天按这里写的放行，不看每周的时段；不填时间就是全天不开放。",
        "On that day this holds instead of the weekly windows; without a time it is closed all day.",
    ),
    "pass.office.day_remove_title": Text("这一天恢复平常的时段？", "Back to the usual hours on that day?"),
    "pass.done.created": Text("已登记。", "It is added."),
    "pass.done.changed": Text("已保存。", "It is saved."),
}
