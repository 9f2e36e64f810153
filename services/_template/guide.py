"""What residents ask, and the answers; and words that mean the same in their questions."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import GuideEntry, Text

SYNONYMS: Final = (("房间", "活动室", "邻里中心", "room", "common room"),)

GUIDE: Final = (
    GuideEntry(
        "hours",
        Text("房间几点开门？", "When is the room open?"),
        Text(
            "开放时间以门口公布的为准；关门的日子刷码会提示。",
            "The hours are posted at the door; on closed days the scanner says so.",
        ),
        asked=("活动室今天开吗", "几点关门", "周末开不开", "opening hours", "is the common room open today"),
    ),
    GuideEntry(
        "book",
        Text("怎样预约一个时间？", "How do I book an hour?"),
        Text(
            "“预约”里选日期和时间，开始之前可以取消。",
            "Book lists the free hours; cancel before the hour starts.",
        ),
        "book",
        ("订活动室", "预约房间", "取消预约", "book a room", "reserve"),
    ),
    GuideEntry(
        "visits",
        Text("怎样看到或删除我的到访？", "How do I see or delete my visits?"),
        Text(
            "“我的到访”里列出每一次，可以逐条删除。", "My visits lists each of them, and each can be deleted."
        ),
        "visits",
        ("签到记录", "来过几次", "删掉签到", "my sign-ins", "remove a visit"),
    ),
)
