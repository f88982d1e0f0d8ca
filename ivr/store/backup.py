"""A copy of the whole database in one file, while the line runs, and back from it.

Owns how each kind of database is copied: SQLite's own backup, PostgreSQL's pg_dump and pg_restore.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from ivr.secrets import private_files
from ivr.store.engines import beside_database

PAGES = 256
"""Pages copied at a time: between them, callers' writes go on."""
DEBIAN = "/usr/lib/postgresql"
LONGEST_GOING = 3.0
"""Seconds for which a server may still name a connection that has just been closed."""
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND usename = current_user AND pid <> pg_backend_pid()"
)
IN_USE = (
    "the database is in use: stop the line first, the web side and the worker, on every machine "
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
            _run(url, "pg_dump", "--format=custom", f"--file={fresh}")
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
    there = sqlite3.connect(file)
    try:
        # SQLite leaves its write-ahead log only for who is alone with the file.
        there.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        # One that is damaged is in nobody's use, and a reason to be here.
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise BackupError(IN_USE) from error
    finally:
        there.close()


def _refuse_others(url: URL) -> None:
    engine, end = create_engine(url, poolclass=NullPool), time.monotonic() + LONGEST_GOING
    try:
        with engine.connect() as connection:
            while connection.execute(text(OTHERS)).scalar_one():
                connection.rollback()
                if time.monotonic() > end:
                    raise BackupError(IN_USE)
                time.sleep(0.1)
    except SQLAlchemyError as error:
        raise BackupError(f"the database cannot be asked: {type(error).__name__}") from error


def copy_in(database_url: str, backup: Path) -> None:
    """Put a copy in the database's place. What stood there is gone. Raises BackupError."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        options = (
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            "--exit-on-error",
        )
        _run(url, "pg_restore", *options, str(backup))
        return
    try:
        with sqlite3.connect(f"file:{backup}?mode=ro", uri=True) as looked_at:
            sound = looked_at.execute("PRAGMA integrity_check").fetchone()
        if sound != ("ok",):
            raise BackupError(f"{backup} is damaged; take an older one")
        private_files.folder(Path(url.database or "").parent)
        _sqlite_copy_over(backup, Path(url.database or ""))
    except (sqlite3.Error, OSError) as error:
        raise BackupError(f"{backup} is no backup of this line: {error}") from error


def _sqlite_copy_over(source: Path, target: Path) -> None:
    """Copy over what stands there, in one step; what is no database any more is taken away."""
    try:
        _sqlite_copy(source, target)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            raise
        for each in (*beside_database(target), target):
            each.unlink(missing_ok=True)
        _sqlite_copy(source, target)


def _sqlite_copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise OSError(f"{source} is not there")
    private_files.claim(target)
    here, there = sqlite3.connect(source), sqlite3.connect(target)
    try:
        here.backup(there, pages=PAGES)
    finally:
        here.close()
        there.close()


def _run(url: URL, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs. The password is where no list of processes shows it."""
    address = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    found = shutil.which(program) or _of_debian(program)
    if not found:
        raise BackupError(f"{program} is not installed: apt-get install postgresql-client")
    command = [found, f"--dbname={address}", *arguments]
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, no shell
        command, env=os.environ | secret, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise BackupError(f"{program} failed: {last}")


def _of_debian(program: str) -> str:
    """The newest of Debian's versions, which are not on everybody's path."""
    found = sorted(Path(DEBIAN).glob(f"*/bin/{program}"))
    return str(found[-1]) if found else ""
