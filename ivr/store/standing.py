"""The file that an SQLite database was opened in, beside the one that stands at its path now.

Owns that comparison. Whoever replaces or removes the file under a running line takes nothing away
from open handles: these go on writing into a file that has no name any more, and nobody will ever
read what was promised there.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

Mark = tuple[int, int]
"""The device and the inode of a file."""


def path_of(url: str) -> Path | None:
    """The file of an SQLite database; None for one in memory, and where a server keeps it."""
    parsed = make_url(url)
    name = parsed.database or ""
    in_memory = name in ("", ":memory:") or name.startswith("file:")
    return None if in_memory or parsed.get_backend_name() != "sqlite" else Path(name)


class FileStanding:
    """Where one database stands."""

    def __init__(self, url: str) -> None:
        self._path = path_of(url)
        self._opened: Mark | None = None

    def opened(self) -> None:
        """What stands at the path now is the file that is used from now on."""
        self._opened = self._mark()

    def same(self) -> bool:
        """Whether the file that was opened still stands there."""
        return self._path is None or self._mark() == self._opened

    def gone(self) -> bool:
        """Whether nothing stands there."""
        return self._path is not None and self._mark() is None

    def _mark(self) -> Mark | None:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
