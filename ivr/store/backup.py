"""A copy of the whole database in one file, while the line runs.

Owns how each kind of database is copied: SQLite's own backup, PostgreSQL's pg_dump; and whether
anybody uses it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from ivr.secrets import private_files
from ivr.store.standing import mixed, mixed_up

PAGES = 256
"""Pages copied at a time: between them, callers' writes go on."""
DEBIAN = "/usr/lib/postgresql"
LONGEST_GOING = 3.0
"""Seconds for which a server may still name a connection that has just been closed."""
OTHERS = (
    "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() "
    "AND usename IS NOT NULL AND pid <> pg_backend_pid() ORDER BY usename"
)
"""Who else is connected, whoever they are. What PostgreSQL does by itself there has no name."""
IN_USE = (
    "the database is in use{}: stop the line first, the web side and the worker, on every machine "
    "(systemctl stop line); nothing was changed"
)


class BackupError(Exception):
    """The copy could not be made or read: why, and what to do."""


def copy_out(database_url: str, to: Path) -> None:
    """Copy the database into a new file. Raises BackupError; then there is no file."""
    url, fresh = make_url(database_url), to.with_name(to.name + ".part")
    private_files.folder(to.parent)
    fresh.unlink(missing_ok=True)
    try:
        private_files.claim(fresh)
        if url.get_backend_name() == "sqlite":
            _sqlite_copy(Path(url.database or ""), fresh)
        else:
            run(client(url, "pg_dump", "--format=custom", f"--file={fresh}"))
        fresh.replace(to)
    except (sqlite3.Error, OSError) as error:
        raise BackupError(f"the database could not be copied: {error}") from error
    finally:
        fresh.unlink(missing_ok=True)


def refuse_in_use(database_url: str) -> None:
    """Raises BackupError where any other process has this database open.

    The web side and the worker keep connections open as long as they run.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        _refuse_others(url)
        return
    file = Path(url.database or "")
    if not file.is_file():
        return
    if mixed(file):
        raise BackupError(mixed_up(file))
    there = sqlite3.connect(file)
    try:
        # SQLite leaves its write-ahead log only for who is alone with the file.
        there.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        # One that is damaged is in nobody's use, and a reason to be here.
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise BackupError(IN_USE.format("")) from error
    finally:
        there.close()


def _refuse_others(url: URL) -> None:
    end = time.monotonic() + LONGEST_GOING
    with asked(url) as connection:
        while others := connection.execute(text(OTHERS)).scalars().all():
            connection.rollback()
            if time.monotonic() > end:
                raise BackupError(IN_USE.format(f" (user {', '.join(others)})"))
            time.sleep(0.1)


@contextmanager
def asked(url: URL) -> Iterator[Connection]:
    """A connection to a server's database for a question or two. Raises BackupError."""
    try:
        with create_engine(url, poolclass=NullPool).connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise BackupError(f"the database cannot be asked: {type(error).__name__}") from error


def _sqlite_copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise OSError(f"{source} is not there")
    private_files.claim(target)
    here, there = sqlite3.connect(source), sqlite3.connect(target)
    try:
        here.backup(there, pages=PAGES)
        # Else whoever reads the copy would need to write beside it.
        there.execute("PRAGMA journal_mode = DELETE")
    finally:
        here.close()
        there.close()


class Client(NamedTuple):
    """One of PostgreSQL's own programs, as it is started."""

    command: list[str]
    environment: dict[str, str]


def client(url: URL, program: str, *arguments: str) -> Client:
    """How to start it. The password is where no list of processes shows it. Raises BackupError."""
    address = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    found = shutil.which(program) or _of_debian(program)
    if not found:
        raise BackupError(f"{program} is not installed: apt-get install postgresql-client")
    return Client([found, f"--dbname={address}", *arguments], os.environ | secret)


def run(program: Client) -> None:
    """Run it to its end. Raises BackupError."""
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, no shell
        program.command, env=program.environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{Path(program.command[0]).name} failed: {told(done.stderr)}")


def told(errors: str) -> str:
    """What a program of PostgreSQL's says is wrong, in one line."""
    lines = errors.strip().splitlines() or [""]
    return next((each for each in lines if "ERROR:" in each), lines[-1])


def _of_debian(program: str) -> str:
    """The newest of Debian's versions, which are not on everybody's path."""
    found = sorted(Path(DEBIAN).glob(f"*/bin/{program}"))
    return str(found[-1]) if found else ""
