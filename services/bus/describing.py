"""Rows and views as the API says them, in one language."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Row

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.time import now, rfc3339
from services.bus.gtfs import FeedReport
from services.bus.models import BusBoarding, BusFeedVersion
from services.bus.operations.fares import FARE_CLASSES
from services.bus.timetable.departures import NextDepartures
from services.bus.timetable.lines import Direction, Line, StopOfLine
from services.bus.timetable.times import Departure

Language = Literal["zh", "en"]
WHEELCHAIR = {1: True, 2: False}
"""GTFS wheelchair_boarding; 0 says nothing."""


def line_row(row: Row[*tuple[Any, ...]], language: Language) -> dict[str, Any]:
    """A row of `bus_routes`."""
    return {
        "id": row.gtfs_id,
        "name": getattr(row, f"name_{language}"),
        "long_name": getattr(row, f"long_name_{language}") or None,
        "route_type": row.route_type,
        "color": row.color or None,
        "text_color": row.text_color or None,
    }


def line_detail(line: Line, language: Language) -> dict[str, Any]:
    """A line with its directions."""
    return {
        "id": line.gtfs_id,
        "name": line.name.say(language),
        "long_name": _said(line.long_name, language),
        "route_type": line.route_type,
        "color": line.color or None,
        "text_color": line.text_color or None,
        "directions": [_direction(direction, language) for direction in line.directions],
    }


def found_stop(row: Row[*tuple[Any, ...]], lines: dict[str, Text], language: Language) -> dict[str, Any]:
    """A row of `bus_stops` with the lines that call there."""
    return {
        "id": row.gtfs_id,
        "code": row.code or None,
        "name": getattr(row, f"name_{language}"),
        "lat": row.lat,
        "lon": row.lon,
        "station": row.parent or None,
        "is_station": row.location_type == 1,
        "platform": row.platform_code or None,
        "wheelchair": WHEELCHAIR.get(row.wheelchair_boarding),
        "lines": [{"id": line_id, "name": name.say(language)} for line_id, name in lines.items()],
    }


def departure(found: Departure, named: NextDepartures, language: Language) -> dict[str, Any]:
    """One departure, with the names that came with it."""
    visit = found.visit
    headsign = visit.headsign if language == "zh" else named.english.get(visit.headsign, visit.headsign)
    return {
        "line": {"id": visit.route_id, "name": named.lines[visit.route_id].say(language)},
        "headsign": headsign or None,
        "direction": visit.direction_id,
        "stop": visit.stop_id,
        "stop_name": named.place.stops[visit.stop_id].say(language),
        "departs_at": rfc3339(found.at),
        "service_day": found.service_day,
        "time": timetable_time(visit.departure),
        "approximate": visit.approximate,
        "headway_seconds": visit.headway_secs,
        "trip": visit.trip_id,
    }


def trip(row: BusBoarding, language: Language) -> dict[str, Any]:
    """A boarding as its citizen sees it."""
    chinese = language == "zh"
    return {
        "id": row.id,
        "line": row.line_zh if chinese else row.line_en,
        "line_id": row.route_gtfs_id,
        "direction": row.direction,
        "headsign": row.headsign_zh if chinese else row.headsign_en,
        "stop": row.stop_zh if chinese else row.stop_en,
        "stop_id": row.stop_gtfs_id,
        "vehicle": row.vehicle,
        "fare": row.fare,
        "currency": row.currency,
        "fare_class": row.fare_class,
        "fare_class_title": FARE_CLASSES[row.fare_class].passenger.say(language),
        "occurred_at": rfc3339(row.occurred_at),
        "late": row.late,
    }


def timetable_time(seconds: int) -> str:
    """Seconds of a service day as HH:MM:SS, past 24:00:00 after midnight (GTFS Time)."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _direction(direction: Direction, language: Language) -> dict[str, Any]:
    return {
        "direction": direction.number,
        "headsign": _said(direction.headsigns[0], language) if direction.headsigns else None,
        "stops": [_stop(stop, language) for stop in direction.stops],
    }


def _stop(stop: StopOfLine, language: Language) -> dict[str, Any]:
    return {
        "id": stop.gtfs_id,
        "code": stop.code or None,
        "name": stop.name.say(language),
        "lat": stop.lat,
        "lon": stop.lon,
        "station": stop.station or None,
    }


def _said(words: Text | None, language: Language) -> str | None:
    return words.say(language) if words is not None else None


def feed_version(version: BusFeedVersion, in_force: int | None) -> dict[str, Any]:
    """A feed that was imported or refused, as staff see it; `in_force` is the number of the one in force."""
    status = _standing(version, in_force)
    waits = status == "waiting"
    return {
        "version": version.id,
        "status": status,
        "source": version.source,
        "sha256": version.sha256,
        "first_day": version.first_day.isoformat() if version.first_day else None,
        "last_day": version.last_day.isoformat() if version.last_day else None,
        "waits_until": version.first_day.isoformat() if waits and version.first_day else None,
        "counts": version.counts,
        "created_at": rfc3339(version.created_at),
        "activated_at": rfc3339(version.activated_at) if version.activated_at and not waits else None,
    }


def _standing(version: BusFeedVersion, in_force: int | None) -> str:
    """The status at this moment; the row's may not say yet that a feed which waited came into force."""
    if version.id == in_force:
        return "active"
    due = version.status == "waiting" and version.activated_at is not None and version.activated_at <= now()
    return "retired" if due or version.status == "active" else version.status


def feed_detail(version: BusFeedVersion, in_force: int | None, language: Language) -> dict[str, Any]:
    """The same with what its check found, in one language."""
    report = FeedReport.from_json(version.report)
    findings = [
        {
            "file": found.file,
            "line": found.line,
            "rule": found.rule,
            "severity": found.severity.value,
            "field": found.field,
            "value": found.value,
            "message": found.zh if language == "zh" else found.en,
        }
        for found in report.worst_first()
    ]
    totals = [
        {"rule": rule, "severity": severity.value, "count": number}
        for (rule, severity), number in sorted(report.totals.items())
    ]
    return {
        **feed_version(version, in_force),
        "rows_read": report.counts,
        "totals": totals,
        "findings": findings,
    }
