"""The peers run under the same server in the same shape as the product: one process, threads, no access
log."""

from __future__ import annotations

from pathlib import Path

worker_class = "gthread"
workers = 1
threads = 8
reuse_port = True
timeout = 60
graceful_timeout = 20
keepalive = 5
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (a heartbeat file, off the disk)
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
