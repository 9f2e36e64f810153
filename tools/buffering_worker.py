"""gunicorn's threads worker with request and response buffering: no thread waits for a slow client.

gunicorn gives a connection to a thread at its first byte, so sixteen clients that send slowly, or never,
occupy all threads. Here the event loop buffers each request and gives it to a thread when it is complete; the
rest of an answer that a client reads slowly is sent by the loop too. Every wait has a deadline; when
connections run out, the one that has waited longest is closed.
"""

from __future__ import annotations

import errno
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from socket import SHUT_WR
from typing import Any, Final

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import NoMoreData
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from tools.buffers import MOST_IN_MEMORY, PIECE, BufferedRequest, BufferedSocket
from tools.refusals import answer_of, status_of
from tools.request_framing import RequestFraming, State

CLIENT_TIMEOUT_SECONDS: Final = 10.0
LEAST_BYTES_PER_SECOND: Final = 4096
"""Minimum rate of sending and reading after `CLIENT_TIMEOUT_SECONDS`; slower clients time out."""
LINGER_SECONDS: Final = 5.0
MOST_DISCARDED_BYTES: Final = 4 * 1024 * 1024
"""Most bytes to discard from a client that sends while it is refused: it must be able to read the answer."""
MOST_BODY_BYTES: Final = 4 * 1024 * 1024
"""The default, unless the application sets `MOST_BODY_AS_SENT` in its configuration."""
SWEEP_SECONDS: Final = 0.25
TOLD_PER_SWEEP: Final = 20
"""Most timed-out clients per sweep that get a 408 in the application's words; answering hundreds would cost
the threads."""
MOST_FILES: Final = 65_536
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
REFUSED: Final = {State.HEAD_TOO_LARGE: 431, State.BODY_TOO_LARGE: 413}


class Caller(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection with its buffered request."""

    def __init__(self, cfg: Any, accepted: Any, client: Any, server: Any) -> None:
        super().__init__(cfg, BufferedSocket(accepted), client, server)
        self.parser = RequestParser(cfg, (), client)
        self.collected = self.parser.unreader = BufferedRequest()
        self.framing: RequestFraming
        self.since = self.deadline = 0.0
        self.watched: tuple[int, Callable[..., None]] | None = None
        self.keeps = self.gone = False
        self.discarded = 0


class BufferingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """See the module. Everything but `handle` and `refuse` runs in the loop's thread."""

    def init_process(self) -> None:
        """As many files as the system allows: connections are some."""
        self.waiting: dict[Caller, None] = {}  # those of the loop, who has waited longest first
        self.swept = 0.0
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if 0 <= soft < MOST_FILES:
            with suppress(ValueError, OSError):
                resource.setrlimit(
                    resource.RLIMIT_NOFILE, (min(hard, MOST_FILES) if hard > 0 else MOST_FILES, hard)
                )
        super().init_process()

    def load_wsgi(self) -> None:
        """The application says how much it takes."""
        super().load_wsgi()
        self.most_body = getattr(self.wsgi, "config", {}).get("MOST_BODY_AS_SENT", MOST_BODY_BYTES)

    # A connection's life, in the loop's thread.

    def accept(self, listener: Any) -> None:
        """Accept a connection."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._close_oldest()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.begin(Caller(self.cfg, accepted, address, listener.getsockname()))

    def begin(self, conn: Caller) -> None:
        """A new connection: its first request may have come with it."""
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._close_oldest()
        self._expect(conn, CLIENT_TIMEOUT_SECONDS)
        self._receive(conn)

    def _expect(self, conn: Caller, seconds: float) -> None:
        conn.framing = RequestFraming(self.cfg.limit_request_line, self.most_body)
        conn.since = time.monotonic()
        conn.deadline = conn.since + seconds

    def _receive(self, conn: Caller, _ready: object = None) -> None:
        try:
            data = conn.sock.recv(PIECE)
        except BlockingIOError:
            self._watch(conn, EVENT_READ, self._receive)
            return
        except OSError:
            data = b""
        if data:
            self._process(conn, data)
        else:
            self._drop(conn)

    def _process(self, conn: Caller, data: bytes) -> None:
        if not conn.framing.received:
            conn.since = time.monotonic()
        try:
            conn.collected.held.add(data)
        except OSError as full:
            self.log.error("a body cannot be kept: %s", full)
            self._work(conn, self.refuse, 507)
            return
        state = conn.framing.feed(data)
        if state is State.WHOLE:
            self._work(conn, self.handle)
        elif state in REFUSED:
            self._work(conn, self.refuse, REFUSED[state])
        else:
            conn.deadline = (
                conn.since + CLIENT_TIMEOUT_SECONDS + conn.framing.received / LEAST_BYTES_PER_SECOND
            )
            self._watch(conn, EVENT_READ, self._receive)
            if conn.framing.waits_for_continue:
                with suppress(OSError):  # who is gone is heard of when we read
                    conn.sock.sendall(CONTINUE)

    def _work(self, conn: Caller, job: Callable[..., bool], *more: object) -> None:
        """Give a connection to a thread."""
        self._unwatch(conn)
        done = self.tpool.submit(job, conn, *more)
        done.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def finish_request(self, conn: Caller, done: Future[bool]) -> None:
        """A thread is done; its result says whether the connection is kept alive."""
        conn.keeps = not done.cancelled() and done.exception() is None and done.result()
        conn.deadline = (
            time.monotonic() + CLIENT_TIMEOUT_SECONDS + conn.sock.unsent.size / LEAST_BYTES_PER_SECOND
        )
        self._send_rest(conn)

    def _send_rest(self, conn: Caller, _ready: object = None) -> None:
        try:
            is_sent = conn.sock.send_rest()
        except OSError:
            self._drop(conn)
            return
        if not is_sent:
            self._watch(conn, EVENT_WRITE, self._send_rest)
        elif conn.keeps:
            self._await_next(conn)
        else:
            self._linger(conn)

    def _await_next(self, conn: Caller) -> None:
        self._expect(conn, self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)
        if rest := conn.collected.rest():
            self._process(conn, rest)
        else:
            self._watch(conn, EVENT_READ, self._receive)

    def _linger(self, conn: Caller) -> None:
        """Lingering close (RFC 9112 §9.6): read and discard, so that the client can read the last answer."""
        conn.deadline = time.monotonic() + LINGER_SECONDS
        try:
            conn.sock.shutdown(SHUT_WR)
        except OSError:
            self._drop(conn)
        else:
            self._watch(conn, EVENT_READ, self._discard)

    def _discard(self, conn: Caller, _ready: object = None) -> None:
        try:
            count = len(conn.sock.recv(PIECE))
        except OSError:
            count = 0
        conn.discarded += count
        if not count or conn.discarded > MOST_DISCARDED_BYTES:
            self._drop(conn)

    def _drop(self, conn: Caller) -> None:
        if conn.gone:
            return
        conn.gone = True
        self._unwatch(conn)
        conn.collected.held.clear()
        conn.sock.unsent.clear()
        conn.close()
        self.nr_conns -= 1

    # Who waits, and how long.

    def _watch(self, conn: Caller, events: int, then: Callable[..., None]) -> None:
        if conn.gone or conn.watched == (events, then):
            return
        change = self.poller.register if conn.watched is None else self.poller.modify
        change(conn.sock, events, partial(then, conn))
        conn.watched = (events, then)
        self.waiting.setdefault(conn)

    def _unwatch(self, conn: Caller) -> None:
        if conn.watched is not None:
            self.poller.unregister(conn.sock)
            conn.watched = None
        self.waiting.pop(conn, None)

    def _asks(self, conn: Caller) -> bool:
        return conn.watched == (EVENT_READ, self._receive) and conn.framing.received > 0

    def _close_oldest(self) -> None:
        oldest = next(iter(self.waiting), None)
        if oldest is not None:
            self._drop(oldest)

    def murder_pending(self) -> None:
        """Called in every iteration of the loop: time out connections past their deadline."""
        now = time.monotonic()
        if now < self.swept + SWEEP_SECONDS:
            return
        self.swept = now
        told = 0
        for conn in [conn for conn in self.waiting if conn.deadline <= now]:
            if self._asks(conn) and told < TOLD_PER_SWEEP:
                told += 1
                self._work(conn, self.refuse, 408)
            else:
                self._drop(conn)

    def murder_keepalived(self, force: bool = False) -> None:
        """Called at shutdown, with `force`: close all connections."""
        if force:
            for conn in list(self.waiting):
                self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Called when the worker stops: shorten the deadline of idle connections."""
        for conn in self.waiting:
            if not self._asks(conn) and not conn.sock.unsent.size:
                conn.deadline = min(conn.deadline, deadline)

    # In a thread.

    def handle(self, conn: Caller) -> bool:
        """Answer a buffered request; returns whether the connection may be used again."""
        try:
            req = next(conn.parser)
            req._expected_100_continue = False  # that was said to whoever waited for it
            if isinstance(req.body.reader, ChunkedReader):
                req.body = _whole_of(req.body)
            return self._keepalive_after(conn, self.handle_request(req, conn))
        except (StopIteration, ConnectionError):
            return False
        except NoMoreData:
            return self.refuse(conn, 400)
        except OSError:
            self.log.exception("a connection or the storage of its request failed")
            return False
        except Exception as error:
            status = status_of(error)
            if status >= 500 and status not in (501, 505):
                self.log.exception("a request could not be handled")
            return self.refuse(conn, status)

    def refuse(self, conn: Caller, status: int) -> bool:
        """Answer a request that the server refuses itself, in the application's words."""
        try:
            conn.sock.sendall(answer_of(self.wsgi, status, bytes(conn.framing.head), conn.client))
        except ConnectionError:
            pass
        except Exception:
            self.log.exception("a refusal could not be told")
        return False


def _whole_of(body: Any) -> Any:
    """A chunked body, decoded: what is wrong in it is found before the application reads."""
    whole = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115  (as long as the request)
    while piece := body.read(PIECE):
        whole.write(piece)
    whole.seek(0)
    return whole
