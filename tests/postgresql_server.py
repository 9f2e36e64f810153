"""A PostgreSQL of our own, as a child process: one that may be traced, stopped and given a small disk."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from tests.server import free_port

OWNER = "drill"
START_SECONDS = 30


def programs() -> Path | None:
    """The folder of the newest server's programs; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    onpath = shutil.which("initdb")
    return found[-1].parent if found else Path(onpath).parent if onpath else None


def why_not() -> str | None:
    """Why no server can be started here; None when one can."""
    if programs() is None:
        return "no PostgreSQL server is installed"
    if os.geteuid() == 0 and not _has_user():
        return "PostgreSQL does not run as root, and there is no user postgres"
    return None


def _has_user() -> bool:
    return any(entry.pw_name == "postgres" for entry in pwd.getpwall())


class OwnPostgresql:
    """One cluster in a folder of its own. `folder` must be empty; by default it is made, and removed at the
    end."""

    def __init__(self, folder: Path | None = None) -> None:
        self._user = "postgres" if os.geteuid() == 0 else None
        self._home = Path(tempfile.mkdtemp(prefix="citizen-postgresql-"))
        self.folder = folder or self._home / "data"
        self.folder.mkdir(exist_ok=True)
        self.port = free_port()
        self.address = f"postgresql://{OWNER}@127.0.0.1:{self.port}/postgres"
        self.log = self._home / "log"
        self._process: subprocess.Popen[bytes] | None = None
        for path in (self._home, self.folder):
            path.chmod(0o700)
            if self._user:
                shutil.chown(path, self._user)

    def initialise(self) -> None:
        """Make the cluster; its write-ahead log stays outside `folder`, as on a disk of its own."""
        command = [
            self._program("initdb"),
            "-D",
            str(self.folder),
            "-X",
            str(self._home / "wal"),
            "-U",
            OWNER,
        ]
        subprocess.run(
            [*command, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True,
            capture_output=True,
            user=self._user,
            cwd="/",
        )

    def start(self, *settings: str, before: Sequence[str] = ()) -> None:
        """Start and wait until it answers; `before` is a command that runs the server (strace)."""
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self._home}"]
        flags = [part for option in (*options, *settings) for part in ("-c", option)]
        user = None if before else self._user
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*before, self._program("postgres"), "-D", str(self.folder), *flags],
                stdout=log,
                stderr=log,
                user=user,
                cwd="/",
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.address, connect_timeout=2).close()
                return
            except psycopg.Error:
                time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL does not answer: {self.log.read_text()[-2000:]}")

    def start_again(self, *settings: str) -> None:
        """As a service manager does, if it has ended: a checkpoint on a full disk can be a panic, and so can
        the recovery from it."""
        if self._process is not None and self._process.poll() is not None:
            self.start(*settings)

    def stop(self) -> None:
        """Immediately, as in a crash, and wait for the end."""
        if self._process is None:
            return
        program = [self._program("pg_ctl"), "-D", str(self.folder), "-m", "immediate", "stop"]
        subprocess.run(program, check=False, capture_output=True, user=self._user, cwd="/", timeout=60)
        self._process.wait(30)
        self._process = None

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def _program(self, name: str) -> str:
        folder = programs()
        assert folder is not None
        return str(folder / name)
