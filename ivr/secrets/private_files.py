"""Files and folders that nobody but their owner can read, from the moment they are there.

Owns their modes. A file that is closed to others only after it was written was open for a while.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

FILE, FOLDER = 0o600, 0o700
OTHERS = 0o077
"""What anybody but the owner may do."""


def claim(path: Path) -> None:
    """Make this file where there is none; close it to others where it is open. Raises OSError.

    One that is there is not opened: to close it again would take SQLite's locks from this process.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE))
    except FileExistsError:
        tighten(path)


def tighten(path: Path) -> None:
    """Close a file to others, if it is there and open. Raises OSError."""
    if path.is_file() and open_to_others(path):
        path.chmod(FILE)


def open_to_others(path: Path) -> bool:
    """Whether others may do anything with this file or folder. Raises OSError."""
    return bool(stat.S_IMODE(path.stat().st_mode) & OTHERS)


def write(path: Path, content: bytes) -> None:
    """Write a file, or over one. Raises OSError."""
    claim(path)
    path.write_bytes(content)


def folder(path: Path) -> None:
    """Make a folder, and those above it that are missing; one that is there stays as it is.

    Raises OSError.
    """
    for each in reversed((path, *path.parents)):
        each.mkdir(FOLDER, exist_ok=True)
