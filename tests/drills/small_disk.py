"""A small disk that a drill fills and frees: a tmpfs of its own, which only root may mount."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

BLOCK = b"\0" * 4096


class SmallDisk:
    """A tmpfs of so many megabytes at `folder`."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._size = f"size={megabytes}m"
        self._filler = folder / "filler"
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def mount(self) -> str | None:
        """Mount it; why that is not possible, or None."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", self._size, "tmpfs", str(self.folder)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            return str(error)
        return done.stderr.strip() or "mount is not allowed" if done.returncode else None

    def unmount(self) -> None:
        """Let go, also of what is still in use."""
        self.free()
        subprocess.run(["umount", "-l", str(self.folder)], capture_output=True, check=False)

    def fill(self) -> None:
        """Take every free block, and each one that becomes free, until `free`."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._keep_full, daemon=True)
        self._thread.start()

    def free(self) -> None:
        """Give the blocks back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)
            self._thread = None
        self._filler.unlink(missing_ok=True)

    @property
    def free_bytes(self) -> int:
        """What is left."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def _keep_full(self) -> None:
        with self._filler.open("ab", buffering=0) as filler:
            while not self._stop.is_set():
                with suppress(OSError):
                    while filler.write(BLOCK):
                        pass
                self._stop.wait(0.005)
