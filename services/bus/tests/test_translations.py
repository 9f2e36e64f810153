"""Names in two languages."""

from __future__ import annotations

from pathlib import Path

from services.bus.operations.gtfs import Feed, Translations
from services.bus.operations.gtfs.rows import Translation
from services.bus.tests.feeds import SMALL, write_zip

ROWS = [
    Translation("stops", "stop_name", "en-GB", "Railway Station", "s1", "", ""),
    Translation("stops", "stop_name", "en", "Suqian Station", "s1", "", ""),
    Translation("stops", "stop_name", "en", "By value", "", "", "宿迁站"),
    Translation("stops", "stop_name", "zh-Hant", "宿遷站", "s1", "", ""),
    Translation("stop_times", "stop_headsign", "en", "Terminus", "t1", "2", ""),
    Translation("stops", "stop_desc", "en", "not shown", "s1", "", ""),
]


def test_the_exact_tag_and_the_record_come_first() -> None:
    names = Translations("zh-CN", ROWS)
    assert names.pair("stops", "stop_name", "s1", "宿迁站") == ("宿迁站", "Suqian Station")
    assert names.pair("stops", "stop_name", "s7", "宿迁站") == ("宿迁站", "By value")
    assert names.find("en", "stops", "stop_desc", "s1", "x") is None
    assert names.find("en", "stop_times", "stop_headsign", "t1", "x", "2") == "Terminus"
    assert names.find("en", "stop_times", "stop_headsign", "t1", "x", "3") is None


def test_a_language_the_feed_lacks_gets_the_value_as_written() -> None:
    assert Translations("zh-CN", []).pair("stops", "stop_name", "s1", "宿迁站") == ("宿迁站", "宿迁站")
    assert Translations("en", ROWS).pair("stops", "stop_name", "s1", "Station") == ("宿遷站", "Station")
    assert Translations("zh", ROWS).pair("stops", "stop_name", "s1", "") == ("", "")


def test_a_feed_says_its_language_and_translates(tmp_path: Path) -> None:
    words = "table_name,field_name,language,translation,record_id,record_sub_id,field_value\n"
    changes = {"translations.txt": words + "trips,trip_headsign,en,Xiang Yu's Hometown,,,项王故里\n"}
    with Feed.open(write_zip(tmp_path, changes)) as feed:
        assert feed.language == "zh-CN"
        found = feed.translations().pair("trips", "trip_headsign", "t1", "项王故里")
    assert found == ("项王故里", "Xiang Yu's Hometown")


def test_without_feed_info_the_agency_says_the_language(tmp_path: Path) -> None:
    agency = "agency_name,agency_url,agency_timezone,agency_lang\nA,https://bus.example,Asia/Shanghai,zh\n"
    changes = {
        "feed_info.txt": None,
        "agency.txt": agency,
        "routes.txt": SMALL["routes.txt"].replace(",A,", ",,"),
    }
    with Feed.open(write_zip(tmp_path, changes)) as feed:
        assert (feed.language, feed.timezone) == ("zh", "Asia/Shanghai")
    changes["agency.txt"] = "agency_name,agency_url,agency_timezone\nA,https://bus.example,Asia/Shanghai\n"
    with Feed.open(write_zip(tmp_path, changes)) as feed:
        assert feed.language == ""
