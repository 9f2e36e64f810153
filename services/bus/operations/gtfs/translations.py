"""Names in Chinese and English from translations.txt.

Source: GTFS Schedule reference, translations.txt. A rule by record_id comes before a rule by field_value; a
language tag matches its region variants, the exact tag first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from services.bus.operations.gtfs.checks import Known
from services.bus.operations.gtfs.parsing import TableReader
from services.bus.operations.gtfs.report import FeedReport
from services.bus.operations.gtfs.rows import Translation
from services.bus.operations.gtfs.tables import TRANSLATIONS

# table -> the fields that riders read here
_SHOWN: Final = {
    "agency": {"agency_name"},
    "stops": {"stop_name"},
    "routes": {"route_short_name", "route_long_name", "route_desc"},
    "trips": {"trip_headsign"},
    "stop_times": {"stop_headsign"},
}
_Field = tuple[str, str, str]
_NONE: Final[Mapping[str, str]] = {}
_KNOWN_TABLES: Final = _SHOWN.keys() | {"feed_info", "pathways", "levels", "attributions"}


class Translations:
    """The translations of the fields that riders read, by the first subtag of the language."""

    def __init__(self, source_language: str, rows: Iterable[Translation]) -> None:
        self._source = _primary(source_language)
        self._by_record: dict[_Field, dict[str, str]] = {}
        self._by_value: dict[_Field, dict[str, str]] = {}
        tags: set[str] = set()
        for row in rows:
            if row.field_name not in _SHOWN.get(row.table_name, ()):
                continue
            tags.add(row.language)
            field = (row.language, row.table_name, row.field_name)
            if row.record_id:
                records = self._by_record.setdefault(field, {})
                records.setdefault(_record(row.record_id, row.record_sub_id), row.translation)
            elif row.field_value:
                self._by_value.setdefault(field, {}).setdefault(row.field_value, row.translation)
        self._tags: dict[str, list[str]] = {}
        for tag in sorted(tags, key=lambda tag: (len(tag), tag)):
            self._tags.setdefault(_primary(tag), []).append(tag)

    def find(
        self, language: str, table: str, field: str, record_id: str, value: str, sub_id: str = ""
    ) -> str | None:
        """The value in `language` (`zh`, `en`), or None when the feed gives no translation."""
        tags = self._tags.get(_primary(language), ())
        for known, key in ((self._by_record, _record(record_id, sub_id)), (self._by_value, value)):
            for tag in tags:
                found = known.get((tag, table, field), _NONE).get(key)
                if found is not None:
                    return found
        return None

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


def _record(record_id: str, sub_id: str) -> str:
    return f"{record_id}\n{sub_id}" if sub_id else record_id  # no value holds a line break


def _primary(language: str) -> str:
    return language.split("-")[0].lower()
