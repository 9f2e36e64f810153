"""A GTFS Schedule feed: open, check, then stream its rows to whoever stores them.

    with Feed.open(path) as feed:
        report = feed.check()
        if report.ok:
            for stop in feed.rows(STOPS): ...
            for visit in feed.visits(): ...

Two passes keep memory bounded: the check holds ids and findings, the streams hold one trip at a time. A feed
with a single error gives no rows at all, so nothing of it can be half imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from services.bus.operations.gtfs import tables
from services.bus.operations.gtfs.checks import Known, TableChecks
from services.bus.operations.gtfs.ordering import by_trip, keeps_trips_together, sorted_by_trip
from services.bus.operations.gtfs.parsing import RawRow, TableReader
from services.bus.operations.gtfs.reader import CsvReader
from services.bus.operations.gtfs.report import FeedRefused, FeedReport
from services.bus.operations.gtfs.rows import Frequency, StopTime, Trip, Visit
from services.bus.operations.gtfs.sources import (
    CountedSource,
    Encoding,
    Limits,
    ReadError,
    Source,
    open_source,
)
from services.bus.operations.gtfs.stop_time_checks import StopTimeChecks
from services.bus.operations.gtfs.tables import Table
from services.bus.operations.gtfs.translations import Translations, check_translations
from services.bus.operations.gtfs.trips import timetabled, visits

R = TypeVar("R")
Reorder = Callable[[Iterable[RawRow], list[str]], Iterable[RawRow]]
Progress = Callable[[int, int], None]
"""Told the bytes just read, and how many there are to read in all."""
_EXPIRES_SOON = timedelta(days=7)
READ_FILES = frozenset(table.file for table in tables.TABLES)
READ_TWICE = frozenset({tables.STOP_TIMES.file})
"""Once to see whether the rows of each trip stand together."""


class Feed:
    """An open feed. Use `Feed.open` as a context manager.

    Once it is checked, `visit_count` is how many visits it has, and `period` the first and last day on which
    any of its trips runs.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._report: FeedReport | None = None
        self._sorts_trips = False
        self.visit_count = 0
        self.period: tuple[date, date] | None = None

    @classmethod
    def open(cls, path: Path, limits: Limits | None = None, encoding: Encoding = "utf-8") -> Feed:
        """Open a zip file or a folder. Raises FeedRefused when it is neither or exceeds the limits.

        GTFS is UTF-8; another encoding is read when it is told, never guessed.
        """
        limits = limits or Limits()
        try:
            return cls(open_source(path, tables.KNOWN_FILES, limits, encoding), limits)
        except ReadError as error:
            report = FeedReport()
            report.add(error.rule, path.name, details=error.details)
            raise FeedRefused(report) from error

    def __enter__(self) -> Feed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the archive."""
        self._source.close()

    def check(self, *, today: date | None = None, progress: Progress | None = None) -> FeedReport:
        """Read everything once and report.

        `today` adds warnings about a timetable that has not begun, has ended or soon ends.
        """
        report, source = FeedReport(), self._source
        names = source.names
        if progress is not None:
            total = sum(map(source.size, names & READ_FILES)) + sum(map(source.size, names & READ_TWICE))
            source = CountedSource(source, partial(_tell, progress, total))
        self._report_files(report)
        reader = TableReader(source, self._limits, report)
        known = Known()
        TableChecks(reader, report, known, names).run()
        self._check_stop_times(source, reader, report, known)
        check_translations(reader, report, known)
        for table in tables.TABLES:
            if table.required and reader.whole(table.file) and not report.counts[table.file]:
                report.add("empty_file", table.file)
        self.period = known.days.period(known.services_used)
        if today is not None:
            _report_period(report, self.period, known.feed_end, today)
        self._report = report
        return report

    def rows(self, table: Table[R]) -> Iterator[R]:
        """The typed rows of one file as the feed has them. Raises FeedRefused on errors."""
        for _, row in self._accepted_reader().read(table):
            yield row

    def trips(self) -> Iterator[Trip]:
        """The rows of trips.txt. Equal words are one object: a feed has many trips and few headsigns. Raises
        FeedRefused on errors."""
        one: dict[str, str] = {}

        def shared(word: str) -> str:
            return one.setdefault(word, word)

        for _, row in self._accepted_reader().read(tables.TRIPS):
            yield row._replace(
                route_id=shared(row.route_id),
                service_id=shared(row.service_id),
                trip_headsign=shared(row.trip_headsign),
                trip_short_name=shared(row.trip_short_name),
            )

    def visits(self) -> Iterator[Visit]:
        """Every visit of every trip, times filled in and headways unfolded, the visits of a trip together.

        Raises FeedRefused on errors. Holds trips.txt and frequencies.txt in memory and one trip's stop times.
        """
        reader = self._accepted_reader()
        trips = {trip.trip_id: trip for trip in self.trips()}
        frequencies: dict[str, list[Frequency]] = {}
        for _, period in reader.read(tables.FREQUENCIES):
            frequencies.setdefault(period.trip_id, []).append(period)
        for trip_id, times in by_trip(self._stop_times(reader), self._limits.stops_per_trip):
            rows = timetabled([row for _, row in times], lambda row: row)
            if rows:
                yield from visits(trips[trip_id], rows, frequencies.get(trip_id, ()))

    def translations(self) -> Translations:
        """The names in Chinese and English. Raises FeedRefused on errors."""
        return Translations(self.language, self.rows(tables.TRANSLATIONS))

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows by file, once the feed is checked."""
        return self._report.counts if self._report else {}

    @property
    def language(self) -> str:
        """The language the feed is written in, '' when it does not say. Raises FeedRefused on errors."""
        for info in self.rows(tables.FEED_INFO):
            return info.feed_lang
        for agency in self.rows(tables.AGENCY):
            return agency.agency_lang
        return ""

    @property
    def timezone(self) -> str:
        """The IANA zone of all times. Raises FeedRefused on errors."""
        return next(agency.agency_timezone for agency in self.rows(tables.AGENCY))

    def _accepted_reader(self) -> TableReader:
        report = self._report or self.check()
        if not report.ok:
            raise FeedRefused(report)
        return TableReader(self._source, self._limits, FeedReport())

    def _report_files(self, report: FeedReport) -> None:
        names = self._source.names
        if self._source.folder:
            report.add("invalid_input_files_in_subfolder", self._source.folder, value=self._source.folder)
        for name, spelt in self._source.spelt.items():
            report.add("file_name_in_other_case", name, value=spelt)
        for table in tables.TABLES:
            if table.required and table.file not in names:
                report.add("missing_required_file", table.file)
        if not names & {tables.CALENDAR.file, tables.CALENDAR_DATES.file}:
            report.add("missing_calendar_and_calendar_date_files", tables.CALENDAR.file)
        for name in sorted(names & tables.FILES_NOT_USED):
            report.add("file_not_used", name)
        for name in sorted(names - tables.KNOWN_FILES):
            report.add("unknown_file", name)

    def _check_stop_times(
        self, source: Source, reader: TableReader, report: FeedReport, known: Known
    ) -> None:
        with suppress(ReadError):  # the reading below meets the same fault and reports it
            self._sorts_trips = not self._trips_are_together(source)
        checks = StopTimeChecks(reader, report, known, self._limits)
        checks.run(self._stop_times(reader))
        self.visit_count = checks.visits

    def _trips_are_together(self, source: Source) -> bool:
        file = tables.STOP_TIMES.file
        if file not in source.names:
            return True
        with source.open(file) as stream:
            lines = CsvReader(stream, self._limits, lambda _: None, tables.STOP_TIMES.names, source.encoding)
            if "trip_id" not in lines.header:
                return True
            return keeps_trips_together(lines, lines.header, self._limits.rows_per_small_file)

    def _stop_times(self, reader: TableReader) -> Iterator[tuple[int, StopTime]]:
        def reorder(rows: Iterable[RawRow], header: list[str]) -> Iterable[RawRow]:
            return sorted_by_trip(rows, header, self._limits.rows_in_memory)

        return reader.read(tables.STOP_TIMES, reorder if self._sorts_trips else None)


def load(
    path: Path,
    *,
    today: date | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    encoding: Encoding = "utf-8",
) -> tuple[Feed | None, FeedReport]:
    """Open and check in one step: (feed, report), no feed when it is refused. The caller closes the feed."""
    try:
        feed = Feed.open(path, limits, encoding)
    except FeedRefused as refused:
        return None, refused.report
    report = feed.check(today=today, progress=progress)
    if report.ok:
        return feed, report
    feed.close()
    return None, report


def _tell(progress: Progress, total: int, done: int) -> None:
    progress(done, total)


def _report_period(
    report: FeedReport, period: tuple[date, date] | None, feed_end: date | None, today: date
) -> None:
    if period is None:
        report.add("no_service_days", "calendar.txt")
    elif period[0] > today:
        report.add("feed_not_started", "calendar.txt", value=period[0].isoformat())
    elif period[1] < today:
        report.add("expired_calendar", "calendar.txt", value=period[1].isoformat())
    elif period[1] < today + _EXPIRES_SOON:
        report.add("feed_expiration_date7_days", "calendar.txt", value=period[1].isoformat())
    if feed_end is not None and feed_end < today:
        report.add("feed_info_expired", "feed_info.txt", field="feed_end_date", value=feed_end.isoformat())
