"""The database: opened, brought up to date, and written to within a short time or not at all.

Owns connections and migrations. A database that is away stops nothing but what needs it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from ivr.store.engines import open_engine, try_a_row
from ivr.store.known_key import another
from ivr.store.spells import Spell
from ivr.store.standing import FileStanding, path_of
from ivr.store.time_limits import beside, left

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
LONGEST_WRITE_MS = 1_000
"""How long a caller may wait for the database (fault F2); then nothing is promised."""
PATIENT_MS = 10_000
"""How long a worker may wait: nobody is listening."""
LONGEST_MIGRATION_MS = 30_000
LONGEST_START = 10.0
"""Seconds that a start waits for the database; then the line answers without it."""
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


class OtherKeyError(StoreDownError):
    """The references in this database are made with another key: nothing here may use it.

    ``known``: the fingerprint of that key.
    """

    def __init__(self, known: str) -> None:
        self.known = known
        super().__init__("the references in this database are made with another key")


class CannotUpgradeError(Exception):
    """The database's tables cannot be brought up to date."""


class Key(NamedTuple):
    """The fingerprint of the key that references are made with; empty for who makes none.

    ``nobodys``: of one whose references stand for nobody.
    """

    fingerprint: str = ""
    nobodys: str = ""


NO_KEY = Key()


class Store:
    """One database. ``write`` and ``read`` give a connection inside a transaction.

    With a ``key``, it is used only where it knows that key, or none yet.
    """

    def __init__(self, url: str, wait_ms: int = LONGEST_WRITE_MS, key: Key = NO_KEY) -> None:
        self._engine = open_engine(url, wait_ms)
        self._url = url
        self._key = key
        self._seconds = wait_ms / 1000
        self._lock = threading.Lock()
        self._upgrade: Future[bool] | None = None
        self._current = False
        self._ahead = False
        self._standing = FileStanding(url)
        self._trouble = Spell(log)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes. Raises StoreDownError when it could not be kept.

        RowRefusedError among these: it could not be kept however often it is tried.
        """
        try:
            self.bring_up_to_date()
            with self._engine.begin() as connection:
                yield connection
            if not self._look():
                raise StoreDownError("it was kept in a file that stands there no more")
        except (IntegrityError, DataError) as error:
            log.error("the database refuses a row: %s", why(error))
            raise RowRefusedError(why(error)) from error
        except SQLAlchemyError as error:
            raise StoreDownError(why(error)) from error

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
            raise RowRefusedError(why(error)) from error
        except SQLAlchemyError as error:
            raise StoreDownError(why(error)) from error

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database; None where a server keeps it."""
        return path_of(self._url)

    @property
    def folder(self) -> Path | None:
        """The folder that an SQLite database grows in; None where a server keeps it."""
        return self.file.parent if self.file else None

    def writable(self) -> bool:
        """Whether a row could be written now: one is, as far as the disk, and taken back."""
        try:
            with self.write() as connection:
                try_a_row(connection)
                raise _TakenBackError
        except StoreDownError:
            return False
        except _TakenBackError:
            return self._standing.same()

    def bring_up_to_date(self, seconds: float | None = None) -> None:
        """Run the migrations that are missing, once, under a lock. Raises StoreDownError.

        Nobody waits for them longer than ``seconds``, or than for any other write.
        """
        if self._current and self._look():
            return
        try:
            ours = self._upgraded().result(left(seconds or self._seconds))
        except TimeoutError as error:
            raise StoreDownError("not in time") from error
        except OtherKeyError as error:
            log.error("the database cannot be used: %s", error)
            raise
        except (SQLAlchemyError, CannotUpgradeError, OSError) as error:
            self._trouble.begins("the database cannot be used: %s", why(error))
            raise StoreDownError(str(error)) from error
        self._trouble.ends("the database can be used again")
        self._standing.opened()
        if not ours:
            log.warning(
                "a newer version of the program has made this database; it is used as it is"
            )
        self._ahead, self._current = not ours, True

    def _look(self) -> bool:
        """Whether the file that is open still stands at its path; another one is to be opened anew.

        Raises StoreDownError where nothing stands there. It is not made again: an empty one would
        take promises, and forget who said STOP.
        """
        if self._standing.same():
            self._trouble.ends("the database's file is back")
            return True
        if self._standing.gone():
            self._trouble.begins("the database's file is gone: nothing is kept until it is back")
            raise StoreDownError("the file of the database is gone")
        with self._lock:
            if self._current:
                log.error("another file stands where the database was: it is opened anew")
                self._current, self._upgrade = False, None
                self._engine.dispose()
        return False

    def _upgraded(self) -> Future[bool]:
        """The migrations under way, or begun anew where the last try failed."""
        with self._lock:
            if self._upgrade is None or (self._upgrade.done() and self._upgrade.exception()):
                self._upgrade = beside(lambda: _migrate(self._url, self._key))
            return self._upgrade

    def from_the_future(self) -> bool:
        """Whether a newer version of the program has changed the tables. It is used all the same:

        changes only add, so that two versions may run side by side while one takes over.
        """
        return self._ahead

    def knows_another_key(self) -> bool:
        """Whether all that it refuses, it refuses for the sake of its key."""
        try:
            self.bring_up_to_date()
        except StoreDownError as error:
            return isinstance(error, OtherKeyError)
        return False

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


def open_store(url: str, wait_ms: int = LONGEST_WRITE_MS, key: Key = NO_KEY) -> Store:
    """The database at ``url``. One that is away is tried again at the next use, not here.

    Raises OtherKeyError.
    """
    store = Store(url, wait_ms, key)
    try:
        store.bring_up_to_date(LONGEST_START)
    except OtherKeyError:
        store.close()
        raise
    except StoreDownError:
        log.warning("the line starts without its database: calls are answered, texts are not sent")
    return store


class _TakenBackError(Exception):
    """A row was written, and is not to be kept."""


def why(error: BaseException) -> str:
    """What kind of fault the database had, in its own names: nothing of what was to be kept."""
    cause = getattr(error, "orig", None)
    told = (getattr(cause, name, None) for name in ("sqlite_errorname", "sqlstate"))
    return " ".join([type(error).__name__, *(each for each in told if isinstance(each, str))])


def exclusive(connection: Connection, lock: int) -> None:
    """Nobody else who asks for ``lock`` goes on until this transaction ends.

    In SQLite every writer is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _migrate(url: str, key: Key) -> bool:
    """Run what is missing; False where the database is ahead of this program.

    Raises OtherKeyError.
    """
    engine = open_engine(url, LONGEST_MIGRATION_MS, makes=True)
    try:
        with engine.begin() as connection:
            exclusive(connection, MIGRATION_LOCK)
            ours = _brought_up(connection)
            # Under the same lock: of several that start on a fresh database one gives it its key.
            if known := another(connection, *key):
                raise OtherKeyError(known)
            return ours
    finally:
        engine.dispose()


def _brought_up(connection: Connection) -> bool:
    if _stands_at(connection) == newest_migration():
        return True
    return _upgrade(connection)


def _upgrade(connection: Connection) -> bool:
    """Run what is missing. What does so is imported only here: it takes a tenth of a start."""
    from ivr.store.upgrading import upgrade  # noqa: PLC0415

    return upgrade(connection)


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
