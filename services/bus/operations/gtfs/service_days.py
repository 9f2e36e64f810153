"""Which days a service runs. Source: GTFS Schedule reference, calendar.txt and calendar_dates.txt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from services.bus.operations.gtfs.rows import Calendar, CalendarDate

_ONE_DAY = timedelta(days=1)


class ServiceDays:
    """On which days each service runs: weekly patterns with a period, then exceptions by date.

    An exception overrides the pattern, and a service may consist of added dates alone.
    """

    def __init__(self, calendars: Iterable[Calendar] = (), exceptions: Iterable[CalendarDate] = ()) -> None:
        self._calendars: dict[str, Calendar] = {}
        self._exceptions: dict[str, dict[date, bool]] = {}
        for calendar in calendars:
            self.add_calendar(calendar)
        for exception in exceptions:
            self.add_exception(exception)

    def add_calendar(self, row: Calendar) -> None:
        """Learn a weekly pattern."""
        self._calendars[row.service_id] = row

    def add_exception(self, row: CalendarDate) -> None:
        """Learn an added or removed date."""
        self._exceptions.setdefault(row.service_id, {})[row.date] = row.exception_type == 1

    def __contains__(self, service_id: object) -> bool:
        return service_id in self._calendars or service_id in self._exceptions

    def runs(self, service_id: str, day: date) -> bool:
        """Whether the service runs on this service day; an unknown service never runs."""
        exception = self._exceptions.get(service_id, {}).get(day)
        if exception is not None:
            return exception
        calendar = self._calendars.get(service_id)
        if calendar is None or not calendar.start_date <= day <= calendar.end_date:
            return False
        return calendar.runs_weekday(day)

    def running_on(self, day: date) -> frozenset[str]:
        """Every service that runs on this service day."""
        services = self._calendars.keys() | self._exceptions.keys()
        return frozenset(service_id for service_id in services if self.runs(service_id, day))

    def period(self, services: Collection[str]) -> tuple[date, date] | None:
        """The first and the last day on which any of the services runs, None where none ever does."""
        days = [day for service_id in services for day in self._ends(service_id)]
        return (min(days), max(days)) if days else None

    def _ends(self, service_id: str) -> Iterator[date]:
        """The earliest and the latest day of one service: of its added dates, and of its pattern without the
        removed ones.

        A pattern meets one of its weekdays within seven days of either end, or after as many weeks as dates
        were removed.
        """
        yield from (day for day, added in self._exceptions.get(service_id, {}).items() if added)
        calendar = self._calendars.get(service_id)
        if calendar is None or not any(calendar[1:8]):
            return
        for first, step in ((calendar.start_date, _ONE_DAY), (calendar.end_date, -_ONE_DAY)):
            day = first
            while calendar.start_date <= day <= calendar.end_date:
                if self.runs(service_id, day):
                    yield day
                    break
                if day in (date.min, date.max):
                    break
                day += step
