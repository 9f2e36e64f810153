"""The figures of the benchmark: ratios, tails, tables, and what a load accepts as an answer. Nothing is
measured here."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.layers import CHECK, DATABASE, OTHER, shares
from bench.load import Call, WrongAnswer, drive
from bench.ratios import Budget, Sample, Spread, by_round, percentile, spread, table
from bench.results import GROWTH, RATIOS, keep, with_section

CALL = Call(b"GET / HTTP/1.1\r\n\r\n", b"yes")


def test_a_sample_counts_units_and_not_requests() -> None:
    sample = Sample(units=1000, cpu_seconds=0.5, wall_seconds=2)

    assert (sample.cpu_per_unit, sample.rate) == (0.0005, 500)


def test_a_sample_without_duration_has_no_rate() -> None:
    with pytest.raises(ValueError, match="duration"):
        _ = Sample(units=1, cpu_seconds=1).rate


def test_ratios_are_taken_within_a_round() -> None:
    # The second round was twice as slow for both: the ratio does not see it.
    assert by_round([2, 4, 3], [1, 2, 1]) == Spread(2, 2, 3)


def test_rounds_of_different_number_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        by_round([1, 2], [1])


def test_a_spread_needs_figures() -> None:
    assert str(spread([0.5, 12.34, 250])) == "0.50 – 12.3 – 250"
    with pytest.raises(ValueError, match="no figures"):
        spread([])


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1, 100), (0, 1)])
def test_percentiles_are_values_that_occurred(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_a_budget_is_judged_by_its_median() -> None:
    over = Budget("cpu", Spread(1, 2.6, 3), 2.5)
    kept = Budget("rate", Spread(0.1, 0.4, 0.6), 0.4, at_least=True)

    assert over.row() == ("cpu", "1.00 – 2.60 – 3.00", "≤ 2.5 ×", "OVER")
    assert kept.row() == ("rate", "0.10 – 0.40 – 0.60", "≥ 0.4 ×", "kept")


def test_a_table_stands_straight_with_wide_characters() -> None:
    assert table(["名", "x"], [["a", "12"]]).splitlines() == ["| 名 | x  |", "| -- | -- |", "| a  | 12 |"]


def test_a_run_rewrites_its_own_section_and_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"

    keep(GROWTH, "grown\n\n### PostgreSQL\n\nfigures", file)
    keep(RATIOS, "first", file)
    keep(RATIOS, "second", file)

    text = file.read_text()
    assert "first" not in text
    assert text.index("second") < text.index("grown") < text.index("### PostgreSQL\n\nfigures")


def test_a_section_cannot_swallow_another() -> None:
    with pytest.raises(ValueError, match="no section"):
        with_section("", "Weather", "rain")
    with pytest.raises(ValueError, match="third level"):
        with_section("", GROWTH, "figures\n## Ratios")


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A server of one connection that gives every request the same answer."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                while connection.recv(1000):
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
    thread.join(5)


def test_a_load_times_every_call() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes") as port:
        answered = drive(port, [CALL] * 5, connections=1)

    assert len(answered.seconds[""]) == 5
    assert 0 < sum(answered.seconds[""]) <= answered.wall_seconds


def test_a_paced_load_takes_its_time() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes") as port:
        assert drive(port, [CALL] * 5, connections=1, per_second=100).wall_seconds >= 0.04


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nno!",
        b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 3\r\n\r\nyes",
        b"HTTP/1.1 200 OK\r\n\r\nyes",
    ],
)
def test_a_wrong_answer_ends_the_measurement(answer: bytes) -> None:
    with answering(answer) as port, pytest.raises(WrongAnswer):
        drive(port, [CALL], connections=1)


def test_time_in_c_belongs_to_whoever_called_it() -> None:
    walk = ("/house/citizen_app/scans/pipeline.py", 1, "process")
    verify = (
        "~",
        0,
        "<method 'verify' of 'cryptography.hazmat.bindings._rust.openssl.ed25519.Ed25519PublicKey' objects>",
    )
    commit = ("~", 0, "<method 'commit' of 'sqlite3.Connection' objects>")
    length = ("~", 0, "<built-in method builtins.len>")
    library = ("/usr/lib/python3.11/json/__init__.py", 1, "dumps")
    stats = {
        walk: (1, 1, 2.0, 9.0, {}),
        verify: (1, 1, 4.0, 4.0, {walk: (1, 1, 4.0, 4.0)}),
        commit: (1, 1, 1.5, 1.5, {walk: (1, 1, 1.5, 1.5)}),
        length: (2, 2, 1.5, 1.5, {walk: (1, 1, 1.0, 1.0), library: (1, 1, 0.5, 0.5)}),
        library: (1, 1, 0.5, 1.0, {walk: (1, 1, 0.5, 1.0)}),
    }
    assert shares(stats) == [(CHECK, 4 / 9.5), ("the walk", 3 / 9.5), (DATABASE, 1.5 / 9.5), (OTHER, 1 / 9.5)]
