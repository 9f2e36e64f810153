"""What call screens, walls and people's own pages say. A service gives its own words for some: a doctor's
room is no window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

CALLS: Final[Mapping[str, Text]] = {
    "look": Text("叫号", "Calling"),
    "none": Text("现在没有由您叫号的队列", "No queue is yours to call"),
    "none_hint": Text("不对时请找管理人员。", "If one is missing, ask whoever manages them."),
    "walls": Text("叫号屏", "Screens on the wall"),
    "walls_hint": Text(
        "在等候区的屏幕上打开；链接 30 天内有效，到期请再取。",
        "Open it on the screen where people wait. A link works for 30 days; then take a new one.",
    ),
    "waits": Text("等候 {count} 人", "{count} waiting"),
    "room": Text("窗口", "Counter"),
    "in_room": Text("在窗口", "At the counter"),
    "nobody_in": Text("窗口没有人", "Nobody is at the counter"),
    "next": Text("叫下一位", "Call the next"),
    "finish_next": Text("办理完毕，叫下一位", "Finished: call the next"),
    "finish": Text("先结束正在办理的人", "Finish who is there"),
    "keys": Text("按空格或回车即叫下一位", "Space or Enter calls the next"),
    "waiting": Text("等候", "Waiting"),
    "nobody": Text("没有人等候", "Nobody waits"),
    "number": Text("号码", "Number"),
    "class": Text("类别", "Class"),
    "ordinary": Text("普通", "Ordinary"),
    "priority": Text("优先", "Priority"),
    "urgent": Text("急", "Urgent"),
    "since": Text("取号", "Came"),
    "missed": Text("过号 {count} 次", "Passed {count}×"),
    "beside": Text("暂离、过号", "Away, or passed"),
    "state.called": Text("已叫 {count} 次", "Called {count}×"),
    "state.seeing": Text("办理中", "Being served"),
    "state.away": Text("暂离", "Away"),
    "state.missed": Text("已过号", "Passed"),
    "no_name": Text("未登记姓名", "No name given"),
    "more": Text("其他操作", "More"),
    "ticket": Text("{number} 号", "Number {number}"),
    "do": Text("确定", "Do it"),
    "undo_done": Text("撤销 {number} 号的办理完毕", "Take back that number {number} is finished"),
    "looks_hint": Text(
        "显示姓名的人都能在“谁看过我”里看到这次查看。",
        "Everybody whose name is shown finds the look in their log.",
    ),
    "renew": Text("换一个链接", "Make a new link"),
    "renew_question": Text("给“{place}”的叫号屏换链接？", "Make a new link for the screen of {place}?"),
    "renew_hint": Text(
        "原来的链接立刻失效，正在显示的屏幕要重新打开新链接。",
        "The old one stops working at once: open the new one on each screen.",
    ),
    "choice": Text("操作", "Act"),
    "reason": Text("原因", "Reason"),
    "reason_help": Text("撤销和提前须写明", "Needed to undo and to bring forward"),
    "act.again": Text("再叫一次", "Call again"),
    "act.pass": Text("过号", "Did not come"),
    "act.start": Text("开始办理", "Start"),
    "act.done": Text("办理完毕", "Finished"),
    "act.away": Text("暂时离开", "Away for a while"),
    "act.back": Text("回到队列", "Back in the queue"),
    "act.urgent": Text("急，提前", "Urgent: bring forward"),
    "act.undo": Text("撤销", "Undo"),
    "done.renewed": Text("链接已更换", "There is a new link"),
    "done.called": Text("已叫号", "Called"),
    "done.nobody": Text("没有人等候", "Nobody waits"),
    "done.again": Text("已再叫一次", "Called again"),
    "done.pass": Text("已过号", "Passed"),
    "done.start": Text("开始办理", "Started"),
    "done.done": Text("办理完毕", "Finished"),
    "done.away": Text("已暂离", "Away"),
    "done.back": Text("已回到队列", "Back in the queue"),
    "done.urgent": Text("已提前", "Brought forward"),
    "done.undo": Text("已撤销", "Undone"),
}
"""The call screen: `t("calls.<key>")`."""

WALL: Final[Mapping[str, Text]] = {
    "calling": Text("请 {number} 号{name}到{room}", "Number {number}{name}: please go to {room}"),
    "number": Text("号码", "Number"),
    "name": Text("姓名", "Name"),
    "room": Text("窗口", "Counter"),
    "next": Text("请准备", "Next"),
    "none": Text("现在没有叫号", "Nobody is called now"),
    "hint": Text("请留意屏幕和广播；过号请到服务台", "Watch the screen; if you were passed, ask at the desk"),
    "sound": Text("开启语音叫号", "Turn the voice on"),
}
"""The wall: `t("wall.<key>")`."""

PLACE: Final[Mapping[str, Text]] = {
    "number": Text("{number} 号", "Number {number}"),
    "before": Text("前面还有 {count} 人", "{count} before you"),
    "next": Text("您是下一位，请在附近等候", "You are next: stay near"),
    "called": Text("已叫到您，请到 {room}", "You are called: go to {room}"),
    "seeing": Text("办理中", "Being served"),
    "away": Text("暂离；回来请到服务台", "Away; when you are back, ask at the desk"),
    "missed": Text("已过号，请到服务台", "You were passed: ask at the desk"),
    "passed": Text("过号 {count} 次", "Passed {count}×"),
}
"""Somebody's own place: `parts/queue.html`."""


def worded(group: str, words: Mapping[str, Text]) -> dict[str, Text]:
    """Words as sentences of a page."""
    return {f"{group}.{key}": said for key, said in words.items()}
