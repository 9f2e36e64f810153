"""The places and lines of the demonstration network, as plain data. See `feed`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Place(NamedTuple):
    """A stop; `is_station` for the building its platforms (`parent`) belong to. WGS-84 degrees."""

    id: str
    zh: str
    en: str
    lat: float
    lon: float
    is_station: bool = False
    parent: str = ""


class Period(NamedTuple):
    """Departures from the first stop every `every` seconds, from `start` to before `end`, in seconds."""

    start: int
    end: int
    every: int


class Line(NamedTuple):
    """A line in both directions. `headway`: promises an interval. `few_timepoints`: leaves times blank."""

    id: str
    zh: str
    en: str
    colour: str
    services: Mapping[str, tuple[Period, ...]]
    headway: bool = False
    few_timepoints: bool = False


def _period(start: str, end: str, minutes: int) -> Period:
    return Period(_seconds(start), _seconds(end), minutes * 60)


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


STOPS: Final = (
    Place("SQZ", "宿迁站", "Suqian Railway Station", 33.9118, 118.2521, True),
    Place("SQZ-1", "宿迁站（1号站台）", "Suqian Railway Station, Bay 1", 33.9121, 118.2519, parent="SQZ"),
    Place("SQZ-2", "宿迁站（2号站台）", "Suqian Railway Station, Bay 2", 33.9116, 118.2524, parent="SQZ"),
    Place("KYZ", "汽车客运站", "Coach Station", 33.9262, 118.2586),
    Place("XWGL", "项王故里", "Xiang Yu's Hometown", 33.9389, 118.2811),
    Place("ZYSC", "中央商场", "Central Department Store", 33.9607, 118.2769),
    Place("XSJGC", "幸福路口", "Xingfu Road Junction", 33.9572, 118.2835),
    Place("SRMYY", "市人民医院", "City People's Hospital", 33.9478, 118.2962),
    Place("STSG", "市图书馆", "City Library", 33.9571, 118.2689),
    Place("SZF", "市政府", "City Hall", 33.9632, 118.2752),
    Place("ZWFWZX", "政务服务中心", "Government Service Centre", 33.9664, 118.2688),
    Place("RMGY", "人民公园", "People's Park", 33.9652, 118.2893),
    Place("GHHGY", "古黄河公园", "Old Yellow River Park", 33.9718, 118.2934),
    Place("DYHWHGC", "大运河文化广场", "Grand Canal Culture Square", 33.9543, 118.3068),
    Place("SQXY", "宿迁学院", "Suqian University", 33.9334, 118.2987),
    Place("SZZX", "市职业中学", "City Vocational School", 33.9405, 118.3052),
    Place("TYG", "市体育馆", "City Gymnasium", 33.9776, 118.2717),
    Place("HBXC", "湖滨新区", "Lakeside New District", 34.0042, 118.2633),
    Place("STSGY", "三台山森林公园", "Santaishan Forest Park", 34.0327, 118.3121),
    Place("LMHJT", "骆马湖旅游度假区", "Luoma Lake Resort", 34.0468, 118.2496),
)  # fmt: skip

CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "L1": ("SQZ-1", "KYZ", "XWGL", "XSJGC", "ZYSC", "SZF", "TYG", "HBXC", "LMHJT"),
    "L2": ("SQXY", "SZZX", "SRMYY", "DYHWHGC", "RMGY", "GHHGY", "STSGY"),
    "L5": ("XWGL", "SRMYY", "XSJGC", "ZYSC", "STSG", "ZWFWZX", "TYG"),
    "K1": ("SQZ-2", "KYZ", "STSG", "SZF", "RMGY"),
    "N1": ("LMHJT", "TYG", "SZF", "ZYSC", "XWGL", "KYZ", "SQZ-1"),
}

_WEEKEND_DAY: Final = (_period("06:30", "20:30", 20),)

LINES: Final = (
    Line(
        "L1",
        "1路",
        "Line 1",
        "C8102E",
        {
            "WEEKDAY": (
                _period("06:00", "07:00", 15),
                _period("07:00", "09:00", 10),
                _period("09:00", "17:00", 15),
                _period("17:00", "19:00", 10),
                _period("19:00", "21:30", 20),
            ),
            "WEEKEND": _WEEKEND_DAY,
        },
    ),
    Line(
        "L2",
        "2路",
        "Line 2",
        "00703C",
        {"WEEKDAY": (_period("06:15", "20:45", 15),), "WEEKEND": _WEEKEND_DAY},
    ),
    Line(
        "L5",
        "5路",
        "Line 5",
        "0057B8",
        {"WEEKDAY": (_period("06:20", "19:50", 20),), "WEEKEND": (_period("07:00", "19:00", 30),)},
        few_timepoints=True,
    ),
    Line(
        "K1",
        "快线1号",
        "Express 1",
        "7A3E9D",
        {
            "DAILY": (
                _period("06:00", "09:00", 8),
                _period("09:00", "17:00", 12),
                _period("17:00", "22:00", 10),
            )
        },
        headway=True,
    ),
    Line("N1", "夜1路", "Night 1", "1F2A44", {"DAILY": (_period("21:30", "25:30", 30),)}),
)
