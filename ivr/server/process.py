"""A web process as gunicorn runs it, that says how long each request waited for one of its threads.

Owns what is measured of that, the end of a process in which nobody is taken up any more, and room
for who comes. When a request is there whole is in ``ivr.server.arriving``, what is left undone
while requests wait in ``ivr.health.load``.
The only module that uses what gunicorn (27.0.1) does not promise to keep: ``enqueue_req``,
``finish_request``, ``murder_keepalived``, ``nr_conns``, ``poller``, a connection's ``parser``. No
setting or hook of it gives a request a time within which it must have come, or makes room among
idle connections (docs/decisions/server.md). Look here when it is renewed; ``test_arriving.py`` and
``test_load.py`` fail where one of them is gone.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from socket import SHUT_WR, SO_RCVTIMEO, SOL_SOCKET
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from ivr.health.load import Gauge
from ivr.server.arriving import LEAVING, Arrival, SenderGoneError, gone
from ivr.webhooks.extension import services_of

A_PAUSE = struct.pack("ll", 10, 0)
"""Ten seconds (struct timeval): so long a thread waits for more of a file that staff send."""


class Threads(ThreadPoolExecutor):
    """Threads that tell the gauge who comes, and for how long each waited for one of them."""

    def __init__(self, most: int, gauge: Gauge) -> None:
        super().__init__(most)
        self.gauge = gauge

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """See Executor."""
        self.gauge.came()
        return super().submit(self._taken, time.monotonic(), work, *given, **named)

    def _taken(self, since: float, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
        self.gauge.taken(time.monotonic() - since)
        return work(*given, **named)


class Process(ThreadWorker):  # type: ignore[misc]
    """gunicorn's process with threads. While its threads stand still, so does its heart.

    Without that its heart goes on though every thread is held for ever. gunicorn ends a process
    whose heart stands still for 30 seconds, and starts another. gunicorn has no time within which
    a request must have come, either: a few who send slowly would hold every thread.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.arriving: dict[Any, Arrival] = {}
        self.leaving: dict[Any, float] = {}

    def get_thread_pool(self) -> Threads:
        """See gunicorn."""
        return Threads(self.cfg.threads, services_of(self.app.wsgi(), Gauge))

    def notify(self) -> None:
        """Let the heart beat, once a second at the least, and see that there is room for who comes.

        Where it holds as many connections as it may, the idle ones are closed. Else those that a
        crowd leaves open keep new calls out of a process that has nothing to do, until they have
        timed out. To end each with its answer would cost up to two seconds for one who lingers.
        """
        if self.nr_conns >= self.worker_connections:
            self.murder_keepalived(force=True)
        self._drop_slow()
        if self.tpool.gauge.moves():
            super().notify()

    def enqueue_req(self, conn: Any) -> None:
        """See gunicorn. A thread takes the request once it is there."""
        got = conn.parser.unreader.take_buffered() if conn.parser else b""
        conn.sock.setblocking(False)
        conn.sock.setsockopt(SOL_SOCKET, SO_RCVTIMEO, A_PAUSE)
        self.arriving[conn] = Arrival(bytearray(got))
        if not self._heard(conn):
            self.poller.register(conn.sock, EVENT_READ, partial(self._goes_on, conn))

    def _goes_on(self, conn: Any, sock: Any) -> None:
        """More of a request has come."""
        if self._heard(conn) and sock.fileno() >= 0:
            self.poller.unregister(sock)

    def _heard(self, conn: Any) -> bool:
        """Whether no more is waited for: a thread has it, or who sent it has gone."""
        try:
            if not self.arriving[conn].hear(conn.sock):
                return False
        except SenderGoneError:
            self._drop(conn)
            return True
        conn.init()
        conn.parser.unreader.unread(self.arriving.pop(conn).told())
        super().enqueue_req(conn)
        return True

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """See gunicorn, which would stand still here until who was answered has gone."""
        if fs.cancelled() or fs.exception() or fs.result() is not False:
            super().finish_request(conn, fs)
            return
        self.leaving[conn] = time.monotonic() + LEAVING
        self.poller.register(conn.sock, EVENT_READ, partial(self._leaves, conn))
        with suppress(OSError):
            conn.sock.setblocking(False)
            conn.sock.shutdown(SHUT_WR)

    def _leaves(self, conn: Any, sock: Any) -> None:
        """Who was answered sends more, or has gone."""
        if gone(sock):
            self._drop(conn)

    def _drop_slow(self) -> None:
        """Close the connections whose time is up; all that wait, where there is no room."""
        full, now = self.nr_conns >= self.worker_connections, time.monotonic()
        late = [conn for conn, came in self.arriving.items() if full or came.until < now]
        late += [conn for conn, until in self.leaving.items() if full or until < now]
        for conn in late:
            self._drop(conn)

    def _drop(self, conn: Any) -> None:
        self.arriving.pop(conn, None)
        self.leaving.pop(conn, None)
        with suppress(KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
