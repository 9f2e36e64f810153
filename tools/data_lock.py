"""One server for one SQLite database. The lock is the system's and ends with the processes that hold it,
however they end.

It keeps out a second server only: commands and background work ask for nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

PATIENCE_SECONDS = 3.0
"""A server that was just killed needs a moment until its workers notice."""
TAKEN = (
    "{database} 已有一个服务器在用（{holder}）：请用那一个，或用 CITIZEN_DATA_DIR 另选一个数据目录。"
    " Another server works on {database} ({holder}): use that one, or choose another data folder with CITIZEN_DATA_DIR."
)
CANNOT = "{lock} 不能写入（{why}）。 Cannot write {lock} ({why})."


def take(database: Path, address: str) -> str | None:
    """Lock a database file for this process and its children; one sentence in both languages when another
    server has it.

    A new program (SIGUSR2) inherits the lock with the open file.
    """
    lock = database.with_name(f"{database.name}.server")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        return CANNOT.format(lock=lock, why=error.strerror)
    until = time.monotonic() + PATIENCE_SECONDS
    while not _locks(opened):
        if time.monotonic() > until:
            holder = os.pread(opened, 200, 0).decode(errors="replace")
            os.close(opened)
            return TAKEN.format(database=database, holder=holder)
        time.sleep(0.1)
    with suppress(OSError):  # on a full disk nobody stands in it, and it locks all the same
        os.ftruncate(opened, 0)
        os.pwrite(opened, f"process {os.getpid()}, {address}".encode(), 0)
    os.set_inheritable(opened, True)
    return None


def _locks(opened: int) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
