"""Real servers on free loopback ports, each in a process group of its own, with the CPU time that group has
used."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.server import free_port

ROOT: Final = Path(__file__).parent.parent
PEERS_CONFIGURATION: Final = "bench/peers/gunicorn.conf.py"
START_SECONDS: Final = 30
TICKS: Final = os.sysconf("SC_CLK_TCK")
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Process:
    """One line of /proc: CPU time of user and system together, memory in RAM."""

    id: int
    cpu_seconds: float
    resident_bytes: int


@dataclass(frozen=True, slots=True)
class Program:
    """What a server runs: a WSGI application under gunicorn, or an ASGI one under uvicorn. `ready` answers
    200 once it works."""

    application: str
    ready: str
    gunicorn: str | None = PEERS_CONFIGURATION
    """Configuration of gunicorn; None for uvicorn."""

    def command(self, port: int) -> list[str]:
        """The command line that serves it."""
        if self.gunicorn is not None:
            bind = f"127.0.0.1:{port}"
            return [sys.executable, "-m", "gunicorn", "-c", self.gunicorn, "-b", bind, self.application]
        place = ["--host", "127.0.0.1", "--port", str(port)]
        quiet = ["--no-access-log", "--log-level", "warning"]
        return [sys.executable, "-m", "uvicorn", "--factory", *place, *quiet, self.application]


class Server:
    """One running program with all its processes."""

    def __init__(self, program: Program, environment: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self._ready = program.ready
        began = time.monotonic()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
        bind = f"127.0.0.1:{self.port}"
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603
                program.command(self.port),
                cwd=ROOT,
                env={**inherited, **environment, "CITIZEN_BIND": bind},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            self._wait(log)
        except BaseException:
            self.stop()
            raise
        self.start_seconds = time.monotonic() - began

    def processes(self) -> list[Process]:
        """The processes of the server's group at this moment."""
        return list(_processes_of_group(self._process.pid))

    def cpu_seconds(self) -> float:
        """CPU time that all its processes have used so far; counted in ticks of 10 ms on most systems."""
        return sum(process.cpu_seconds for process in self.processes())

    def worker_bytes(self) -> int:
        """Memory in RAM of its largest worker."""
        return max(p.resident_bytes for p in self.processes() if p.id != self._process.pid)

    def stop(self) -> None:
        """End the group."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None:
                os.killpg(self._process.pid, number)
                try:
                    self._process.wait(10)
                except subprocess.TimeoutExpired:
                    continue

    def _wait(self, log: Path) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        raise RuntimeError(f"the server does not answer: {log.read_text()[-2000:]}")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", self._ready)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _processes_of_group(group: int) -> Iterator[Process]:
    """From /proc/<pid>/stat (proc(5)): fields 5 pgrp, 14 utime, 15 stime, 24 rss."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we were looking
            continue
        if int(fields[2]) == group:
            ticks = int(fields[11]) + int(fields[12])
            yield Process(int(folder.name), ticks / TICKS, int(fields[21]) * PAGE_BYTES)
