"""The memory that an export takes does not grow with its period."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from flask import Flask

from citizen_app.ids import new_id
from citizen_app.usage.export import Line, chunks, csv_bytes, xlsx_bytes
from tests.drills.sizes import EXPORTED_THOUSANDS, LONG_ON
from tests.integration.usage.filling import event, stand, write
from tests.integration.usage.test_usage_export import DAY, NOON


def fill(app: Flask, thousands: int) -> None:
    kiosk = stand(app)
    for block in range(thousands):
        write(
            app,
            *[
                event(
                    new_id(),
                    NOON + timedelta(milliseconds=block * 1000 + n),
                    kiosk_id=kiosk.kiosk_id,
                    placement_id=kiosk.placement_id,
                )
                for n in range(1000)
            ],
        )


@pytest.mark.parametrize("database_url", LONG_ON, indirect=True)
def test_memory_does_not_grow_with_the_period(app: Flask) -> None:
    """Up to 9,000 events (50,000 in a drill), with a control that keeps what it has written."""
    most, most_xlsx = EXPORTED_THOUSANDS, EXPORTED_THOUSANDS // 3
    fill(app, most)

    def peak(work: Callable[[int], Any], number: int) -> float:
        tracemalloc.start()
        try:
            with app.app_context():
                kept = work(number)
            assert kept is None or len(kept) > 1
            return tracemalloc.get_traced_memory()[1] / 1e6
        finally:
            tracemalloc.stop()

    def lines(number: int) -> Iterator[list[Line]]:
        return islice(chunks(DAY, "zh"), number)

    with app.app_context():
        assert sum(map(len, lines(100))) == most * 1000
    few, many = (peak(lambda n: drain(csv_bytes(lines(n), "zh")), n) for n in (3, most))
    kept = peak(lambda n: list(csv_bytes(lines(n), "zh")), most)
    assert many < few + 3, f"CSV: {few:.1f} MB for 3,000 events, {many:.1f} MB for {most},000"
    assert kept > few + 0.1 * most, f"the control kept only {kept:.1f} MB"
    few, many = (peak(lambda n: drain(xlsx_bytes(lines(n), "zh")), n) for n in (1, most_xlsx))
    assert many < few + 3, f"XLSX: {few:.1f} MB for 1,000 events, {many:.1f} MB for {most_xlsx},000"


def drain(pieces: Iterator[bytes]) -> None:
    for _ in pieces:
        pass
