"""Whether what a validator says of itself is on a line."""

from __future__ import annotations

import pytest

from citizen_app.toolkit.contract import Text
from services.bus.operations.timetable.lines import Direction, Line, Placed, StopOfLine, as_given, placed


def stop(gtfs_id: str, code: str = "", station: str = "") -> StopOfLine:
    """A stop called as its id."""
    return StopOfLine(gtfs_id, code, station, Text(gtfs_id, gtfs_id))


OUT = Direction(
    0,
    (Text("湖滨", "Lakeside"), Text("体育馆", "Gymnasium")),
    (stop("A", "11"), stop("B"), stop("C1", station="C")),
)
BACK = Direction(1, (Text("车站", "Station"),), (stop("C2", station="C"), stop("B"), stop("A2", "12")))
LINE = Line("L1", Text("1路", "Line 1"), (OUT, BACK))
NAMESAKE = Line("X1", Text("1路", "Line 1"), (Direction(0, (), (stop("Z"),)),))


@pytest.mark.parametrize(
    ("direction", "said", "number", "found"),
    [
        ("0", "A", 0, "A"),
        ("0", "11", 0, "A"),
        ("湖滨", "C", 0, "C1"),
        ("Gymnasium", "B", 0, "B"),
        ("Station", "C", 1, "C2"),
        (None, "12", 1, "A2"),
        (None, "B", None, "B"),
        ("1", None, 1, None),
        (None, None, None, None),
    ],
)
def test_a_device_is_found_on_its_line(
    direction: str | None, said: str | None, number: int | None, found: str | None
) -> None:
    place = placed([LINE], direction, said)
    assert isinstance(place, Placed)
    assert (place.line_id, place.direction, place.stop_id) == ("L1", number, found)


@pytest.mark.parametrize(
    ("direction", "said", "fault"),
    [
        ("2", "A", "unknown_direction"),
        ("机场", None, "unknown_direction"),
        ("1", "A", "not_on_this_line"),
        (None, "Z", "not_on_this_line"),
    ],
)
def test_a_device_that_is_elsewhere_is_told_how(direction: str | None, said: str | None, fault: str) -> None:
    assert placed([LINE], direction, said) == fault


def test_of_two_lines_of_one_name_the_one_that_fits_is_meant() -> None:
    place = placed([LINE, NAMESAKE], "0", "Z")
    assert isinstance(place, Placed)
    assert (place.line_id, place.headsign) == ("X1", None)


def test_what_a_device_says_is_kept_when_there_is_nothing_to_check_it_against() -> None:
    assert as_given("9路", "1", None) == Placed(Text("9路", "9路"), direction=1)
    assert as_given("9路", "机场", "某站").headsign == Text("机场", "机场")
