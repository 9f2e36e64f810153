"""What riders ask, and the answers; and the words of riding that mean the same."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import GuideEntry, Text

SYNONYMS: Final = (
    ("公交", "公交车", "坐车", "乘车", "搭车", "坐公交", "上车", "大巴", "巴士", "班车", "城际", "bus", "buses", "coach", "ride", "riding"),
    ("线路", "几路", "哪路", "哪趟车", "什么车", "路线", "路车", "#路", "line", "route", "which bus", "what bus", "bus #"),
    ("站", "站点", "站台", "站牌", "车站", "公交站", "哪站", "火车站", "高铁站", "客运站", "东站", "西站", "南站", "北站", "stop", "station", "bus stop"),
    ("停靠", "经过", "路过", "停哪", "哪些车", "什么车", "哪些公交", "什么公交", "停什么", "which buses", "what buses", "which lines", "stops at", "stop at", "call at", "serve"),
    ("下一班", "下一趟", "到哪了", "到哪儿了", "到哪里了", "下趟车", "还有多久来", "什么时候来", "几分钟到", "什么时候到", "到站时间", "时刻表", "发车", "班次", "实时", "next bus", "next", "arrive", "arrival", "departure", "timetable", "schedule", "how soon", "due"),
    ("末班", "最后一班", "头班", "首班", "最早一班", "最晚一班", "收车", "first bus", "last bus", "latest bus", "earliest bus"),
    ("换乘", "转车", "倒车", "中转", "transfer", "change buses", "change bus", "connection"),
    ("再刷", "再扫", "重复刷", "刷两次", "刷了两次", "多刷", "又刷", "scan again", "tap again", "twice", "second tap", "two times"),
    ("扣", "扣款", "扣费", "扣钱", "charged", "charge me", "deducted", "took money", "overcharged"),
    ("坐错", "坐过站", "坐反", "下错站", "wrong bus", "wrong stop", "missed my stop"),
    ("行程", "乘车记录", "昨天", "前天", "上周", "上个月", "坐了几次", "my trips", "trips", "yesterday", "last week", "last month", "rides"),
    ("怎么走", "要去", "想去", "怎么坐", "坐几路", "坐什么车", "坐哪路", "怎么去", "怎么到", "直达", "how do i get", "get to", "go to", "way to", "travel to", "directions", "reach"),
    ("落在车上", "掉车上", "忘在车上", "丢车上", "失物", "lost property", "left on the bus", "left my bag"),
)  # fmt: skip


def _entry(entry: str, title: tuple[str, str], answer: tuple[str, str], link: str, *asked: str) -> GuideEntry:
    return GuideEntry(entry, Text(*title), Text(*answer), link, asked)


GUIDE: Final = (
    _entry(
        "reduced_fares",
        ("哪些人坐公交免费或优惠？", "Who rides free or at a reduced fare?"),
        (
            "老年人、学生、儿童、残疾人和优抚对象按政策优惠或免费。资格登记后，刷市民码自动按该票价计，不用另外办卡；具体票价见票价页。",
            "Seniors, students, children, people with disabilities and veterans pay less or nothing. Once you are registered as such, your citizen code is rated so by itself, without a card. See the fares.",
        ),
        "fares",
        "爷爷坐公交可以免票吗", "65岁以上乘车优惠", "学生票怎么办", "爱心卡", "老年卡", "学生卡", "残疾证乘车", "退伍军人坐车", "小孩多高要买票",
        "do pensioners pay", "student discount on the bus", "free ride for disabled people", "reduced fare for children", "senior card",
    ),
    _entry(
        "fares",
        ("坐公交多少钱？", "What does a ride cost?"),
        (
            "一票制，上车刷一次，按您的票价类别计；基准票价和各类票价见票价页。",
            "A flat fare for each boarding, by your fare class. The fares page shows the base fare and the others.",
        ),
        "fares",
        "公交票价", "车票几块", "乘车费用", "单程票价", "全程多少", "ticket price", "bus fare", "cost of a single ride", "what do I pay on the bus",
    ),
    _entry(
        "departures",
        ("下一班车什么时候来？首末班车几点？", "When is the next bus? And the first and the last?"),
        (
            "打开站点，就有每条线路接下来的发车时间；当天最后几班也在里面。可按站名查找。",
            "Open a stop to see the next departures of every line, to the last of the day. Find stops by name.",
        ),
        "stops",
        "还有几分钟到站", "最晚的车是几点", "早上第一班车", "晚上几点没车", "车怎么还不来", "等车要等多久", "公交时刻表", "从火车站出发的下一班",
        "bus times", "when does it come", "how long until the bus", "last bus tonight", "first bus in the morning", "next bus at my stop", "bus timetable from the station",
    ),
    _entry(
        "stops",
        ("这个站有哪些公交？附近的站点在哪？", "Which buses stop here? Where is the stop?"),
        (
            "按站名查站点，就能看到停靠的线路和两个方向的站台。",
            "Look a stop up by name: it shows the lines that call there and the platforms of both directions.",
        ),
        "stops",
        "高铁站有什么车", "站台在哪边", "经过医院的公交", "附近公交站", "哪些车停靠", "在哪里上车",
        "bus stop near me", "lines at the railway station", "which lines stop at the hospital", "where do I get on",
    ),
    _entry(
        "lines",
        ("怎么查公交线路？", "How do I look up a line?"),
        (
            "在线路页按编号或名称查找，可看到两个方向的全部站点；从站点也能看到经过的线路。",
            "The lines page finds them by number or name and shows all stops in both directions; a stop shows its lines.",
        ),
        "lines",
        "3路车经过哪里", "所有线路", "线路图", "路线查询", "公交地图", "12路的站点", "route of line 5", "bus map", "list of lines", "stops of line 12", "where does bus 3 go",
    ),
    _entry(
        "journey",
        ("从这里到那里怎么坐车？", "Which bus takes me there?"),
        (
            "打开“怎么坐车”，填出发站和到达站（汉字、拼音或英文），就有直达或换乘一次的走法，写明几点上车、在哪里换。",
            "Plan a journey: type the two stops, in Chinese, pinyin or English, and see direct journeys and those with one change, with times and where to change.",
        ),
        "journeys",
        "去医院坐几路", "到公园怎么走", "到万达怎么坐车", "坐什么车能到", "去火车站坐哪路车", "哪路车直达", "在哪里转车", "坐几路公交",
        "how do I get to the park", "which bus goes to the hospital", "bus to the airport", "travel from the school to the market", "direct bus",
    ),
    _entry(
        "trips",
        ("我坐过哪些车，各扣了多少钱？", "Which rides did I take, and what was charged?"),
        (
            "“我的行程”列出每次乘车的线路、站点、票价类别和金额；使用记录里也有。",
            "My trips lists each ride with line, stop, fare class and amount; your usage log has them too.",
        ),
        "trips",
        "前天坐公交花了多少", "这个月乘车花费", "查乘车记录", "上次坐车几块钱", "公交账单", "扣费明细",
        "my rides last week", "what was I charged", "bus expenses this month", "ride history", "receipt for my trip",
    ),
    _entry(
        "overcharged",
        ("扣错了钱或坐错车怎么办？", "I was charged wrongly or took the wrong bus. What now?"),
        (
            "在使用记录里找到那次乘车，点“这不是我”或联系公交公司，说明线路和时间；更正会写在那条记录旁边。",
            "Find the ride in your usage log and tap “This was not me”, or tell the bus company line and time; a correction stands beside the entry.",
        ),
        "trips",
        "多收了车费", "票价算错了", "明明是学生却收了全价", "扣费有误想退款", "公交退费", "重复扣款",
        "refund my fare", "wrong fare", "paid too much on the bus", "charged twice", "charged full price as a student", "money back",
    ),
    _entry(
        "second_tap",
        ("换乘或不小心刷了两次，会再扣钱吗？", "I change buses, or tapped twice. Do I pay again?"),
        (
            "换到另一辆车要再刷一次码，按一次上车计。同一辆车短时间内重复刷只计一次；一码一人，同行的人请各出示自己的码。",
            "On another bus you scan again, and it counts as a boarding. A second scan on the same bus within a short time costs nothing. One code is for one rider: companions show their own.",
        ),
        "fares",
        "转车还要付钱吗", "刷了两遍", "一个码两个人用", "帮同伴刷码", "倒车收费吗", "下车要刷码吗",
        "do I scan again when I change", "pay for two people with one code", "tapped twice by mistake", "free transfer", "scan when getting off",
    ),
    _entry(
        "board",
        ("怎样刷码乘车？", "How do I board by code?"),
        (
            "上车时打开亮码页，把二维码对准车载机，听到提示音即可。每位乘客出示自己的码。",
            "Open your code when you get on and hold it to the validator until it sounds. Each rider shows their own.",
        ),
        "",
        "坐公交怎么付钱", "公交可以用市民码吗", "上车刷码没反应", "车载机扫不上", "要不要带零钱", "公交卡",
        "pay on the bus", "how to board", "validator does not read my code", "do I need cash", "bus card",
    ),
    _entry(
        "lost_property",
        ("东西落在公交车上怎么办？", "I left something on the bus. What can I do?"),
        (
            "在“我的行程”里看是哪条线路、几点上的车，再联系公交公司的失物招领。",
            "My trips tells the line and the time; give both to the bus company's lost property office.",
        ),
        "trips",
        "包忘在车上了", "雨伞丢在公交上", "失物招领", "手机掉在车上", "umbrella left on the bus", "lost my bag on the bus", "lost and found",
    ),
)  # fmt: skip
