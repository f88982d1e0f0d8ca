"""How pressed this web process is, and what it leaves undone for callers' sake while it is.

Owns the order: texts are refused first, then pages for staff, last new calls. A call that has
begun is always answered, and what was promised before is kept. Nothing is measured but how long
each request waited for a thread: so it sees a slow database and too many callers alike.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask

from ivr.health import times
from ivr.webhooks.extension import join

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

LONG = 0.25
"""Seconds that somebody waits for a thread from which the process counts as pressed. A busy and
well one makes nobody wait for 0.05."""
FROM = {"text": 0.5, "page": 1.5, "ring": 3.0}
"""Seconds of pressure from which each is refused; calm takes it away as fast as it came."""
MOST = 4.0
PAGE_PATHS = ("/office", "/phone")
AGAIN = "60"
"""Seconds after which a page may be asked for again."""
BUSY_PAGE = (
    b"<!doctype html><html lang='en'><meta charset='utf-8'><title>Please try again</title>"
    b"<h1>Please try again</h1><p>Many people are ringing the line just now, and they come first. "
    b"Nothing was changed here. Wait a minute, then load the page again.</p></html>"
)


class Gauge:
    """Pressure, in seconds: it grows while somebody waits long and shrinks while nobody does."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pressure, self._seen = 0.0, clock()
        self._came = self._taken = self._looked = 0

    def came(self) -> None:
        """A request is here, and waits for a thread."""
        with self._lock:
            self._came += 1

    def taken(self, waited: float) -> None:
        """A thread takes up a request that has waited so many seconds."""
        with self._lock:
            now = self._clock()
            lasted, self._seen = now - self._seen, now
            pressed = min(lasted, waited) if waited >= LONG else 0.0
            grown = pressed - (lasted - pressed)
            self._pressure = min(MOST, max(0.0, self._pressure + grown))
            self._taken += 1

    def refuses(self, what: str) -> bool:
        """Whether a ``text``, a ``page`` or a ``ring`` is refused now; counted where it is."""
        refused = self._pressure >= FROM[what]
        if refused:
            times.turned_away(what)
        return refused

    def moves(self) -> bool:
        """Whether anybody was taken up since this was last asked, or else nobody waits."""
        with self._lock:
            moved, self._looked = self._taken != self._looked, self._taken
            return moved or self._taken == self._came


def add(app: Flask, gauge: Gauge) -> None:
    """Turn pages away while this process is pressed."""
    plain = app.wsgi_app

    def spared(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(PAGE_PATHS) and gauge.refuses("page"):
            log.warning("a page of staff was refused: requests wait, and callers come first")
            start("503 Service Unavailable", _told())
            return [BUSY_PAGE]
        return plain(environ, start)

    join(app, gauge)
    app.wsgi_app = spared  # type: ignore[method-assign, assignment]


def _told() -> list[tuple[str, str]]:
    """The headers of the busy page."""
    length = str(len(BUSY_PAGE))
    return [("Content-Type", "text/html"), ("Content-Length", length), ("Retry-After", AGAIN)]
