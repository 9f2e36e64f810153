"""Sentences of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import Text

SENTENCES: Final[Mapping[str, Text]] = {
    "bus.start": Text("公交", "Bus"),
    "bus.start_lead": Text(
        "上车亮市民码。这里查下一班车和乘车记录。",
        "Show your code on board. Look up buses and your trips here.",
    ),
    "bus.find": Text("站名或站牌号", "Name or number of a stop"),
    "bus.find_send": Text("查站点", "Find stops"),
    "bus.all_lines": Text("全部线路", "All lines"),
    "bus.all_stops": Text("全部站点", "All stops"),
    "bus.my_trips": Text("我的乘车记录", "My trips"),
    "bus.fares": Text("票价", "Fares"),
    "bus.lines": Text("线路", "Lines"),
    "bus.no_timetable": Text("时刻表还没有公布", "No timetable has been published yet"),
    "bus.no_timetable_hint": Text(
        "乘车不受影响，请看站牌。", "Buses run all the same; see the sign at the stop."
    ),
    "bus.towards": Text("开往{place}", "To {place}"),
    "bus.direction": Text("方向 {number}", "Direction {number}"),
    "bus.stops_of": Text("{line}开往{place}，依次停靠", "{line} to {place}, stops in order"),
    "bus.stop_count": Text("{count} 站", "{count} stops"),
    "bus.no_stops_of_line": Text("这条线路目前没有班次", "No trip of this line runs at present"),
    "bus.stops": Text("站点", "Stops"),
    "bus.stops_found": Text("名称含“{words}”的站点", "Stops called “{words}”"),
    "bus.no_stops": Text("没有找到这个站点", "No such stop"),
    "bus.no_stops_hint": Text("换一个字试试，或从线路里找。", "Try another word, or look along a line."),
    "bus.pole": Text("站牌 {code}", "Stop {code}"),
    "bus.next": Text("下一班车", "Next departures"),
    "bus.none_soon": Text("一周内没有班次", "Nothing leaves within a week"),
    "bus.as_of": Text("{time} 的时刻表，每半分钟更新", "Timetable as of {time}, renewed every half minute"),
    "bus.now": Text("即将发车", "Leaving now"),
    "bus.minutes": Text("{minutes} 分钟", "{minutes} min"),
    "bus.about": Text("约 {time}", "about {time}"),
    "bus.every": Text("约每 {minutes} 分钟一班", "about every {minutes} min"),
    "bus.from_platform": Text("{stop}上车", "from {stop}"),
    "bus.lines_here": Text("停靠线路", "Lines that stop here"),
    "bus.journeys": Text("怎么坐车", "Plan a journey"),
    "bus.journeys_start": Text("从哪个站", "From"),
    "bus.journeys_end": Text("到哪个站", "To"),
    "bus.journeys_at": Text("什么时候出发", "Leaving at"),
    "bus.journeys_send": Text("查怎么坐", "Find journeys"),
    "bus.journeys_which_start": Text("从下面哪个站出发？", "From which of these stops?"),
    "bus.journeys_which_end": Text("到下面哪个站？", "To which of these stops?"),
    "bus.journeys_found": Text("{start} → {end}", "{start} → {end}"),
    "bus.journeys_later": Text("再晚一点", "Later"),
    "bus.journeys_back": Text("返程", "The way back"),
    "bus.journeys_hint": Text(
        "最多换乘一次；同一站换乘留一分钟，走到另一站牌按老年人的步速算。",
        "With at most one change: a minute at one stop, or a slow walk to another.",
    ),
    "bus.no_journeys": Text("一天之内没有合适的班次", "No journey within a day"),
    "bus.no_journeys_hint": Text(
        "换乘两次以上的走法这里不查，请换一个近处的站试试。",
        "Journeys with two changes are not searched; try another stop near by.",
    ),
    "bus.journey_times": Text("{departs} → {arrives}", "{departs} → {arrives}"),
    "bus.journey_minutes": Text("{minutes} 分钟", "{minutes} min"),
    "bus.journey_direct": Text("直达", "direct"),
    "bus.journey_changes": Text("换乘一次", "one change"),
    "bus.journey_wait": Text("在本站换乘，等 {wait} 分钟", "Change here, {wait} min"),
    "bus.journey_walk": Text(
        "步行约 {minutes} 分钟到{stop}换乘，共 {wait} 分钟",
        "Walk about {minutes} min to {stop} and change, {wait} min in all",
    ),
    "bus.journey_ride": Text("乘{line}", "Ride {line}"),
    "bus.journey_departs": Text("{time} 上车", "{time} on"),
    "bus.journey_arrives": Text("{time} 下车，{count} 站", "{time} off, {count} stops"),
    "bus.journeys_from_here": Text("从这里出发", "Journeys from here"),
    "bus.journeys_to_here": Text("到这里来", "Journeys to here"),
    "bus.saved": Text("我的站点", "My stops"),
    "bus.save": Text("收藏这个站", "Save this stop"),
    "bus.drop": Text("取消收藏", "Remove it"),
    "bus.save_or_drop": Text("收藏这个站", "Save this stop"),
    "bus.save_question": Text("收藏{stop}？", "Save {stop}?"),
    "bus.save_hint": Text(
        "收藏后在“我的站点”里一眼看到下一班车。", "My stops then shows its next departures."
    ),
    "bus.drop_question": Text("{stop}已收藏，要取消吗？", "{stop} is saved. Remove it?"),
    "bus.no_saved": Text("还没有收藏站点", "No saved stops"),
    "bus.no_saved_hint": Text("打开一个站点，点“收藏这个站”。", "Open a stop and choose “Save this stop”."),
    "bus.done.saved": Text("已收藏", "Saved"),
    "bus.done.dropped": Text("已取消收藏", "Removed"),
    "bus.fare_how": Text("怎样享受优惠", "How to get a reduced fare"),
    "bus.fare_how_age": Text(
        "{who}：完成实名后按年龄自动计价，不用申请。",
        "{who}: by age, once your identity is proved; no application.",
    ),
    "bus.fare_how_register": Text(
        "{who}：由主管部门登记后自动计价；请带证件到其窗口或市民服务中心登记。",
        "{who}: rated so once the responsible office has registered you; take your document to its window or to the citizen counter.",
    ),
    "bus.fare_how_check": Text(
        "登记是否生效，看“我的”里的“我的资格”。家人没有手机的，由您出示其代办码乘车，按家人的票价计。",
        "See under Mine whether you are registered. For family without a phone, show their code on yours: they ride at their own fare.",
    ),
    "bus.fare_wrong_class": Text("为什么不是优惠票？", "Why no reduced fare?"),
    "bus.no_trips": Text("还没有乘车记录", "No trips yet"),
    "bus.no_trips_hint": Text("上车时把市民码对准车载机。", "Hold your code to the reader when you board."),
    "bus.show_code": Text("亮出市民码", "Show my code"),
    "bus.trip": Text("乘车记录", "Trip"),
    "bus.trip_line": Text("线路", "Line"),
    "bus.trip_when": Text("上车时间", "Boarded"),
    "bus.trip_stop": Text("上车站", "At"),
    "bus.trip_towards": Text("开往", "Towards"),
    "bus.trip_vehicle": Text("车辆", "Vehicle"),
    "bus.trip_fare": Text("票价", "Fare"),
    "bus.trip_class": Text("乘客类别", "Rated as"),
    "bus.trip_late": Text(
        "车载机当时没有网络，事后补传。", "The reader was offline and sent this trip later."
    ),
    "bus.why": Text("为什么是这个价", "Why this fare"),
    "bus.why_now": Text(
        "基准票价 {base}，{who}付 {percent}%，所以是 {fare}。",
        "The base fare is {base}; {who} pays {percent}%: {fare}.",
    ),
    "bus.why_then": Text(
        "乘车时按“{who}”计价，为 {fare}。此后票价有过调整，现在是 {present}。",
        "You were rated as {who}: {fare}. Fares have changed since; today it would be {present}.",
    ),
    "bus.wrong_fare": Text(
        "对票价有疑问，请带市民码到公交服务窗口。", "Is the fare wrong? Show your code at the bus counter."
    ),
    "bus.fares_lead": Text(
        "按市民码登记的身份自动计价，不必另带卡。", "Your code knows your class; no other card is needed."
    ),
    "bus.fare_classes": Text("各类乘客的票价", "Fares by class of passenger"),
    "bus.fare_class": Text("乘客类别", "Class"),
    "bus.fare_each": Text("每次票价", "Fare per ride"),
}
