"""From the stop times of a trip to what riders see: missing times filled, headways unfolded, trips joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from services.bus.operations.gtfs.rows import Frequency, StopTime, Trip, Visit

R = TypeVar("R")


class Run(NamedTuple):
    """One run of a trip: `shift` seconds later than its stop times say."""

    number: int
    shift: int
    approximate: bool
    headway_secs: int | None


def timetabled(rows: Sequence[R], time_of: Callable[[R], StopTime]) -> list[R]:
    """The rows of a trip at which a vehicle calls at a time: without those on demand (GTFS-Flex), and without
    stops before the first or behind the last time of what remains, which only those gave a place in time."""
    fixed = [row for row in rows if not time_of(row).is_on_demand]
    if len(fixed) == len(rows):
        return fixed
    timed = [place for place, row in enumerate(fixed) if time_of(row).arrival_time is not None]
    return fixed[timed[0] : timed[-1] + 1] if timed else []


def interpolated(times: Sequence[StopTime]) -> list[StopTime]:
    """The same stop times with no time missing, for one trip in order of stop_sequence.

    GTFS lets stops between timepoints have no times (reference, stop_times.arrival_time). They are spread
    evenly over the stops between the departure before and the arrival after, by position along the trip:
    stop_sequence need not be consecutive, so its value says nothing about distance. Seconds are rounded down,
    which keeps the order. Such rows get timepoint 0. The first and the last row must have times (rule
    missing_trip_edge).
    """
    filled = list(times)
    known = 0
    for place, row in enumerate(times):
        if row.arrival_time is None:
            continue
        gap = place - known
        start = filled[known].departure_time
        if gap > 1 and start is not None:
            for step in range(1, gap):
                moment = start + (row.arrival_time - start) * step // gap
                filled[known + step] = filled[known + step]._replace(
                    arrival_time=moment, departure_time=moment, timepoint=0
                )
        known = place
    return filled


def runs_in(frequency: Frequency) -> int:
    """How many runs a headway period has: start_time, then every headway, before end_time."""
    return max(0, -((frequency.start_time - frequency.end_time) // frequency.headway_secs))


def runs(times: Sequence[StopTime], frequencies: Sequence[Frequency]) -> Iterator[Run]:
    """The runs of a trip: one as written, or those of its headway periods (reference, frequencies.txt).

    A trip with headways gives only the durations between its stops; its own clock times are not a run. Runs
    leave the first stop at start_time + k × headway_secs, before end_time. exact_times=0 promises a headway
    and no clock time, so those runs are approximate and carry the headway.
    """
    if not frequencies:
        yield Run(0, 0, False, None)
        return
    base = times[0].departure_time or 0
    number = 0
    for period in sorted(frequencies, key=lambda period: period.start_time):
        loose = period.exact_times == 0
        for k in range(runs_in(period)):
            start = period.start_time + k * period.headway_secs
            yield Run(number, start - base, loose, period.headway_secs if loose else None)
            number += 1


def visits(trip: Trip, times: Sequence[StopTime], frequencies: Sequence[Frequency]) -> Iterator[Visit]:
    """Every visit of one trip, run by run. `times` in order of stop_sequence, first and last with times."""
    filled = interpolated(times)
    for run in runs(filled, frequencies):
        for row in filled:
            yield Visit(
                trip_id=trip.trip_id,
                run=run.number,
                route_id=trip.route_id,
                service_id=trip.service_id,
                direction_id=trip.direction_id,
                stop_id=row.stop_id,
                stop_sequence=row.stop_sequence,
                arrival=(row.arrival_time or 0) + run.shift,
                departure=(row.departure_time or 0) + run.shift,
                headsign=row.stop_headsign or trip.trip_headsign,
                pickup_type=row.pickup_type,
                drop_off_type=row.drop_off_type,
                last=row is filled[-1],
                approximate=run.approximate or row.timepoint == 0,
                headway_secs=run.headway_secs,
            )
