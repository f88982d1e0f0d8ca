"""The file that an SQLite database was opened in, beside the one that stands at its path now.

Owns that comparison, and the note beside a database that one was made there: an empty one in its
place would have forgotten who said STOP. Whoever replaces or removes the file under a running line
takes nothing away from open handles: these go on writing into a file that has no name any more, and
nobody will ever read what was promised there.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from ivr.secrets import private_files

Mark = tuple[int, int]
"""The device and the inode of a file."""
NOTE = (
    "A database was made here, so no other one is made in its place, and no -wal of another file "
    "is read into this one: {}\n"
)


def path_of(url: str) -> Path | None:
    """The file of an SQLite database; None for one in memory, and where a server keeps it."""
    parsed = make_url(url)
    name = parsed.database or ""
    in_memory = name in ("", ":memory:") or name.startswith("file:")
    return None if in_memory or parsed.get_backend_name() != "sqlite" else Path(name)


MIXED = (
    "{0} was replaced while {0}-wal belongs to the file before it, and would spoil it. Put that "
    "file back, or move {0}-wal away. Only where both were brought here together, delete {1}"
)


def note_of(file: Path) -> Path:
    """Where it is noted that a database was made. Moving ``line.db*`` away leaves it there."""
    return file.with_name(f"{file.stem}-was-made.txt")


def noted(file: Path) -> str:
    """Which file the database was, last time it was opened; empty where none ever was."""
    try:
        return note_of(file).read_text(encoding="ascii").rpartition(" ")[2].strip()
    except (OSError, ValueError):
        return ""


def note(file: Path) -> None:
    """Note which file it is now, if one is there. Where that cannot be, callers come first."""
    with suppress(OSError):
        found = file.stat()
        if found.st_size and noted(file) != str(found.st_ino):
            private_files.write(note_of(file), NOTE.format(found.st_ino).encode())


def mixed(file: Path) -> bool:
    """Whether the changes that lie beside this file belong to the one that stood there before.

    SQLite would read them into it, and spoil it.
    """
    changes, before = file.with_name(f"{file.name}-wal"), noted(file)
    there = file.is_file() and changes.is_file() and changes.stat().st_size
    return bool(there and before and before != str(file.stat().st_ino))


def mixed_up(file: Path) -> str:
    """What to do about it."""
    return MIXED.format(file, note_of(file))


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
