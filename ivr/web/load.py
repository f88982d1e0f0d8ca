"""How pressed this web process is, and what it leaves undone for callers' sake while it is.

Owns the order: texts are refused first, then pages for staff, last new calls. A call that has
begun is always answered, and what was promised before is kept. Nothing is measured but how many
threads are busy: when nearly all are, whoever comes waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask

from ivr.web import times

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BUSY = 0.75
"""Share of the threads from which a process counts as pressed."""
FROM = {"text": 0.5, "page": 1.5, "ring": 3.0}
"""Seconds of pressure from which each is refused; calm takes it away as fast as it came."""
MOST = 4.0
THREADS = 16
PAGE_PATHS = ("/office", "/phone")
AGAIN = "60"
"""Seconds after which a page may be asked for again."""
BUSY_PAGE = (
    b"<!doctype html><html lang='en'><meta charset='utf-8'><title>Please try again</title>"
    b"<h1>Please try again</h1><p>Many people are ringing the line just now, and they come first. "
    b"Nothing was changed here. Wait a minute, then load the page again.</p></html>"
)


class Gauge:
    """Pressure, in seconds: it grows while the threads are busy and shrinks while they are not."""

    def __init__(self, threads: int = THREADS, clock: Callable[[], float] = time.monotonic) -> None:
        self.threads = threads
        self._clock = clock
        self._lock = threading.Lock()
        self._inside, self._pressure, self._seen = 0, 0.0, clock()

    def enter(self) -> None:
        """A request is taken up."""
        with self._lock:
            self._settle()
            self._inside += 1

    def leave(self) -> None:
        """A request is done with."""
        with self._lock:
            self._settle()
            self._inside -= 1

    def refuses(self, what: str) -> bool:
        """Whether a ``text``, a ``page`` or a ``ring`` is refused now; counted where it is."""
        refused = self._pressure >= FROM[what]
        if refused:
            times.turned_away(what)
        return refused

    def _settle(self) -> None:
        now = self._clock()
        lasted, self._seen = now - self._seen, now
        grown = lasted if self._inside >= self.threads * BUSY else -lasted
        self._pressure = min(MOST, max(0.0, self._pressure + grown))


def add(app: Flask, gauge: Gauge) -> None:
    """Count what this application has in hand, and turn pages away while it is pressed."""
    plain = app.wsgi_app

    def counted(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        gauge.enter()
        try:
            if environ["PATH_INFO"].startswith(PAGE_PATHS) and gauge.refuses("page"):
                start("503 Service Unavailable", _told())
                return [BUSY_PAGE]
            return plain(environ, start)
        finally:
            gauge.leave()

    app.extensions["gauge"] = gauge
    app.wsgi_app = counted  # type: ignore[method-assign, assignment]


def _told() -> list[tuple[str, str]]:
    """The headers of the busy page."""
    length = str(len(BUSY_PAGE))
    return [("Content-Type", "text/html"), ("Content-Length", length), ("Retry-After", AGAIN)]
