"""One run on one database: start the servers, let the rounds take turns, end the servers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench import inprocess, subjects
from bench.city import CITIZENS, City, environment, open_city
from bench.load import drive
from bench.ratios import Sample, percentile
from bench.servers import Program, Server
from bench.subjects import (
    ACCEPT,
    BATCH,
    DJANGO_PEER,
    FASTAPI_PEER,
    NULL,
    ORM_PEER,
    PEER,
    SHOW,
    Subject,
    Tickets,
)
from citizen_app.setting_fields import normalised_database_url

PROGRAMS: Final = {
    NULL: Program("bench.peers.flask_null:create_app()", "/null"),
    PEER: Program("bench.peers.flask_core:create_app()", "/ready"),
    ORM_PEER: Program("bench.peers.flask_orm:create_app()", "/ready"),
    DJANGO_PEER: Program("bench.peers.django_drf:create_app()", "/ready"),
    FASTAPI_PEER: Program("bench.peers.fastapi_core:create_app", "/ready", gunicorn=None),
    ACCEPT: Program("wsgi:app", "/healthz", gunicorn="gunicorn.conf.py"),
}
PEERS: Final = (PEER, ORM_PEER, DJANGO_PEER, FASTAPI_PEER)
CHECKS: Final = "bare signature checks"
GARBAGE_PER_VALID: Final = 10
VALID_SHARE: Final = 1 / 20
"""Paced valid scans come at this share of the rate that a closed loop reached, so that garbage beside them
fits on the machine."""
SOAK_SCANS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much work one run is."""

    rounds: int
    cheap: int
    dear: int
    batches: int
    paced: int
    drawings: int
    soak: bool = False


QUICK: Final = Size(rounds=3, cheap=1000, dear=300, batches=1, paced=40, drawings=10)
FULL: Final = Size(rounds=7, cheap=3000, dear=1000, batches=3, paced=150, drawings=40)


@dataclass(slots=True)
class Measured:
    """What a run found on one database."""

    database: str
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    quiet: list[list[float]] = field(default_factory=list)
    beside_garbage: list[list[float]] = field(default_factory=list)
    read_offline: list[Sample] = field(default_factory=list)
    drawn_by_us: list[Sample] = field(default_factory=list)
    drawn_usually: list[Sample] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    spent: list[tuple[str, float]] = field(default_factory=list)
    start_seconds: dict[str, float] = field(default_factory=dict)
    worker_bytes: int = 0
    scans: int = 0


@dataclass(frozen=True, slots=True)
class Bench:
    """The servers of a run, ready to be measured."""

    city: City
    ours: Server
    subjects: tuple[Subject, ...]


def run(database: str, url: str, folder: Path, size: Size, say: Callable[[str], None]) -> Measured:
    """Measure on one migrated, empty database; `say` hears what is happening."""
    found = Measured(database)
    with ExitStack() as stack:
        say(f"{database}: citizens, kiosks, servers")
        bench = _set_up(stack, url, folder, size, found)
        for subject in bench.subjects:
            subject.warm_up()
        for number in range(size.rounds):
            say(f"{database}: round {number + 1} of {size.rounds}")
            _round(bench, size, found)
        rates = [sample.rate for sample in found.samples[ACCEPT]]
        pace = percentile(rates, 0.5) * VALID_SHARE
        for number in range(size.rounds):
            say(f"{database}: garbage, round {number + 1} of {size.rounds}, {pace:.0f} valid scans/s")
            found.quiet.append(_paced(bench, size.paced, 0, pace))
            found.beside_garbage.append(_paced(bench, size.paced, GARBAGE_PER_VALID, pace))
        found.scans += size.rounds * (size.dear + size.batches * CITIZENS + 2 * size.paced)
        if size.soak:
            say(f"{database}: on to {SOAK_SCANS} scans")
            _soak(bench, found)
        found.worker_bytes = bench.ours.worker_bytes()
        say(f"{database}: what a scan is spent on")
        found.spent = inprocess.spent_on_accepting(bench.city, CITIZENS)
    return found


def _set_up(stack: ExitStack, url: str, folder: Path, size: Size, found: Measured) -> Bench:
    settings = environment(folder, url)
    city = stack.enter_context(open_city(settings))
    found.statements = inprocess.statements_of_accepting(city)
    tickets = Tickets()
    peer_settings = {
        "PEER_DATABASE_URL": f"sqlite:///{folder / 'peer.db'}"
        if url.startswith("sqlite")
        else normalised_database_url(url, folder),
        "PEER_PUBLIC_KEY": tickets.public_key,
    }
    started: dict[str, Server] = {}
    for name, program in PROGRAMS.items():
        environ = settings if name == ACCEPT else peer_settings
        server = started[name] = Server(program, environ, folder / f"server-{len(started)}.log")
        stack.callback(server.stop)
        found.start_seconds[name] = server.start_seconds
    ours = started[ACCEPT]
    measured = (
        Subject(NULL, started[NULL], subjects.null_calls, size.cheap),
        *(Subject(name, started[name], tickets.calls, size.dear) for name in PEERS),
        Subject(SHOW, ours, lambda number: subjects.show_calls(city, number), size.cheap),
        Subject(ACCEPT, ours, lambda number: subjects.accept_calls(city, number), size.dear),
        Subject(BATCH, ours, lambda number: subjects.batch_calls(city, number), size.batches, CITIZENS),
    )
    return Bench(city, ours, measured)


def _round(bench: Bench, size: Size, found: Measured) -> None:
    for subject in bench.subjects:
        found.samples.setdefault(subject.name, []).append(subject.measure())
    found.samples.setdefault(CHECKS, []).append(inprocess.signature_checks(size.cheap))
    found.read_offline.append(inprocess.offline_reading(size.cheap))
    ((_, body),) = bench.city.scans(1)
    found.drawn_by_us.append(inprocess.our_drawing(body["code"], size.drawings))
    found.drawn_usually.append(inprocess.usual_drawing(body["code"], size.drawings))


def _paced(bench: Bench, valid: int, garbage_per_valid: int, pace: float) -> list[float]:
    """Latencies of valid scans at an even pace, with garbage between them or without."""
    calls = subjects.mixed_calls(bench.city, valid, valid * garbage_per_valid)
    answered = drive(bench.ours.port, calls, per_second=pace * (1 + garbage_per_valid))
    return answered.seconds["valid"]


def _soak(bench: Bench, found: Measured) -> None:
    while found.scans < SOAK_SCANS:
        drive(bench.ours.port, subjects.batch_calls(bench.city, 1), connections=1)
        found.scans += CITIZENS
