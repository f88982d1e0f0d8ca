"""The database: opened, brought up to date, and written to within a short time or not at all.

Owns connections, and how the rest of the store asks for rows. A database that is away stops nothing
but what needs it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Connection, Delete, Row, Select, Table, Update
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from ivr.secrets.seal import References
from ivr.store.engines import open_engine, try_a_row
from ivr.store.errors import CannotUpgradeError as CannotUpgradeError
from ivr.store.errors import NoDatabaseError as NoDatabaseError
from ivr.store.errors import OtherKeyError as OtherKeyError
from ivr.store.errors import RowRefusedError as RowRefusedError
from ivr.store.errors import StoreDownError as StoreDownError
from ivr.store.rows import Lock, as_rows, count, exclusive
from ivr.store.spells import Spell
from ivr.store.standing import FileStanding, path_of
from ivr.store.time_limits import beside, left
from ivr.store.upgrading import NO_KEY, migrate
from ivr.store.upgrading import Key as Key

log = logging.getLogger(__name__)
Made = TypeVar("Made")
Found = TypeVarTuple("Found")

LONGEST_WRITE_MS = 1_000
"""How long a caller may wait for the database (fault F2); then nothing is promised."""
PATIENT_MS = 10_000
"""How long a worker may wait: nobody is listening."""
LONGEST_START = 10.0
"""Seconds that a start waits for the database; then the line answers without it."""
READING = {"reading": True, "postgresql_readonly": True}
"""Options of a connection that reads: SQLite's begin is told by ours, PostgreSQL by its own."""


class Store:
    """One database. ``write`` and ``read`` give a connection inside a transaction.

    With a ``key``, it is used only where it knows that key, or none yet. Only who ``makes`` one
    makes one, and only where there never was any.
    """

    def __init__(
        self, url: str, wait_ms: int = LONGEST_WRITE_MS, key: Key = NO_KEY, makes: bool = False
    ) -> None:
        self._engine = open_engine(url, wait_ms)
        self._url = url
        self._key = key
        self._makes = makes
        self._seconds = wait_ms / 1000
        self._lock = threading.Lock()
        self._upgrade: Future[bool] | None = None
        self._current = False
        self._ahead = False
        self._standing = FileStanding(url)
        self._trouble = Spell(log)

    @contextmanager
    def write(self, seconds: float | None = None, lock: Lock | None = None) -> Iterator[Connection]:
        """A transaction that writes. Raises StoreDownError when it could not be kept.

        RowRefusedError among these: it could not be kept however often it is tried.
        ``seconds``: how long to wait for who writes in SQLite, where it is not as long as always.
        ``lock``: nobody else who writes under it goes on meanwhile.
        """
        engine = self._engine.execution_options(waits=seconds) if seconds else self._engine
        try:
            self.bring_up_to_date()
            with engine.begin() as connection:
                if lock:
                    exclusive(connection, lock)
                yield connection
            self._look()
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

    def rows(self, query: Select[*Found]) -> Sequence[Row[*Found]]:
        """Every row that this query finds."""
        with self.read() as connection:
            return connection.execute(query).all()

    def values(self, query: Select[Made]) -> list[Made]:
        """The one column of each row that it finds."""
        return [row[0] for row in self.rows(query)]

    def value(self, query: Select[Made]) -> Made | None:
        """The one column of the first row; None where there is none."""
        return next(iter(self.values(query)), None)

    def all(self, kind: Callable[..., Made], query: Select[*tuple[Any, ...]]) -> list[Made]:
        """Every row that it finds as a ``kind``: see ``as_rows``."""
        return as_rows(kind, self.rows(query))

    def one(self, kind: Callable[..., Made], query: Select[*tuple[Any, ...]]) -> Made | None:
        """The first row that it finds as a ``kind``; None where there is none."""
        return next(iter(self.all(kind, query)), None)

    def count(self, table: Table, *which: ColumnElement[bool]) -> int:
        """How many rows of a table there are of these."""
        with self.read() as connection:
            return count(connection, table, *which)

    def change(self, statement: Update | Delete, seconds: float | None = None) -> int:
        """Carry out one statement by itself; how many rows it was for. ``seconds``: see write."""
        with self.write(seconds) as connection:
            return connection.execute(statement).rowcount

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
        if self._current:
            self._look()
            return
        try:
            ours = self._upgraded().result(left(seconds or self._seconds))
        except TimeoutError as error:
            raise StoreDownError("not in time") from error
        except OtherKeyError as error:
            log.error("the database cannot be used: %s", error)
            raise
        except NoDatabaseError as error:
            if self._makes:  # A command says it to whoever typed it.
                self._trouble.begins("the database cannot be used: %s", error)
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

    def _look(self) -> None:
        """Raises StoreDownError where the file that is open stands at its path no more.

        None is made in its place, and another one is not taken up: it may be emptier, and to open
        it would mix it with the changes (-wal) that belong to the first.
        """
        if self._standing.same():
            self._trouble.ends("the database's file is back")
            return
        if self._standing.gone():
            says = "the database's file is gone: nothing is kept until it is back"
        else:
            says = (
                "another file stands where the database was: nothing is kept until the first is "
                "back, or the line was stopped and started anew"
            )
        self._trouble.begins(says)
        raise NoDatabaseError(says)

    def _upgraded(self) -> Future[bool]:
        """The migrations under way, or begun anew where the last try failed."""
        with self._lock:
            if self._upgrade is None or (self._upgrade.done() and self._upgrade.exception()):
                self._upgrade = beside(lambda: migrate(self._url, self._key, self._makes))
            return self._upgrade

    def from_the_future(self) -> bool:
        """Whether a newer version of the program has changed the tables. It is used all the same:

        changes only add, so that two versions may run side by side while one takes over.
        """
        return self._ahead

    def refusal(self) -> StoreDownError | None:
        """Why nothing at all can be asked of it; None where it can."""
        try:
            self.bring_up_to_date()
        except StoreDownError as error:
            return error
        return None

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


class Kept:
    """A part of what a line keeps, in its database."""

    def __init__(self, store: Store) -> None:
        self._store = store


class KeptByReference(Kept):
    """A part that knows calls and numbers, by their references alone."""

    def __init__(self, store: Store, references: References) -> None:
        super().__init__(store)
        self._references = references


def open_store(url: str, wait_ms: int = LONGEST_WRITE_MS, key: Key = NO_KEY) -> Store:
    """The database at ``url``, for a start of the line: made where there never was one.

    One that is away is tried again at the next use, not here. Raises OtherKeyError.
    """
    store = Store(url, wait_ms, key, makes=True)
    try:
        store.bring_up_to_date(LONGEST_START)
    except OtherKeyError:
        store.close()
        raise
    except StoreDownError:
        log.warning("the line starts without its database: calls are answered, texts are not sent")
    return store


def store_that_is_there(url: str, key: Key = NO_KEY) -> Store:
    """The database at ``url``, for a command. Raises NoDatabaseError, OtherKeyError."""
    store = Store(url, PATIENT_MS, key)
    try:
        store.bring_up_to_date()
    except (OtherKeyError, NoDatabaseError):
        store.close()
        raise
    except StoreDownError:
        log.debug("the database is away: who asks it says so")
    return store


class _TakenBackError(Exception):
    """A row was written, and is not to be kept."""


def why(error: BaseException) -> str:
    """What kind of fault the database had, in its own names: nothing of what was to be kept."""
    cause = getattr(error, "orig", None)
    told = (getattr(cause, name, None) for name in ("sqlite_errorname", "sqlstate"))
    return " ".join([type(error).__name__, *(each for each in told if isinstance(each, str))])


def once_more(kept: Callable[[], Made]) -> Made:
    """Do this, and again where another has written the same row in the same moment."""
    try:
        return kept()
    except StoreDownError as down:
        if isinstance(down.__cause__, IntegrityError):
            return kept()
        raise


@contextmanager
def as_store_down() -> Iterator[None]:
    """A library that keeps its own rows in the database fails as a store does: StoreDownError."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreDownError(why(error)) from error
