"""Reading what strace saw: was it on the disk before it was said?"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CALLS = "recvfrom,sendto,fdatasync,fsync"
SYNCS = ("fdatasync", "fsync")
_LINE = re.compile(r"^(?P<pid>\d+) +(?P<at>\d+\.\d+) (?P<rest>.*)$")
_CALL = re.compile(r"^(?P<name>\w+)\((?P<inside>.*)$")
_RESUMED = re.compile(r"^<\.\.\. (?P<name>\w+) resumed>(?P<inside>.*)$")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call of one thread; `began` and `ended` count lines, so that they order calls of all
    threads."""

    pid: int
    name: str
    inside: str
    began: int
    ended: int

    @property
    def file(self) -> str:
        """The first argument: a number and, in angle brackets, the connection or file behind it."""
        return self.inside.partition(",")[0]


def tracer(output: Path, user: str | None = None) -> list[str]:
    """The command that runs another and writes what it and its children do to `output`."""
    run_as = ["-u", user] if user else []
    return ["strace", *run_as, "-f", "-ttt", "-y", "-s", "80", "-e", f"trace={CALLS}", "-o", str(output)]


@cache
def why_not() -> str | None:
    """Why nothing can be traced here; None when it can. Containers may forbid ptrace."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(
            [*tracer(Path(folder) / "trace"), "true"], capture_output=True, text=True, check=False, timeout=20
        )
    return f"ptrace is not allowed here: {tried.stderr.strip()[:200]}" if tried.returncode else None


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """The calls in order of their end; one that another thread interrupted is put together again."""
    begun: dict[int, tuple[int, str, str]] = {}
    for number, line in enumerate(lines):
        found = _LINE.match(line)
        if found is None:
            continue
        pid, rest = int(found["pid"]), found["rest"]
        if resumed := _RESUMED.match(rest):
            began, name, inside = begun.pop(pid, (number, resumed["name"], ""))
            yield Call(pid, name, inside + resumed["inside"], began, number)
        elif call := _CALL.match(rest):
            if rest.endswith("<unfinished ...>"):
                begun[pid] = (number, call["name"], call["inside"].removesuffix("<unfinished ...>"))
            else:
                yield Call(pid, call["name"], call["inside"], number, number)


def between(lines: Iterable[str], began: float, ended: float) -> Iterator[str]:
    """The lines of a span of time (seconds since 1970)."""
    for line in lines:
        found = _LINE.match(line)
        if found is not None and began <= float(found["at"]) <= ended:
            yield line


@dataclass(frozen=True, slots=True)
class Acknowledgements:
    """How many answers were given, and before how many of them what they say was on the disk."""

    given: int
    synced: int


def by_the_same_thread(trace: Iterable[Call], asked: str, answered: str, file: str) -> Acknowledgements:
    """Between a request that begins with `asked` and its answer, the thread that answers must have synced
    `file`; another collects."""
    asked_at: dict[str, int] = {}
    synced_at: dict[int, int] = {}
    given = synced = 0
    for call in trace:
        if call.name == "recvfrom" and f'"{asked}' in call.inside:
            asked_at[call.file] = call.ended
        elif call.name in SYNCS and file in call.inside and "= 0" in call.inside:
            synced_at[call.pid] = call.began
        elif call.name == "sendto" and f'"{answered}' in call.inside and call.file in asked_at:
            given += 1
            synced += synced_at.get(call.pid, -1) > asked_at.pop(call.file)
    return Acknowledgements(given, synced)


def by_anybody(trace: Iterable[Call], asked: str, answered: str, file: str) -> Acknowledgements:
    """Between a request that holds `asked` and its answer that holds `answered`, somebody must have begun and
    ended to sync `file`: PostgreSQL's backends flush their log for each other, and one thread of ours commits
    scans of several.
    """
    asked_at: dict[str, int] = {}
    syncs: list[tuple[int, int]] = []
    counts: dict[bool, int] = defaultdict(int)
    for call in trace:
        if call.name in SYNCS and file in call.inside and "= 0" in call.inside:
            syncs.append((call.began, call.ended))
        elif call.name == "recvfrom" and asked in call.inside:
            asked_at[call.file] = call.ended
        elif call.name == "sendto" and answered in call.inside and call.file in asked_at:
            since = asked_at.pop(call.file)
            recent = reversed(syncs)
            counts[any(began > since and ended < call.began for began, ended in recent if ended > since)] += 1
    return Acknowledgements(counts[True] + counts[False], counts[True])
