"""Who rings very often: the calls of the last hour, counted by number over all web processes.

Owns that count (fault M4). A ring waits for nothing: each process counts in memory what it has not
written yet, and knows from its last look what all have written. Hidden callers are many people, and
are not counted. While the database is away, each process goes by what it knows. Times are UTC.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ivr.secrets.seal import References
from ivr.store.background import Background
from ivr.store.count_tables import ring
from ivr.store.database import Store, StoreDownError
from ivr.store.journal import TEST_CALLS
from ivr.store.limits import HOUR, Caps
from ivr.store.spells import Spell

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two looks: so much later another process knows."""
WORTH_KNOWING = 2
"""Who has rung less than one in so many of what may be is left to what a process counts itself."""
LATELY = 1_000
"""Calls that are remembered after they were written: the same ring may be told again."""
MOST_TOLD = 10_000
"""Calls counted between two looks, and numbers that wait for a database that is away."""
INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
CAPS = Caps()


class Rings(Background):
    """Counts at once, and writes soon. ``every``: seconds between two looks."""

    def __init__(
        self, store: Store, references: References, caps: Caps = CAPS, every: float = EVERY
    ) -> None:
        super().__init__("rings")
        self._store = store
        self._references = references
        self._most = caps.calls_an_hour
        self._every = every
        self._waiting: dict[str, dict[str, datetime]] = {}
        self._told: dict[str, None] = {}
        self._many: dict[str, int] = {}
        self._trouble = Spell(log)
        self._lock = threading.Lock()

    def often(self, call_sid: str, number: str) -> bool:
        """Count this call; whether its number has rung too often within the hour.

        Never waits, never fails. The same call, told again, is counted once.
        """
        if not number or call_sid.startswith(TEST_CALLS):
            return False
        ref, call = self._references.number(number), self._references.call(call_sid)
        with self._lock:
            if call not in self._told and len(self._told) < MOST_TOLD:
                self._told[call] = None
                self._waiting.setdefault(ref, {})[call] = datetime.now(UTC)
            self._begin()
            count = self._many.get(ref, 0) + len(self._waiting.get(ref, ()))
        return count > self._most

    def look(self, now: datetime) -> None:
        """Write what was counted, and learn what all processes have. While it is away, later."""
        with self._lock:
            new, self._waiting = self._waiting, {}
            self._told = dict(list(self._told.items())[-LATELY:])
        try:
            if new:
                with self._store.write() as connection:
                    _add(connection, new, now)
            with self._store.read() as connection:
                many = _many(connection, now, self._most // WORTH_KNOWING)
        except StoreDownError as error:
            self._trouble.begins("who rings often is not known to all: %s", error)
            self._keep(new, now)
            return
        self._trouble.ends("who rings often is known to all again")
        with self._lock:
            self._many = many

    def _keep(self, new: dict[str, dict[str, datetime]], now: datetime) -> None:
        """What could not be written waits on; what is older than an hour counts no more."""
        with self._lock:
            for ref, calls in new.items():
                fresh = {call: at for call, at in calls.items() if at > now - HOUR}
                if fresh and len(self._waiting) < MOST_TOLD:
                    self._waiting[ref] = fresh | self._waiting.get(ref, {})

    def _run(self) -> None:
        while not self._closing.is_set():
            self._closing.wait(self._every)
            try:
                self.look(datetime.now(UTC))
            except Exception:
                # Whatever it was, the next calls are counted: this thread is the only one to.
                log.exception("calls could not be counted")


def _add(connection: Connection, new: dict[str, dict[str, datetime]], now: datetime) -> None:
    """Add calls, each once whichever process heard of it; those older than an hour go."""
    insert: Any = INSERT[connection.dialect.name]
    connection.execute(insert(ring).on_conflict_do_nothing(), list(_rows(new)))
    connection.execute(delete(ring).where(ring.c.at <= now - HOUR))


def _rows(new: dict[str, dict[str, datetime]]) -> Iterable[dict[str, object]]:
    for ref, calls in new.items():
        for call, at in calls.items():
            yield {"call_ref": call, "number_ref": ref, "at": at}


def _many(connection: Connection, now: datetime, least: int) -> dict[str, int]:
    """How often each number has rung that has rung more than ``least`` times."""
    count = func.count()
    query = select(ring.c.number_ref, count.label("calls")).where(ring.c.at > now - HOUR)
    many = query.group_by(ring.c.number_ref).having(count > least)
    return {row.number_ref: row.calls for row in connection.execute(many)}
