"""The content in use: the newest good version, and those that calls began with.

Owns reloading. A change with a fault in it is refused and the last good content stays (the
faults are logged); a call goes on with the version it began with.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from ivr.content.load import ContentError, load, version_of
from ivr.line import Line

log = logging.getLogger(__name__)

KEPT = 5
"""Versions kept for calls in progress."""
LOOK_EVERY = 2.0
"""Seconds between two looks at the files."""


class Shelf:
    """The line's content, read once and looked at again while it runs."""

    def __init__(self, root: Path) -> None:
        """Raises ContentError when the content cannot be used: the line does not start."""
        self._root = root
        first = load(root)
        self._lines = {first.version: first}
        self._newest = first
        self._seen = first.version
        self._stop = threading.Event()

    def line(self, version: str) -> Line:
        """The version a call began with, or the newest where that is no longer kept."""
        return self._lines.get(version, self._newest)

    def look(self) -> None:
        """Take up a change of the files, if there is one and it is sound."""
        version = version_of(self._root)
        if version == self._seen:
            return
        self._seen = version
        try:
            line = load(self._root)
        except ContentError as error:
            log.error("the changed content is not used; the line keeps what it has:\n%s", error)
            return
        self._lines = dict([*self._lines.items(), (line.version, line)][-KEPT:])
        self._newest = line
        log.info("content version %s is in use", line.version)

    def watch(self) -> None:
        """Look at the files now and then, in the background, until ``close``."""
        threading.Thread(target=self._watch, name="content", daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            try:
                self.look()
            except OSError as error:
                log.warning("the content files could not be looked at: %s", error)
