"""The production server: gunicorn with threads, configured by the same settings as the application.

    gunicorn wsgi:app

`-b` and `-w` given by hand are held to the rules of the settings. Nothing of the application is imported
here: workers are forks of this process, and after an upgrade a reload must give them the new program whole.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import threading
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tools import data_lock, metrics_folder
from tools.draining_worker import DrainingWorker, has_ended, reload_begins
from tools.free_port import why_not

PR_SET_PDEATHSIG = 1
"""Linux, prctl(2): a signal when the parent dies."""
M_ARENA_MAX = -8
"""glibc, mallopt(3): how many heaps the threads of a process share."""
JOBS_END_SECONDS = 5.0
RELOAD_FAILED = (
    "重新加载失败：新程序无法启动，旧的工作进程继续服务。请修正上面所说的问题后再次重新加载。"
    " The reload failed: the new program cannot start, the old workers go on serving. Mend what is said above and reload again."
)

NO_PROXY = (
    "正在 {address} 上直接对外服务，前面没有代理（CITIZEN_TRUSTED_PROXIES=0）：内容不加密，手机摄像头和登录 Cookie 不能用。"
    "请在前面放一个 TLS 代理，见 docs/operating.md。"
    " Listening on {address}, beyond this machine, with no proxy in front (CITIZEN_TRUSTED_PROXIES=0): nothing is encrypted, and cameras"
    " and sign-in cookies do not work. Put a TLS proxy in front, see docs/operating.md."
)
NO_TLS_HERE = (
    "本服务器不处理 TLS（--certfile、--keyfile），请用代理，见 docs/operating.md。"
    " This server ends no TLS (--certfile, --keyfile): that is the proxy's, see docs/operating.md."
)

# `python -m gunicorn`, started anew (SIGUSR2), has gunicorn's own folder here, whose `http` would hide the
# standard library's.
sys.path[:] = [place for place in sys.path if not Path(place, "arbiter.py").exists()]

_asked = subprocess.run(
    [sys.executable, "-m", "tools.server_settings"],
    cwd=Path(__file__).absolute().parent,
    env=os.environ | {"CITIZEN_DATA_DIR": os.path.abspath(os.environ.get("CITIZEN_DATA_DIR", "instance"))},
    capture_output=True,
    text=True,
    check=False,
)
if _asked.returncode:
    sys.exit(_asked.stderr.strip())
settings = SimpleNamespace(**json.loads(_asked.stdout))
metrics_folder.open_for_this_server()

bind = settings.bind
worker_class = DrainingWorker
workers = settings.workers
threads = settings.threads
reuse_port = True  # without it a few workers get most connections
timeout = 60
graceful_timeout = 20
keepalive = 5
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (a heartbeat file, off the disk)
accesslog = None  # the application writes one line per request itself
errorlog = "-"
loglevel = "warning"
forwarded_allow_ips = ""  # the application trusts proxies by CITIZEN_TRUSTED_PROXIES, gunicorn trusts none
secure_scheme_headers: dict[str, str] = {}
sendfile = False  # answers pass the worker's hands, so that a slow reader holds no thread
control_socket_disable = True

_stop_jobs = threading.Event()
_jobs_threads: list[threading.Thread] = []


def on_starting(server: Any) -> None:
    """Refuse what the settings would refuse, however it was given; refuse an address that is taken."""
    if server.cfg.is_ssl:
        sys.exit(NO_TLS_HERE)
    is_upgrade = "GUNICORN_PID" in os.environ  # SIGUSR2: the former server still serves
    if os.environ.get("GUNICORN_FD") == "":
        os.environ["GUNICORN_FD"] = (
            "0"  # with `reuse_port` there is none to hand on, which gunicorn stumbles over; it uses none
        )
    for address in server.cfg.address:
        if settings.demo and not _is_loopback(address):
            sys.exit(
                f"CITIZEN_DEMO=1 has public passwords and runs only on a loopback address, not on {address}."
            )
        inherited = is_upgrade or "LISTEN_FDS" in os.environ
        if isinstance(address, tuple) and not inherited and (sentence := why_not(*address[:2])):
            sys.exit(sentence)
        if not settings.trusted_proxies and not _is_loopback(address):
            server.log.warning(NO_PROXY.format(address=_in_words(address)))
    if sentence := _why_not_workers(server.cfg.workers):
        sys.exit(sentence)
    if settings.database_file and not is_upgrade:
        addresses = ", ".join(map(_in_words, server.cfg.address))
        if sentence := data_lock.take(Path(settings.database_file), addresses):
            sys.exit(sentence)
    if os.environ.get("STOP_WITH_PARENT") and not is_upgrade:
        _signal_when_parent_dies(signal.SIGINT)


def on_reload(server: Any) -> None:
    """Old workers go on until those that are about to be made have started."""
    reload_begins(server.worker_age, server.cfg.workers)


def nworkers_changed(server: Any, new_value: int, old_value: int | None) -> None:
    """Workers added by a signal (TTIN) are held to the same rules."""
    if old_value is not None and (sentence := _why_not_workers(new_value)):
        server.log.error(sentence)
        server._num_workers = old_value


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with its arbiter, even when that was killed; its threads share two heaps, not eight for
    each core."""
    _signal_when_parent_dies(signal.SIGTERM)
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_ARENA_MAX, 2)


def post_worker_init(worker: Any) -> None:
    """Start the background jobs beside the requests, where the settings say so."""
    gc.collect()
    gc.freeze()  # what was loaded stays: it need not be looked through again and again
    app = worker.wsgi
    if settings.jobs_in_server:
        jobs = app.extensions["jobs"]
        run_forever = import_module("citizen_app.jobs.runner").run_forever  # the worker's, not this file's
        thread = threading.Thread(target=run_forever, args=(app, jobs, _stop_jobs), name="jobs", daemon=True)
        thread.start()
        _jobs_threads.append(thread)
    if settings.demo and worker.age == 1:  # once, not for every process
        print(f"  就绪 Ready: http://{settings.bind}/  (Ctrl-C)", flush=True)


def child_exit(server: Any, worker: Any) -> None:
    """What a worker that has ended counted stays; what it was at a moment goes."""
    metrics_folder.forget_moments(worker.pid)
    if has_ended(worker.age):
        server.log.error(RELOAD_FAILED)
        for old in server.WORKERS.values():
            old.age = server.worker_age  # gunicorn would wait for their end, deaf to every other signal


def worker_exit(server: Any, worker: Any) -> None:
    """Let the job at work come to its end."""
    _stop_jobs.set()
    for thread in _jobs_threads:
        thread.join(JOBS_END_SECONDS)


def _in_words(address: Any) -> str:
    return ":".join(map(str, address[:2])) if isinstance(address, tuple) else str(address)


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return isinstance(address, str)  # a unix socket; a number would be a socket that somebody else opened
    try:
        return ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


def _why_not_workers(count: int) -> str | None:
    if count > 1 and settings.on_sqlite:
        return "SQLite runs as one process: -w 1, or use PostgreSQL (CITIZEN_DATABASE_URL)."
    if count > 1 and not settings.redis_url:
        return "More than one process needs CITIZEN_REDIS_URL, so that rate limits are counted together."
    return None


def _signal_when_parent_dies(number: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))
