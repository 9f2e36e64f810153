"""The closed list of things a feed can have wrong, in both languages.

Names and severities follow the canonical GTFS Schedule validator (MobilityData gtfs-validator, RULES.md)
wherever it has the rule, so that an operator can look it up; rules marked "ours" it does not have under that
name. We are milder where nothing is in doubt: a feed inside one folder of the archive, names of files and
columns in capitals, a row with fewer values than columns (the rest is blank; the GTFS sample feed has such
rows), a line break inside quotation marks, an optional file without a header, and a translation of a record
that does not exist are warnings. The rules about the end of a timetable look at the last service day, not at
feed_info.feed_end_date.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from citizen_app.toolkit.contract import Text


class Severity(StrEnum):
    """How bad a finding is. One ERROR refuses the whole feed; nothing of it is imported."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Rule(NamedTuple):
    """One rule: its severity and its sentence, with places to fill."""

    severity: Severity
    words: Text


_ERRORS: Final[dict[str, tuple[str, str]]] = {
    # the archive and its files
    "not_an_archive": (  # ours
        "{name} 不是完整的 zip 文件；请给出 GTFS 的 zip 数据包，或解开后的文件夹",
        "{name} is not a whole zip file; give the zip archive of a GTFS feed, or the folder that it unpacks to",
    ),
    "unreadable_archive": (  # ours
        "数据包无法读取：已损坏、不完整，或没有读取权限",
        "The feed cannot be read: {detail}",
    ),
    "archive_limit_exceeded": ("数据包超出限制：{detail}", "The feed exceeds a limit: {detail}"),  # ours
    "missing_required_file": ("缺少必需文件 {file}", "The required file {file} is missing"),
    "missing_calendar_and_calendar_date_files": (
        "calendar.txt 和 calendar_dates.txt 至少要有一个",
        "At least one of calendar.txt and calendar_dates.txt must be given",
    ),
    "empty_file": ("{file} 是空文件", "{file} is empty"),
    "csv_parsing_failed": ("不是有效的 CSV，请检查这一行的引号和逗号", "Not valid CSV: {detail}"),
    "invalid_character": ("不是 {encoding} 文本，请改正这一行", "Not {encoding} text; correct this line"),
    "other_encoding": (  # ours
        "这个文件像是 {name} 编码，而 GTFS 须用 UTF-8。请在表格软件里另存为“CSV UTF-8”，或加 --encoding {encoding} 导入",
        "The file seems to be {name}, and GTFS wants UTF-8. Save it as 'CSV UTF-8', or import it with --encoding {encoding}",
    ),
    "utf_16_text": (  # ours
        "这个文件是 UTF-16 编码（“Unicode 文本”），而 GTFS 须用 UTF-8。请另存为“CSV UTF-8”",
        "The file is UTF-16 ('Unicode text'), and GTFS wants UTF-8. Save it as 'CSV UTF-8'",
    ),
    "wrong_line_ends": (  # ours
        "行尾只有 CR（旧式 Mac 格式）。请另存为 CRLF 或 LF 行尾",
        "Lines end with CR alone (old Macintosh). Save the file with CRLF or LF",
    ),
    "line_too_long": ("这一行超过 {most} 字节", "The line is longer than {most} bytes"),  # ours
    "unclosed_quote": (  # ours
        "这一行有一个双引号没有在本行的值里结束",
        "A quotation mark opened in this row is not closed where its value ends",
    ),
    "misplaced_quote": (  # ours
        '双引号后面应是逗号；值里的双引号要写两个（""）',
        'After a closing quotation mark a comma must follow; one inside a value is written twice ("")',
    ),
    "duplicate_file": ("数据包里有两个 {name}", "The archive holds two files named {name}"),  # ours
    "encrypted_archive": (
        "数据包有密码，请上传没有密码的",
        "The archive has a password; give one without",
    ),  # ours
    "unsupported_compression": (  # ours
        "数据包用了 {method} 压缩，请用普通 zip（deflate）",
        "The archive is compressed with {method}; use plain zip (deflate)",
    ),
    "too_many_rows": ("行数过多：{detail}", "Too many rows: {detail}"),
    "missing_required_column": ("缺少必需列 {field}", "The required column {field} is missing"),
    "duplicated_column": ("列 {field} 出现了两次", "The column {field} appears twice"),
    "invalid_row_length": (
        "这一行有 {value} 个值，表头有 {expected} 列",
        "The row has {value} values, the header has {expected} columns",
    ),
    # single values
    "missing_required_field": ("{field} 不能为空", "{field} must have a value"),
    "value_too_long": (  # ours
        "{field} 超过 {high} 个字符",
        "{field} is longer than {high} characters",
    ),
    "invalid_time": (
        "{field}“{value}”不是 H:MM:SS 或 HH:MM:SS 格式的时间",
        "{field} '{value}' is not a time of the form H:MM:SS or HH:MM:SS",
    ),
    "invalid_date": (
        "{field}“{value}”不是 YYYYMMDD 格式的日期",
        "{field} '{value}' is not a date of the form YYYYMMDD",
    ),
    "invalid_integer": ("{field}“{value}”不是整数", "{field} '{value}' is not a whole number"),
    "invalid_float": ("{field}“{value}”不是数字", "{field} '{value}' is not a number"),
    "number_out_of_range": (
        "{field}“{value}”不在 {low} 到 {high} 之间",
        "{field} '{value}' is not between {low} and {high}",
    ),
    "invalid_color": (
        "{field}“{value}”不是六位十六进制颜色（不带 #）",
        "{field} '{value}' is not a colour of six hexadecimal digits without #",
    ),
    "invalid_language_code": (
        "{field}“{value}”不是 BCP 47 语言代码",
        "{field} '{value}' is not a BCP 47 language code",
    ),
    "invalid_timezone": ("{field}“{value}”不是 IANA 时区", "{field} '{value}' is not an IANA time zone"),
    "invalid_url": (
        "{field}“{value}”不是以 http:// 或 https:// 开头的网址",
        "{field} '{value}' is not a URL that starts with http:// or https://",
    ),
    "unexpected_enum_value": (
        "{field}“{value}”不是允许的值（{allowed}）",
        "{field} '{value}' is not one of the allowed values ({allowed})",
    ),
    # records
    "duplicate_key": ("{field}“{value}”已经出现过", "{field} '{value}' has already been given"),
    "foreign_key_violation": (
        "{field}“{value}”在 {target} 中不存在",
        "{field} '{value}' does not exist in {target}",
    ),
    "inconsistent_agency_timezone": (
        "所有运营单位必须使用同一时区，这里是“{value}”，之前是“{expected}”",
        "All agencies must have the same time zone; here '{value}', before '{expected}'",
    ),
    "route_both_short_and_long_name_missing": (
        "线路“{value}”既没有简称也没有全称",
        "Route '{value}' has neither a short nor a long name",
    ),
    "start_and_end_range_out_of_order": (
        "{field} 早于开始（{value}）",
        "{field} is before the start ({value})",
    ),
    "start_and_end_range_equal": (
        "{field} 与开始相同（{value}）",
        "{field} equals the start ({value})",
    ),
    "location_without_parent_station": (
        "“{value}”必须写明 parent_station",
        "'{value}' must name its parent_station",
    ),
    "station_with_parent_station": (
        "“{value}”是车站，不能有 parent_station",
        "'{value}' is a station and must not have a parent_station",
    ),
    "wrong_parent_location_type": (
        "parent_station“{value}”的 location_type 必须是 {expected}",
        "parent_station '{value}' must have location_type {expected}",
    ),
    "location_with_unexpected_stop_time": (
        "“{value}”不是站台（location_type 0），车辆不能在此停靠",
        "'{value}' is not a stop (location_type 0), so no vehicle can call there",
    ),
    # trips
    "missing_trip_edge": (
        "班次“{value}”的首站和末站必须写明到达和离开时间",
        "Trip '{value}' must give both times at its first and last stop",
    ),
    "stop_time_with_only_arrival_or_departure_time": (
        "到达和离开时间只写了一个",
        "Only one of arrival_time and departure_time is given",
    ),
    "stop_time_timepoint_without_times": (
        "timepoint=1 的站必须写明到达和离开时间",
        "A stop with timepoint=1 must give both times",
    ),
    "stop_time_with_departure_before_arrival_time": (  # ours
        "班次“{value}”在到达之前离开",
        "Trip '{value}' departs before it arrives",
    ),
    "stop_time_with_arrival_before_previous_departure_time": (
        "班次“{value}”在离开上一站之前到达",
        "Trip '{value}' arrives before it left the stop before",
    ),
    "overlapping_frequency": (
        "班次“{value}”的发车间隔时段互相重叠",
        "Two headway periods of trip '{value}' overlap",
    ),
    "no_service_from_now_on": (  # ours
        "今天起没有任何班次，启用后乘客什么也查不到；请取得新的数据，确要启用请加 --force",
        "No trip runs from today on, so riders would find nothing; get a newer feed, or add --force if this one is meant",
    ),
}

_WARNINGS: Final[dict[str, tuple[str, str]]] = {
    "invalid_input_files_in_subfolder": (
        "文件应放在数据包根目录，而不是“{value}”中",
        "The files should be at the root of the archive, not in '{value}'",
    ),
    "missing_recommended_file": ("建议提供 {file}", "The file {file} is recommended"),
    "file_name_in_other_case": (
        "文件名应为 {file}，这里是“{value}”",
        "The file should be named {file}, not '{value}'",
    ),  # ours
    "column_name_in_other_case": (
        "列名应为 {field}，这里是“{value}”",
        "The column should be named {field}, not '{value}'",
    ),  # ours
    "new_line_in_value": ("值中有换行，已改为空格", "A value had a line break; it became a space"),
    "feed_not_started": (  # ours
        "第一个运营日是 {value}，在那之前没有班次",
        "The first service day is {value}; there are no departures before it",
    ),
    "feed_waits": (  # ours
        "等到 {value} 零点自动启用，在那之前原有时刻表继续使用；要立即启用请加 --force",
        "It waits until {value} and comes into force then by itself; the timetable in force stays until that day. "
        "Add --force to put it in force now",
    ),
    "no_service_days": (  # ours
        "没有任何一天有班次运行",
        "There is no day on which any trip runs",
    ),
    "feed_info_expired": (  # ours
        "feed_end_date 是 {value}，已经过去",
        "feed_end_date is {value}, which has passed",
    ),
    "empty_row": ("空行", "The row is empty"),
    "empty_column_name": ("有一列没有列名", "A column has no name"),
    "leading_or_trailing_whitespaces": (
        "{field} 的值前后有空格，已去掉",
        "The value of {field} has spaces around it; they were removed",
    ),
    "space_after_quote": (
        "双引号后有空格，已去掉",
        "A quotation mark had blanks behind it; they were removed",
    ),  # ours
    "more_than_one_entity": ("{file} 只能有一行数据", "{file} may have only one row"),
    "unusable_trip": ("班次“{value}”少于两站", "Trip '{value}' has fewer than two stops"),
    "unused_trip": ("班次“{value}”没有停靠时间", "Trip '{value}' has no stop times"),
    "stop_time_on_demand": (  # ours
        "班次“{value}”在这里按需响应（GTFS-Flex），没有钟点，不列入班次查询",
        "Trip '{value}' comes here on demand (GTFS-Flex), at no set time; it is left out of departures",
    ),
    "stop_without_stop_time": ("没有班次停靠“{value}”", "No trip calls at '{value}'"),  # ours
    "translation_unknown_table_name": ("未知的表“{value}”", "Unknown table '{value}'"),
    "translation_unexpected_value": (
        "record_id 与 field_value 必须且只能写一个",
        "Exactly one of record_id and field_value must be given",
    ),
    "translation_foreign_key_violation": (
        "被翻译的记录“{value}”在 {target} 中不存在",
        "The translated record '{value}' does not exist in {target}",
    ),
    "expired_calendar": (
        "最后一个运营日是 {value}，已经过去",
        "The last service day is {value}, which has passed",
    ),
    "feed_expiration_date7_days": (
        "最后一个运营日是 {value}，不到 7 天",
        "The last service day is {value}, less than 7 days away",
    ),
}

_INFOS: Final[dict[str, tuple[str, str]]] = {
    "unknown_file": ("{file} 不是 GTFS 文件，已忽略", "{file} is not a GTFS file; ignored"),
    "file_not_used": ("本系统不使用 {file}，已跳过", "{file} is not used here; skipped"),  # ours
    "unknown_column": ("{field} 不是 GTFS 列，已忽略", "{field} is not a GTFS column; ignored"),
}

RULES: Final[dict[str, Rule]] = {
    **{name: Rule(Severity.ERROR, Text(*words)) for name, words in _ERRORS.items()},
    **{name: Rule(Severity.WARNING, Text(*words)) for name, words in _WARNINGS.items()},
    **{name: Rule(Severity.INFO, Text(*words)) for name, words in _INFOS.items()},
}
