"""The declaration: what the service is, what its scans are for, what it may see and why."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import (
    Act,
    DetailCode,
    Field,
    Figure,
    Notice,
    NoticeValue,
    OfflinePolicy,
    Purpose,
    Scope,
    ServiceModule,
    Text,
)
from services._template.guide import GUIDE, SYNONYMS

SERVICE: Final = ServiceModule(
    id="parlour",
    version="1.0.0",
    toolkit_api=1,
    title=Text("邻里客厅", "Neighbourhood parlour"),
    summary=Text("扫码签到，查开放时间和我的到访", "Sign in by code; opening hours and my visits"),
    owner=Text("街道办事处", "Subdistrict office"),
    icon="house",
    category="community",
    purposes=(
        Purpose(
            id="enter",
            title=Text("签到", "Sign in"),
            kinds=("online", "device", "paper", "delegate", "place"),
            context=(Field("room", "string", Text("房间", "Room"), required=False, maximum=40),),
            offline=OfflinePolicy(online_codes=True),
        ),
    ),
    acts=(
        Act("forget", Text("删除到访记录", "Delete a visit")),
        Act("book", Text("预约", "Book")),
        Act("cancel", Text("取消预约", "Cancel a booking")),
    ),
    notices=(
        Notice(
            "hour_lost",
            Text("预约已取消", "Your booking is off"),
            Text("{at} 不开放，您的预约已取消。", "Closed at {at}: your booking is off."),
            values=(NoticeValue("at", "moment"),),
        ),
    ),
    scopes=(Scope("senior", Text("用于统计老年人的到访人次", "To count visits of seniors")),),
    details=(
        DetailCode(
            "closed",
            Text("现在不开放", "Closed now"),
            Text("请在开放时间再来。", "Please come back during opening hours."),
        ),
    ),
    settings=(
        Field("opens_at", "integer", Text("几点开门", "Opens at"), default=0, minimum=0, maximum=23),
        Field("closes_at", "integer", Text("几点关门", "Closes at"), default=24, minimum=1, maximum=24),
        Field("places", "integer", Text("每小时名额", "Places an hour"), default=12, minimum=0, maximum=500),
        Field("ask_companions", "boolean", Text("询问同行人数", "Ask how many come along"), default=False),
        Field(
            "keep_days",
            "integer",
            Text("到访记录保留天数", "Days that visits are kept"),
            default=365,
            minimum=1,
            maximum=1_095,
        ),
    ),
    retention_days=365,
    guide=GUIDE,
    synonyms=SYNONYMS,
    figures=(Figure("visits_today", Text("今日到访", "Visits today")),),
)
