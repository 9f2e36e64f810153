"""Find the server that uses an SQLite file: it holds the lock file beside it, which contains its process id
(`tools/data_lock.py`)."""

from __future__ import annotations

import fcntl
import re
from pathlib import Path


def server_of(database: Path) -> int | None:
    """The process id of the server's master; None when no server runs."""
    try:
        with database.with_name(f"{database.name}.server").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        told = re.match(r"process (\d+)", database.with_name(f"{database.name}.server").read_text())
        return int(told[1]) if told else None
    except OSError:  # there never was one, or it is another user's
        return None
    return None
