"""What a hospital's call screen says in its own words: a consulting room is no counter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import Text
from services.hospital.pages.letter_sentences import SENTENCES as LETTERS

WORDS: Final[Mapping[str, Text]] = {
    "look": Text("叫号", "Calling patients"),
    "none": Text("今天没有由您叫号的班次", "No session of today is yours to call for"),
    "none_hint": Text(
        "医生只见自己的班次；不对时请找医院管理人员。",
        "Doctors see their own sessions. If one is missing, ask the hospital's office.",
    ),
    "walls": Text("候诊屏", "Screens of waiting rooms"),
    "walls_hint": Text(
        "在候诊区的屏幕上打开；链接 30 天内有效，到期请再取。",
        "Open it on the screen of the waiting room. A link works for 30 days; then take a new one.",
    ),
    "waits": Text("候诊 {count} 人", "{count} waiting"),
    "room": Text("诊室", "Room"),
    "in_room": Text("在诊室", "In the room"),
    "nobody_in": Text("诊室里没有人", "Nobody is in the room"),
    "finish_next": Text("就诊结束，叫下一位", "Finished: call the next"),
    "finish": Text("先结束在诊的人", "Finish who is in"),
    "waiting": Text("候诊", "Waiting"),
    "nobody": Text("没有人候诊", "Nobody waits"),
    "since": Text("报到", "Checked in"),
    "beside": Text("检查中、过号", "Away, or passed"),
    "state.seeing": Text("就诊中", "Being seen"),
    "state.away": Text("检查中", "Away for tests"),
    "undo_done": Text("撤销 {number} 号的就诊结束", "Take back that number {number} is finished"),
    "renew_question": Text("给“{place}”的候诊屏换链接？", "Make a new link for the screen of {place}?"),
    "reason_help": Text("撤销和急诊提前须写明", "Needed to undo and to bring forward"),
    "act.start": Text("开始就诊", "Start"),
    "act.done": Text("就诊结束", "Finished"),
    "act.away": Text("去做检查", "Sent for tests"),
    "act.back": Text("回到候诊", "Back in the queue"),
    "done.nobody": Text("没有人候诊", "Nobody waits"),
    "done.start": Text("开始就诊", "Started"),
    "done.done": Text("就诊结束", "Finished"),
    "done.away": Text("已去检查", "Sent for tests"),
    "done.back": Text("已回到候诊", "Back in the queue"),
    "check_in": Text("无码报到", "Check in without a code"),
    "add": Text("加号", "Add a number"),
    "add_hint": Text(
        "号满之后才加；加在现在或下一个时段，写明原因。",
        "Only where none is left; it is of the slot that is under way, or the next. Say why.",
    ),
    "refer": LETTERS["hospital.letters.new"],
    "refer_number": Text("给 {number} 号开转诊单", "A letter of referral for number {number}"),
    "refer_hint": LETTERS["hospital.letters.hint"],
    "refer_send": LETTERS["hospital.letters.send"],
    "done.sent": LETTERS["hospital.done.sent"],
    "done.added": Text("已加号", "The number is added"),
    "done.checked_in": Text("已报到", "Checked in"),
}
