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
from ivr.store.errors import CannotUpgradeError as CannotUpgradeError
from ivr.store.errors import NoDatabaseError as NoDatabaseError
from ivr.store.errors import OtherKeyError as OtherKeyError
from ivr.store.errors import RowRefusedError as RowRefusedError
from ivr.store.errors import StoreDownError as StoreDownError
from ivr.store.known_key import another
from ivr.store.spells import Spell
from ivr.store.standing import FileStanding, mixed, mixed_up, note, note_of, noted, path_of
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


NONE_YET = (
    "there is no database of this line yet ({}). The first start of a new line makes it: "
    "ivr serve, or ivr migrate. Where there was one, look at DATABASE_URL, or put it back: "
    "ivr restore"
)
GONE = (
    "the database {0} is gone, or empty. No other one is made in its place: it would text people "
    "who said STOP. Put it back, or a backup (ivr restore); to begin anew without it, delete {1}"
)


class Key(NamedTuple):
    """The fingerprint of the key that references are made with; empty for who makes none.

    ``nobodys``: of one whose references stand for nobody.
    """

    fingerprint: str = ""
    nobodys: str = ""


NO_KEY = Key()


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
    def write(self, seconds: float | None = None) -> Iterator[Connection]:
        """A transaction that writes. Raises StoreDownError when it could not be kept.

        RowRefusedError among these: it could not be kept however often it is tried.
        ``seconds``: how long to wait for who writes in SQLite, where it is not as long as always.
        """
        engine = self._engine.execution_options(waits=seconds) if seconds else self._engine
        try:
            self.bring_up_to_date()
            with engine.begin() as connection:
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
                self._upgrade = beside(lambda: _migrate(self._url, self._key, self._makes))
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


@contextmanager
def as_store_down() -> Iterator[None]:
    """A library that keeps its own rows in the database fails as a store does: StoreDownError."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreDownError(why(error)) from error


def exclusive(connection: Connection, lock: int) -> None:
    """Nobody else who asks for ``lock`` goes on until this transaction ends.

    In SQLite every writer is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _migrate(url: str, key: Key, makes: bool) -> bool:
    """Run what is missing; False where the database is ahead of this program.

    Raises OtherKeyError, NoDatabaseError.
    """
    file = path_of(url)
    first = makes and not (file and noted(file))
    if file:
        _refuse_what_is_missing(file, first)
    noting = file if file and (makes or noted(file)) else None
    if noting:
        # Before SQLite writes beside it: whoever is killed then leaves a note that is true.
        note(noting)
    engine = open_engine(url, LONGEST_MIGRATION_MS, makes)
    try:
        with engine.begin() as connection:
            exclusive(connection, MIGRATION_LOCK)
            ours = _brought_up(connection, first)
            # Under the same lock: of several that start on a fresh database one gives it its key.
            if known := another(connection, *key):
                raise OtherKeyError(known)
    finally:
        engine.dispose()
    if noting:
        note(noting)
    return ours


def _refuse_what_is_missing(file: Path, first: bool) -> None:
    """Raises NoDatabaseError where no file may be made, or what lies beside it is another's."""
    if mixed(file):
        raise NoDatabaseError(mixed_up(file))
    if file.is_file() and file.stat().st_size:
        return
    if noted(file):
        raise NoDatabaseError(GONE.format(file, note_of(file)))
    if not first:
        raise NoDatabaseError(NONE_YET.format(file))


def _brought_up(connection: Connection, first: bool) -> bool:
    stands_at = _stands_at(connection)
    if stands_at == newest_migration():
        return True
    if not stands_at:
        name = connection.engine.url.database
        if not first:
            raise NoDatabaseError(NONE_YET.format(name))
        log.warning("there was no database yet: a new one is made (%s)", name)
    return _upgrade(connection)


def _upgrade(connection: Connection) -> bool:
    """Run what is missing. What does so is imported only here: it takes a fifth of a start."""
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
