"""A web process as gunicorn runs it, that says how long each request waited for one of its threads.

Owns what is measured of that, the end of a process in which nobody is taken up any more, and room
for who comes. What is left undone while requests wait is in ``ivr.web.load``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from ivr.web.load import Gauge


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
    whose heart stands still for 30 seconds, and starts another.
    """

    def get_thread_pool(self) -> Threads:
        """See gunicorn."""
        return Threads(self.cfg.threads, self.app.wsgi().extensions["gauge"])

    def notify(self) -> None:
        """Let the heart beat, once a second at the least, and see that there is room for who comes.

        Where it holds as many connections as it may, the idle ones are closed. Else those that a
        crowd leaves open keep new calls out of a process that has nothing to do, until they have
        timed out. To end each with its answer would cost up to two seconds for one who lingers.
        """
        if self.nr_conns >= self.worker_connections:
            self.murder_keepalived(force=True)
        if self.tpool.gauge.moves():
            super().notify()
