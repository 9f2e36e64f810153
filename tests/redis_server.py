"""Redis for tests: the one that runs here, or one of our own that may be stopped, frozen and emptied."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from functools import cache
from pathlib import Path

import redis

from tests.server import free_port

DEFAULT = "redis://127.0.0.1:6379/0"


@cache
def redis_address() -> str | None:
    """A Redis that answers; None without one."""
    address = os.environ.get("CITIZEN_TEST_REDIS", DEFAULT)
    try:
        redis.Redis.from_url(address, socket_timeout=2, socket_connect_timeout=2).ping()
    except redis.RedisError:
        return None
    return address


class OwnRedis:
    """A redis-server as our child, on one port however often it is started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_installed() -> bool:
        """Whether there is a redis-server to start."""
        return shutil.which("redis-server") is not None

    def start(self) -> None:
        """Start, empty, and wait until it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            ["redis-server", *options, "--dir", str(self._folder)], stdout=subprocess.DEVNULL
        )
        for _ in range(100):
            try:
                self.client().ping()
                return
            except redis.RedisError:
                time.sleep(0.05)
        raise RuntimeError("redis-server does not answer")

    def client(self) -> redis.Redis:
        """A client."""
        return redis.Redis.from_url(self.url, socket_timeout=2)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(5)
            self._process = None

    def freeze(self) -> None:
        """It keeps its connections and says nothing any more, as behind a broken network."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
