"""Editions in the database: what waits to be published, how far it is, and what callers hear.

Owns the rows and the order of their states: waiting, checking, recording, then published, refused
or failed. Only the last step makes an edition current, and it is one write. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, and_, func, insert, select, update

from ivr.store.database import Kept, Store
from ivr.store.edition_tables import draft, edition
from ivr.store.leases import LEASE, Leases
from ivr.store.rows import Lock, count, select_as

State = Literal["waiting", "checking", "recording", "published", "refused", "failed"]
OPEN = ("waiting", "checking", "recording")
FINE, REFUSED, FAILED = "published", "refused", "failed"


class BusyError(Exception):
    """Another edition is being published; wait until it is done."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition without its files. ``done`` of ``most`` sentences are recorded so far.

    ``says``: what stands in the way, or what went otherwise than hoped, in plain words.
    """

    number: int
    version: str
    made_at: datetime
    made_by: str
    why: str
    state: str
    done: int
    most: int
    says: str
    tries: int
    published_at: datetime | None

    @property
    def in_hand(self) -> bool:
        """Whether it is still being published."""
        return self.state in OPEN


PLAIN, FILES = select_as(Edition, edition), select(edition.c.files)


class Editions(Kept):
    """The editions in the database. Everything here raises StoreDownError."""

    def __init__(self, store: Store, lease: timedelta = LEASE) -> None:
        super().__init__(store)
        self.lease = lease
        self._leases = Leases(edition, lambda now: edition.c.state.in_(OPEN), lasts=lease)

    def add(self, pack: bytes, version: str, by: str, why: str, now: datetime) -> int:
        """Have these files published; the edition's number. Raises BusyError."""
        with self._store.write(lock=Lock.EDITIONS) as connection:
            return added(connection, pack, version, (by, why), now)

    def current(self) -> Edition | None:
        """What callers hear; None where nothing has been published yet."""
        query = PLAIN.where(edition.c.state == FINE).order_by(edition.c.number.desc()).limit(1)
        return self._store.one(Edition, query)

    def get(self, number: int) -> Edition | None:
        """The edition of this number."""
        return self._store.one(Edition, PLAIN.where(edition.c.number == number))

    def files(self, number: int) -> bytes | None:
        """Its files, packed."""
        return self._store.value(FILES.where(edition.c.number == number))

    def files_of_version(self, version: str) -> bytes | None:
        """The files of a published edition of this version, packed."""
        own = and_(edition.c.version == version, edition.c.state == FINE)
        return self._store.value(FILES.where(own).limit(1))

    def all(self) -> list[Edition]:
        """Every edition, the newest first."""
        return self._store.all(Edition, PLAIN.order_by(edition.c.number.desc()))

    def due(self, now: datetime, most: int) -> list[tuple[str, int]]:
        """Editions to see to now: each number with its tries so far."""
        return self._leases.due(self._store, now, most)

    def claim(self, number: int, now: datetime) -> bool:
        """Take one for this worker alone; False when another has it or it is done."""
        with self._store.write() as connection:
            return self._leases.claim(connection, number, now)

    def progress(self, number: int, state: State, done: int, most: int, now: datetime) -> None:
        """So far it is; the worker keeps it for another while."""
        self._set(number, {"state": state, "done": done, "most": most, **self._leases.held(now)})

    def hold(self, number: int, now: datetime) -> None:
        """The worker that has it lives, and keeps it for another while."""
        self._set(number, dict(self._leases.held(now)))

    def divide(self, number: int, first: tuple[bytes, str], says: str, now: datetime) -> None:
        """Publish ``first``, its files and version, alone; the rest waits as the next edition.

        ``says`` names that one as ``{rest}``. The draft becomes what is left.
        """
        pack, version = first
        own, rest = edition.c.number == number, number + 1
        done = {
            "state": FINE,
            "says": says.format(rest=rest),
            "published_at": now,
            "lease_until": None,
        }
        with self._store.write(lock=Lock.EDITIONS) as connection:
            whole = connection.execute(select(edition).where(own)).one()
            same = {
                name: getattr(whole, name)
                for name in ("version", "files", "made_at", "made_by", "why")
            }
            part = {"files": pack, "version": version, **done}
            connection.execute(update(edition).where(own).values(part))
            connection.execute(insert(edition).values({**same, "number": rest, "next_at": now}))
            left = {"edition": rest, "base": number, "files": pack}
            connection.execute(update(draft).where(draft.c.edition == number).values(left))

    def publish(self, number: int, says: str, now: datetime) -> None:
        """Callers hear it from now on."""
        self._set(number, {"state": FINE, "says": says, "published_at": now, "lease_until": None})

    def refuse(self, number: int, state: Literal["refused", "failed"], says: str) -> None:
        """It is not published, and why; its draft is open again. Callers notice nothing."""
        values = {"state": state, "says": says, "lease_until": None}
        with self._store.write() as connection:
            found = and_(edition.c.number == number, edition.c.state.in_(OPEN))
            if connection.execute(update(edition).where(found).values(values)).rowcount == 1:
                own = update(draft).where(draft.c.edition == number)
                connection.execute(own.values({"ended_at": None, "edition": None}))

    def _set(self, number: int, values: dict[str, object]) -> None:
        found = and_(edition.c.number == number, edition.c.state.in_(OPEN))
        self._store.change(update(edition).where(found).values(values))


def added(
    connection: Connection, pack: bytes, version: str, made: tuple[str, str], now: datetime
) -> int:
    """Add an edition (``made``: by whom, and why) under Lock.EDITIONS. Raises BusyError."""
    none_in_hand(connection)
    last = connection.execute(select(func.max(edition.c.number))).scalar() or 0
    by, why = made
    row = {"number": last + 1, "version": version, "files": pack, "made_at": now, "made_by": by}
    connection.execute(insert(edition).values({**row, "next_at": now, "why": why[:255]}))
    return last + 1


def none_in_hand(connection: Connection) -> None:
    """Raises BusyError while an edition is being published."""
    if count(connection, edition, edition.c.state.in_(OPEN)):
        raise BusyError("Another change is being published. Wait until it is done, then try again.")
