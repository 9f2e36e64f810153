"""Names in Chinese and English from translations.txt.

Source: GTFS Schedule reference, translations.txt. A rule by record_id comes before a rule by field_value; a
language tag matches its region variants, the exact tag first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from services.bus.gtfs.checks import Known
from services.bus.gtfs.parsing import TableReader
from services.bus.gtfs.report import FeedReport
from services.bus.gtfs.rows import Translation
from services.bus.gtfs.tables import TRANSLATIONS

# table -> the fields that riders read here
_SHOWN: Final = {
    "agency": {"agency_name"},
    "stops": {"stop_name"},
    "routes": {"route_short_name", "route_long_name", "route_desc"},
    "trips": {"trip_headsign"},
    "stop_times": {"stop_headsign"},
}
_KNOWN_TABLES: Final = _SHOWN.keys() | {"feed_info", "pathways", "levels", "attributions"}


class Translations:
    """The translations of the fields that riders read, by the first subtag of the language."""

    def __init__(self, source_language: str, rows: Iterable[Translation]) -> None:
        self._source = _primary(source_language)
        self._by_record: dict[tuple[str, str, str, str, str], str] = {}
        self._by_value: dict[tuple[str, str, str, str], str] = {}
        for row in sorted(
            (row for row in rows if row.field_name in _SHOWN.get(row.table_name, ())),
            key=lambda row: len(row.language),
        ):
            start = (_primary(row.language), row.table_name, row.field_name)
            if row.record_id:
                self._by_record.setdefault((*start, row.record_id, row.record_sub_id), row.translation)
            elif row.field_value:
                self._by_value.setdefault((*start, row.field_value), row.translation)

    def find(
        self, language: str, table: str, field: str, record_id: str, value: str, sub_id: str = ""
    ) -> str | None:
        """The value in `language` (`zh`, `en`), or None when the feed gives no translation."""
        start = (_primary(language), table, field)
        by_record = self._by_record.get((*start, record_id, sub_id))
        return by_record if by_record is not None else self._by_value.get((*start, value))

    def pair(self, table: str, field: str, record_id: str, value: str, sub_id: str = "") -> tuple[str, str]:
        """The value as (Chinese, English); as written in the feed's own language and in one it lacks."""
        if not value:
            return "", ""
        chinese, english = (
            None if language == self._source else self.find(language, table, field, record_id, value, sub_id)
            for language in ("zh", "en")
        )
        return chinese or value, english or value


def check_translations(reader: TableReader, report: FeedReport, known: Known) -> None:
    """Report translations of tables and records that do not exist. They never refuse a feed."""
    ids: dict[str, set[str] | dict[str, int]] = {
        "agency": known.agencies,
        "stops": known.stops,
        "routes": known.routes,
        "trips": known.trips,
        "stop_times": known.trips,
    }
    for line, row in reader.read(TRANSLATIONS):
        if row.table_name not in _KNOWN_TABLES:
            report.add("translation_unknown_table_name", "translations.txt", line=line, value=row.table_name)
        elif row.table_name != "feed_info" and bool(row.record_id) == bool(row.field_value):
            report.add("translation_unexpected_value", "translations.txt", line=line)
        elif row.record_id and row.record_id not in ids.get(row.table_name, {row.record_id}):
            report.add(
                "translation_foreign_key_violation",
                "translations.txt",
                line=line,
                field="record_id",
                value=row.record_id,
                details={"target": f"{row.table_name}.txt"},
            )


def _primary(language: str) -> str:
    return language.split("-")[0].lower()
