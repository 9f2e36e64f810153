"""The folder in which the workers of one server count: in memory where possible, its own, gone with it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  (a folder of our own is made in it)


def open_for_this_server() -> None:
    """Name a fresh folder in the environment, for prometheus-client.

    A reload (SIGHUP) reads the configuration again in the same process and keeps the folder; a new program
    (SIGUSR2) inherits the name of the former server's folder and makes one of its own. systemd's runtime
    folder comes first.
    """
    ending = f"-{os.getpid()}"
    if os.environ.get(VARIABLE, "").endswith(ending):
        return
    runtime = os.environ.get("RUNTIME_DIRECTORY")
    place = runtime or (SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None)
    for left in Path(place or tempfile.gettempdir()).glob(
        "citizen-metrics-*-*"
    ):  # of servers that were killed
        if not _is_alive(left.name.rpartition("-")[2]):
            shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix="citizen-metrics-", suffix=ending, dir=place)
    os.environ[VARIABLE] = folder
    atexit.register(_remove, folder, os.getpid())


def forget_moments(worker: int) -> None:
    """As prometheus-client's `mark_process_dead`, without importing it: what an ended worker was at a moment
    goes."""
    for left in Path(os.environ[VARIABLE]).glob(f"gauge_live*_{worker}.db"):
        left.unlink(missing_ok=True)


def _is_alive(number: str) -> bool:
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OSError):  # not ours to say
        return True
    return True


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # not in the workers, which are forks
        shutil.rmtree(folder, ignore_errors=True)
