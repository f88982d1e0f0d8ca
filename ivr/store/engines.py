"""How each kind of database is opened, and how a transaction begins in it.

Owns what differs between SQLite and PostgreSQL: whose files they are, how long who waits for a
lock, that who only reads cannot write, and how a row is tried as far as the disk.
"""

from __future__ import annotations

import logging
import uuid
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from ivr.secrets import private_files
from ivr.store.standing import path_of
from ivr.store.tables import heartbeat
from ivr.store.time_limits import Lock, hurry, left

log = logging.getLogger(__name__)

LONGEST_QUEUE = 0.5
"""Seconds to wait for a connection that others of this process have."""
TRIAL_SIZE = 60_000
"""Letters of a row that is written to see whether one can be, and never kept."""
NEW_FILE = (
    "CREATE TABLE trial_{} AS SELECT repeat('x', 255)::varchar(255) FROM generate_series(1, 240)"
)
"""About as many letters. Of a name that no other has: nobody waits for one that stands still."""
TRIAL_CACHE, USUAL_CACHE = 4, -2_000
"""Pages that SQLite keeps in memory, for a trial and as it is by itself (there in KiB)."""


def open_engine(url: str, wait_ms: int, makes: bool = False) -> Engine:
    """An engine whose connections wait for nothing longer than this.

    ``makes``: whether it makes SQLite's file, and its folder, where there is none.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        options = f"-c lock_timeout={wait_ms} -c statement_timeout={wait_ms}"
        seconds = max(1, wait_ms // 1000)
        arguments = {"options": options, "connect_timeout": seconds}
        engine = create_engine(
            parsed,
            connect_args=arguments,
            pool_pre_ping=True,
            pool_timeout=LONGEST_QUEUE,
            hide_parameters=True,
        )
        hurry(engine, wait_ms / 1000)
        return engine
    file = path_of(url)
    if file and makes:
        try:
            private_files.folder(file.parent)
        except OSError as error:
            log.error("the folder of the database cannot be made: %s", error.strerror)
    arguments = {"timeout": wait_ms / 1000}
    engine = create_engine(parsed, connect_args=arguments, hide_parameters=True)
    if file:
        event.listen(engine, "do_connect", partial(_sqlite_private, file))
        begun = _sqlite_made if makes else _sqlite_as_it_stands
        event.listen(engine, "do_connect", partial(begun, file))
    event.listen(engine, "connect", _sqlite_connected)
    event.listen(engine, "begin", partial(_sqlite_begin, wait_ms / 1000, Lock()))
    return engine


def _sqlite_private(file: Path, *known: object) -> None:
    """What callers left is in these files. Those beside it are made by SQLite, with its mode.

    Where that cannot be, callers come first; the doctor names what is open.
    """
    with suppress(OSError):
        for each in (file, *beside_database(file)):
            private_files.tighten(each)


def _sqlite_made(file: Path, *known: object) -> None:
    """Where there is no file it is made, closed to others from the first."""
    with suppress(OSError):
        private_files.claim(file)


def _sqlite_as_it_stands(
    file: Path, dialect: object, record: object, given: list[str], named: dict[str, object]
) -> None:
    """A file that was removed is not made anew: it would take promises, and forget who said STOP.

    Whoever looked before connecting may have seen it there still.
    """
    given[0], named["uri"] = _as_it_stands(file), True


def _as_it_stands(file: Path) -> str:
    return f"file:{quote(str(file))}?mode=rw"


def unmade(url: str) -> str:
    """The address of the same database, for another program that shall make no file either."""
    file = path_of(url)
    return f"sqlite:///{_as_it_stands(file)}&uri=true" if file else url


def beside_database(file: Path) -> list[Path]:
    """The files that SQLite may keep beside a database."""
    return [file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal")]


def _sqlite_connected(connection: Any, record: object) -> None:
    """Several processes may read while one writes, and what is written is on the disk."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _sqlite_begin(seconds: float, lock: Lock, connection: Connection) -> None:
    """Who writes takes the lock at once, so that waiting happens here and never in the middle."""
    told = connection.get_execution_options()
    reading, seconds = bool(told.get("reading")), told.get("waits") or seconds
    # Each time: the connection goes from who reads to who writes, and back. Nothing is read for it.
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA query_only = {reading:d}")
    time_limits = left(seconds) if reading else lock.time_limits(seconds)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(time_limits * 1000)}")
    if reading:
        connection.exec_driver_sql("BEGIN")
        return
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError:
        lock.given_up()
        raise
    lock.taken()


def try_a_row(connection: Connection) -> None:
    """Write a row as far as the disk: each database else keeps one where there was room before.

    SQLite's cache is made so small that a row of some pages, more than a promise needs, goes into
    the file of changes (WAL) at once. There the next one takes its place. PostgreSQL puts a row
    into what is left of a page, so that others are refused long before it: it is asked for pages
    of a new file as well, which is gone with the transaction.
    """
    small = connection.dialect.name == "sqlite"
    if small:
        connection.exec_driver_sql(f"PRAGMA cache_size = {TRIAL_CACHE}")
    try:
        row = {
            "name": uuid.uuid4().hex,
            "at": datetime.now(UTC),
            "says": "x" * (TRIAL_SIZE if small else 255),
        }
        connection.execute(insert(heartbeat).values(row))
        if not small:
            connection.exec_driver_sql(NEW_FILE.format(row["name"]))
    finally:
        if small:
            connection.exec_driver_sql(f"PRAGMA cache_size = {USUAL_CACHE}")
