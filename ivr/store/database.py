"""The database: opened, brought up to date, and written to within a short time or not at all.

Owns connections and migrations. A database that is away stops nothing but what needs it.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError

from ivr import private_files
from ivr.store.patience import Lock, beside, hurry, left

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
LONGEST_WRITE_MS = 1_000
"""How long a caller may wait for the database (fault F2); then nothing is promised."""
PATIENT_MS = 10_000
"""How long a worker may wait: nobody is listening."""
LONGEST_MIGRATION_MS = 30_000
LONGEST_START = 10.0
"""Seconds that a start waits for the database; then the line answers without it."""
LONGEST_QUEUE = 0.5
"""Seconds to wait for a connection that others of this process have."""
READING = {"reading": True, "postgresql_readonly": True}
"""Options of a connection that reads: SQLite's begin is told by ours, PostgreSQL by its own."""
MIGRATION_LOCK = 7_410_316
"""Any number, the same in every process: PostgreSQL's advisory lock for migrations."""


class StoreDownError(Exception):
    """The database did not take it in time. Nothing was kept, so nothing may be promised."""


class RowRefusedError(StoreDownError):
    """The database is well and refuses this row: to try again would bring the same.

    Nothing was kept. Who only promises what is kept need not tell it from a database that is away.
    """


class CannotUpgradeError(Exception):
    """The database's tables cannot be brought up to date."""


class Store:
    """One database. ``write`` and ``read`` give a connection inside a transaction."""

    def __init__(self, url: str, wait_ms: int = LONGEST_WRITE_MS) -> None:
        self._engine = _engine(url, wait_ms)
        self._url = url
        self._seconds = wait_ms / 1000
        self._lock = threading.Lock()
        self._upgrade: Future[bool] | None = None
        self._current = False
        self._ahead = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes. Raises StoreDownError when it could not be kept.

        RowRefusedError among these: it could not be kept however often it is tried.
        """
        try:
            self.bring_up_to_date()
            with self._engine.begin() as connection:
                yield connection
        except (IntegrityError, DataError) as error:
            log.error("the database refuses a row: %s", _cause(error))
            raise RowRefusedError(_cause(error)) from error
        except SQLAlchemyError as error:
            raise StoreDownError(_cause(error)) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and can do nothing else: nobody who writes waits for it.

        Raises StoreDownError; RowRefusedError where no database can be asked this, such as a NUL.
        """
        try:
            self.bring_up_to_date()
            with self._engine.connect() as plain:
                connection = plain.execution_options(**READING)
                with connection.begin():
                    yield connection
        except DataError as error:
            raise RowRefusedError(_cause(error)) from error
        except SQLAlchemyError as error:
            raise StoreDownError(_cause(error)) from error

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database; None where a server keeps it."""
        parsed = make_url(self._url)
        kept_here = parsed.get_backend_name() == "sqlite" and parsed.database
        return Path(parsed.database or "") if kept_here else None

    @property
    def folder(self) -> Path | None:
        """The folder that an SQLite database grows in; None where a server keeps it."""
        return self.file.parent if self.file else None

    def writable(self) -> bool:
        """Whether a row could be written now."""
        try:
            with self.write() as connection:
                connection.execute(text("UPDATE message SET tries = tries WHERE 1 = 0"))
        except StoreDownError:
            return False
        return True

    def bring_up_to_date(self, seconds: float | None = None) -> None:
        """Run the migrations that are missing, once, under a lock. Raises StoreDownError.

        Nobody waits for them longer than ``seconds``, or than for any other write.
        """
        if self._current:
            return
        try:
            ours = self._upgraded().result(left(seconds or self._seconds))
        except TimeoutError as error:
            raise StoreDownError("not in time") from error
        except (SQLAlchemyError, CannotUpgradeError, OSError) as error:
            log.error("the database cannot be used: %s", type(error).__name__)
            raise StoreDownError(str(error)) from error
        if not ours:
            log.warning(
                "a newer version of the program has made this database; it is used as it is"
            )
        self._ahead, self._current = not ours, True

    def _upgraded(self) -> Future[bool]:
        """The migrations under way, or begun anew where the last try failed."""
        with self._lock:
            if self._upgrade is None or (self._upgrade.done() and self._upgrade.exception()):
                self._upgrade = beside(lambda: _migrate(self._url))
            return self._upgrade

    def from_the_future(self) -> bool:
        """Whether a newer version of the program has changed the tables. It is used all the same:

        changes only add, so that two versions may run side by side while one takes over.
        """
        return self._ahead

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def renew(self) -> None:
        """Begin anew in a process that was forked off: no connection and no wait is shared.

        Source: SQLAlchemy's page on pools, "Using Connection Pools with Multiprocessing".
        """
        self._engine.dispose(close=False)
        self._lock = threading.Lock()
        if self._upgrade is not None and not self._upgrade.done():
            self._upgrade = None


def open_store(url: str, wait_ms: int = LONGEST_WRITE_MS) -> Store:
    """The database at ``url``. One that is away is tried again at the next use, not here."""
    store = Store(url, wait_ms)
    try:
        store.bring_up_to_date(LONGEST_START)
    except StoreDownError:
        log.warning("the line starts without its database: calls are answered, texts are not sent")
    return store


def _engine(url: str, wait_ms: int) -> Engine:
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
    if parsed.database:
        try:
            private_files.folder(Path(parsed.database).parent)
        except OSError as error:
            log.error("the folder of the database cannot be made: %s", error.strerror)
    arguments = {"timeout": wait_ms / 1000}
    engine = create_engine(parsed, connect_args=arguments, hide_parameters=True)
    if parsed.database:
        event.listen(engine, "do_connect", partial(_sqlite_private, Path(parsed.database)))
    event.listen(engine, "connect", _sqlite_connected)
    event.listen(engine, "begin", partial(_sqlite_begin, wait_ms / 1000, Lock()))
    return engine


def _sqlite_private(file: Path, *known: object) -> None:
    """What callers left is in these files. Those beside it are made by SQLite, with its mode.

    Where that cannot be, callers come first; the doctor names what is open.
    """
    with suppress(OSError):
        private_files.claim(file)
        for each in beside_database(file):
            private_files.tighten(each)


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
    reading = bool(connection.get_execution_options().get("reading"))
    # Each time: the connection goes from who reads to who writes, and back. Nothing is read for it.
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA query_only = {reading:d}")
    patience = left(seconds) if reading else lock.patience(seconds)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1000)}")
    if reading:
        connection.exec_driver_sql("BEGIN")
        return
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError:
        lock.given_up()
        raise
    lock.taken()


def exclusive(connection: Connection, lock: int) -> None:
    """Nobody else who asks for ``lock`` goes on until this transaction ends.

    In SQLite every writer is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _migrate(url: str) -> bool:
    """Run what is missing; False where the database is ahead of this program."""
    engine = _engine(url, LONGEST_MIGRATION_MS)
    try:
        with engine.begin() as connection:
            exclusive(connection, MIGRATION_LOCK)
            if _stands_at(connection) == newest_migration():
                return True
            # Loaded only where there is something to do: it takes a fifth of a start.
            return bool(importlib.import_module("ivr.store.upgrading").upgrade(connection))
    finally:
        engine.dispose()


def _cause(error: SQLAlchemyError) -> str:
    """What the database says is wrong, by its kind and its code: what it says besides may hold

    what was to be written.
    """
    said = getattr(error, "orig", None)
    code = getattr(said, "sqlstate", None) or getattr(said, "sqlite_errorname", None)
    return " ".join(filter(None, (type(said or error).__name__, code)))


def _stands_at(connection: Connection) -> str:
    """The last migration that has run; empty where none has."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def newest_migration() -> str:
    """The last migration that this program has: the figures in its file's name."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("m*.py"))[1:5]


def utc(moment: datetime) -> datetime:
    """A moment as it was written; SQLite gives UTC back without saying so."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
