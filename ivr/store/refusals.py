"""Requests that came with a signature which did not fit: how many within the last hour.

Owns their count, over all web processes, in heartbeats of their own. Each process counts in memory
and writes now and then, so that a flood costs a database a row now and then too. Times are UTC.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from ivr.store.background import Background
from ivr.store.database import Store, StoreDownError
from ivr.store.rows import Lock, put
from ivr.store.tables import heartbeat

log = logging.getLogger(__name__)

SLOT = timedelta(minutes=10)
SLOTS = 7
"""Rows there are: those of an hour, and the one that has just begun."""
NAME = "refused:"
EVERY = 10.0
"""Seconds for which a process gathers what it counts."""


class Count(NamedTuple):
    """``all`` that were refused; ``keyed``: those signed with a shared key, where none is set."""

    all: int = 0
    keyed: int = 0

    def __add__(self, other: Count) -> Count:  # type: ignore[override]
        return Count(self.all + other.all, self.keyed + other.keyed)


class Refusals(Background):
    """Counts at once, and writes soon. ``every``: seconds between two writes."""

    def __init__(self, store: Store, every: float = EVERY) -> None:
        super().__init__("refusals")
        self._store = store
        self._every = every
        self._new = Count()
        self._lock = threading.Lock()

    def count(self, keyed: bool) -> None:
        """One more. Never waits for the database, never fails."""
        with self._lock:
            self._new += Count(1, int(keyed))
            self._begin()

    def write(self, now: datetime) -> None:
        """Add what was counted to what other processes have; while the database is away, later."""
        with self._lock:
            new, self._new = self._new, Count()
        if not new.all:
            return
        try:
            with self._store.write(lock=Lock.REFUSALS) as connection:
                _add(connection, new, now.astimezone(UTC))
        except StoreDownError:
            with self._lock:
                self._new += new

    def lately(self, now: datetime) -> Count:
        """Those of the last hour, to ten minutes. Raises StoreDownError."""
        begin = _slot(now.astimezone(UTC)) - (SLOTS - 1) * SLOT
        query = select(heartbeat.c.says).where(
            heartbeat.c.name.startswith(NAME), heartbeat.c.at >= begin
        )
        return sum(map(_read, self._store.values(query)), start=Count())

    def _run(self) -> None:
        while not self._closing.is_set():
            self._closing.wait(self._every)
            try:
                self.write(datetime.now(UTC))
            except Exception:
                # Whatever it was, the next count is written: this thread is the only one that does.
                log.exception("refused requests could not be counted")


def _add(connection: Connection, new: Count, now: datetime) -> None:
    """Add to the row of this slot, or begin it anew where it is that of an hour before."""
    slot = _slot(now)
    name = f"{NAME}{int(slot.timestamp() // SLOT.total_seconds()) % SLOTS}"
    own = heartbeat.c.name == name
    before = connection.execute(select(heartbeat.c.at, heartbeat.c.says).where(own)).first()
    if before is not None and before.at == slot:
        new += _read(before.says)
    put(connection, heartbeat, {"name": name}, {"at": slot, "says": f"{new.all} {new.keyed}"})


def _read(says: str) -> Count:
    every, keyed = says.split()
    return Count(int(every), int(keyed))


def _slot(now: datetime) -> datetime:
    """When the ten minutes began that this moment is in."""
    return now - (now - datetime.min.replace(tzinfo=UTC)) % SLOT
