"""The command line."""

from __future__ import annotations

from citizen_app.toolkit.testing import City


def test_closing_a_day(city: City) -> None:
    for _ in range(2):
        done = city.app.test_cli_runner().invoke(args=["parlour", "close", "2026-12-31"])
        assert (done.exit_code, done.output) == (0, "closed on 2026-12-31\n")
    assert city.count("parlour_closed_days") == 1
