"""Sentences of the call screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import Text

SENTENCES: Final[Mapping[str, Text]] = {
    "hospital.calls.title": Text("叫号", "Call patients"),
    "hospital.calls.none": Text("今天没有由您叫号的班次", "No session of today is yours to call for"),
    "hospital.calls.none_hint": Text(
        "医生只见自己的班次；不对时请找医院管理人员。",
        "Doctors see their own sessions. If one is missing, ask the hospital's office.",
    ),
    "hospital.calls.walls": Text("候诊屏", "Screens of waiting rooms"),
    "hospital.calls.walls_hint": Text(
        "在候诊区的屏幕上打开；链接 30 天内有效，到期请再取。",
        "Open it on the screen of the waiting room. A link works for 30 days; then take a new one.",
    ),
    "hospital.calls.waits": Text("候诊 {count} 人", "{count} waiting"),
    "hospital.calls.room": Text("诊室", "Room"),
    "hospital.calls.in_room": Text("在诊室", "In the room"),
    "hospital.calls.nobody_in": Text("诊室里没有人", "Nobody is in the room"),
    "hospital.calls.next": Text("叫下一位", "Call the next"),
    "hospital.calls.finish_next": Text("就诊结束，叫下一位", "Finished: call the next"),
    "hospital.calls.keys": Text("按空格或回车即叫下一位", "Space or Enter calls the next"),
    "hospital.calls.waiting": Text("候诊", "Waiting"),
    "hospital.calls.nobody": Text("没有人候诊", "Nobody waits"),
    "hospital.calls.number": Text("号码", "Number"),
    "hospital.calls.class": Text("类别", "Class"),
    "hospital.calls.ordinary": Text("普通", "Ordinary"),
    "hospital.calls.priority": Text("优先", "Priority"),
    "hospital.calls.urgent": Text("急", "Urgent"),
    "hospital.calls.since": Text("报到", "Checked in"),
    "hospital.calls.missed": Text("过号 {count} 次", "Passed {count} times"),
    "hospital.calls.beside": Text("检查中、过号", "Away, or passed"),
    "hospital.calls.state.called": Text("已叫 {count} 次", "Called {count} times"),
    "hospital.calls.state.seeing": Text("就诊中", "Being seen"),
    "hospital.calls.state.away": Text("检查中", "Away for tests"),
    "hospital.calls.state.missed": Text("已过号", "Passed"),
    "hospital.calls.no_name": Text("未登记姓名", "No name given"),
    "hospital.calls.more": Text("其他操作", "More"),
    "hospital.calls.act": Text("{number} 号", "Number {number}"),
    "hospital.calls.refer_number": Text("给 {number} 号开转诊单", "A letter of referral for number {number}"),
    "hospital.calls.do": Text("确定", "Do it"),
    "hospital.calls.undo_done": Text(
        "撤销 {number} 号的就诊结束", "Take back that number {number} is finished"
    ),
    "hospital.calls.looks_hint": Text(
        "显示姓名的人都能在“谁看过我”里看到这次查看。",
        "Everybody whose name is shown finds the look in their log.",
    ),
    "hospital.calls.check_in": Text("无码报到", "Check in without a code"),
    "hospital.calls.renew": Text("换一个链接", "Make a new link"),
    "hospital.calls.renew_question": Text(
        "给“{place}”的候诊屏换链接？", "Make a new link for the screen of {place}?"
    ),
    "hospital.calls.renew_hint": Text(
        "原来的链接立刻失效，正在显示的屏幕要重新打开新链接。",
        "The old one stops working at once: open the new one on each screen.",
    ),
    "hospital.calls.added": Text("加号", "Added"),
    "hospital.calls.added_count": Text("加号 {count} 个", "{count} added by hand"),
    "hospital.calls.add": Text("加号", "Add a number"),
    "hospital.calls.add_hint": Text(
        "号满之后才加；加在现在或下一个时段，写明原因。",
        "Only where none is left; it is of the slot that is under way, or the next. Say why.",
    ),
    "hospital.done.renewed": Text("链接已更换", "There is a new link"),
    "hospital.done.added": Text("已加号", "The number is added"),
    "hospital.done.checked_in": Text("已报到", "Checked in"),
    "hospital.done.called": Text("已叫号", "Called"),
    "hospital.done.nobody": Text("没有人候诊", "Nobody waits"),
    "hospital.done.again": Text("已再叫一次", "Called again"),
    "hospital.done.pass": Text("已过号", "Passed"),
    "hospital.done.start": Text("开始就诊", "Started"),
    "hospital.done.done": Text("就诊结束", "Finished"),
    "hospital.done.tests": Text("已去检查", "Sent for tests"),
    "hospital.done.back": Text("已回到候诊", "Back in the queue"),
    "hospital.done.urgent": Text("已提前", "Brought forward"),
    "hospital.done.undo": Text("已撤销", "Undone"),
}
