"""The content in use: the newest good version, and those that calls began with.

Owns reloading. A change with a fault in it is refused and the last good content stays (the
faults are logged); a call goes on with the version it began with.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ivr.content.filling import load_whole
from ivr.content.load import ContentError, load, version_of
from ivr.line.model import Line

log = logging.getLogger(__name__)

KEPT = 5
"""Versions kept for calls in progress."""
LOOK_EVERY = 2.0
"""Seconds between two looks for new content."""
FORGOTTEN = 600.0
"""Seconds after which a version that was not to be had is looked for again."""


LACKS = (
    "edition %s lacks %s phrases that this version of the program says; the program's own are "
    "used: %s"
)
OFF = "edition %s has %s languages that callers are not offered (ivr language status): %s"
UNKNOWN = "edition %s has %s names that this version of the program does not know: %s"


class Folders(Protocol):
    """Where content lies. Neither may fail: what cannot be had is not there."""

    def newest(self) -> Path:
        """The folder of the content that new calls begin with."""

    def version(self, version: str) -> Path | None:
        """The folder of an older version; None where it is not to be had."""


@dataclass(frozen=True, slots=True)
class OneFolder:
    """Content that lies in one folder, and is changed there."""

    root: Path

    def newest(self) -> Path:
        """See Folders."""
        return self.root

    def version(self, version: str) -> Path | None:
        """See Folders."""
        return None


class ContentStore:
    """The line's content, read once and looked at again while it runs."""

    def __init__(self, root: Path, folders: Folders | None = None) -> None:
        """``folders`` in place of the one folder ``root``.

        Raises ContentError when neither can be used: the line does not start.
        """
        self._root = root
        self._folders = folders or OneFolder(root)
        first = self._first(root)
        self._lines = {first.version: first}
        self._missed: dict[str, float] = {}
        self._newest = first
        self._seen = first.version
        self._stop = threading.Event()
        self._looking = threading.Lock()

    def line(self, version: str) -> Line:
        """The version a call began with, or the newest where that is not to be had."""
        found = self._lines.get(version)
        if found or not version:
            return found or self._newest
        return self._fetched(version) or self._newest

    def look(self) -> None:
        """Take up a change of the content, if there is one and it is sound.

        Also where another thread is just taking it up: then it is in use when this returns.
        """
        with self._looking:
            self._look()

    def _look(self) -> None:
        root = self._folders.newest()
        version = version_of(root)
        if version == self._seen:
            return
        self._seen = version
        try:
            line = self._read(root)
        except ContentError as error:
            log.error("the changed content is not used; the line keeps what it has:\n%s", error)
            return
        self._keep(line)
        self._newest = line
        log.info("content version %s is in use", line.version)

    def watch(self) -> None:
        """Look at the content now and again, in the background, until ``close``."""
        threading.Thread(target=self._watch, name="content", daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _first(self, root: Path) -> Line:
        """What is newest, or where that cannot be used, what the program came with."""
        newest = self._folders.newest()
        try:
            return self._read(newest)
        except (ContentError, OSError):
            if newest == root:
                raise
            log.exception("the newest edition cannot be used; the line begins with %s", root)
            return load(root)

    def _fetched(self, version: str) -> Line | None:
        """An older version that a call began with before this process did."""
        now = time.monotonic()
        if now - self._missed.get(version, -FORGOTTEN) < FORGOTTEN:
            return None
        try:
            root = self._folders.version(version)
            line = self._read(root) if root else None
        except (ContentError, OSError):
            log.exception("version %s cannot be used", version)
            line = None
        if line is None:
            self._missed = dict([*self._missed.items(), (version, now)][-MOST_MISSED:])
            return None
        self._keep(line)
        return line

    def _read(self, root: Path) -> Line:
        """An edition, whole also where it is older than the program. Raises ContentError."""
        line = load_whole(root, self._root)
        for each, says in ((line.lacks, LACKS), (line.unknown, UNKNOWN), (line.off, OFF)):
            if each:
                log.warning(says, line.version, len(each), ", ".join(each))
        return line

    def _keep(self, line: Line) -> None:
        others = [each for each in self._lines.items() if each[1] is not self._newest]
        newest = (self._newest.version, self._newest)
        self._lines = dict([*others, newest, (line.version, line)][-KEPT:])

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except OSError as error:
                log.warning("the content files could not be looked at: %s", error)
            self._stop.wait(LOOK_EVERY)


MOST_MISSED = 100
"""Versions remembered as not to be had."""
