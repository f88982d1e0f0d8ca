"""Where the last call of a number was, for ten minutes, so that a call that dropped can go on.

Owns those rows: a reference of the number, and the topic. Nobody waits for them: each process keeps
in memory what it has not written yet, and knows from its last look what all have written. Hidden
callers have none. While the database is away, each process goes by what it knows. Times are UTC.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ivr.line.retention import KEPT
from ivr.secrets.seal import References
from ivr.store.background import Background
from ivr.store.count_tables import last_node
from ivr.store.database import Store, StoreDownError
from ivr.store.journal import TEST_CALLS
from ivr.store.spells import Spell

log = logging.getLogger(__name__)

FOR = KEPT["last_node"]
EVERY = 5.0
"""Seconds between two looks: so much later another process knows."""
MOST_WAITING = 10_000
"""Numbers that wait for a database that is away."""
INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Kept(NamedTuple):
    """A topic, or nothing: that a call was nowhere any more is newer than where it was before."""

    node: str
    at: datetime


class LastNodes(Background):
    """Keeps at once, and writes soon. ``on``: whether anything is kept; ``every``: seconds between
    two looks."""

    def __init__(
        self,
        store: Store,
        references: References,
        on: bool = True,
        every: float = EVERY,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__("last-nodes")
        self._store = store
        self._references = references
        self._on = on
        self._every = every
        self._clock = clock
        self._waiting: dict[str, Kept] = {}
        self._known: dict[str, Kept] = {}
        self._trouble = Spell(log)
        self._lock = threading.Lock()

    def note(self, call_sid: str, number: str, node: str) -> None:
        """This number's call is at ``node`` now; empty: at nothing to go on with. Never waits."""
        if not self._on or not number or call_sid.startswith(TEST_CALLS):
            return
        ref = self._references.number(number)
        with self._lock:
            if (node or self._at(ref)) and len(self._waiting) < MOST_WAITING:
                self._waiting[ref] = Kept(node, self._clock())
            self._begin()

    def of(self, call_sid: str, number: str) -> str:
        """Where this number's last call was within ten minutes; empty: nowhere. Never waits."""
        if not self._on or not number or call_sid.startswith(TEST_CALLS):
            return ""
        with self._lock:
            self._begin()
            return self._at(self._references.number(number))

    def look(self) -> None:
        """Write what is new, forget what is old, and learn what all have. While away, later."""
        now = self._clock()
        with self._lock:
            new, self._waiting = self._waiting, {}
            old = any(kept.at <= now - FOR for kept in self._known.values())
        try:
            if new or old:
                with self._store.write() as connection:
                    _write(connection, new, now)
            with self._store.read() as connection:
                rows = connection.execute(select(last_node)).all()
        except StoreDownError as error:
            self._trouble.begins("where calls were is not known to all: %s", error)
            with self._lock:
                self._waiting = {**new, **self._waiting}
            return
        self._trouble.ends("where calls were is known to all again")
        with self._lock:
            self._known = {row.number_ref: Kept(row.node, row.at) for row in rows}

    def _at(self, ref: str) -> str:
        kept = self._waiting.get(ref) or self._known.get(ref)
        return kept.node if kept and kept.at > self._clock() - FOR else ""

    def _run(self) -> None:
        while not self._closing.is_set():
            self._closing.wait(self._every)
            try:
                self.look()
            except Exception:
                # Whatever it was, the next calls are kept: this thread is the only one to.
                log.exception("where calls were could not be kept")


def _write(connection: Connection, new: Mapping[str, Kept], now: datetime) -> None:
    """The newest of each number holds, whichever process wrote first; what is old goes."""
    connection.execute(delete(last_node).where(last_node.c.at <= now - FOR))
    fresh = [
        {"number_ref": ref, "node": kept.node, "at": kept.at}
        for ref, kept in sorted(new.items())
        if kept.at > now - FOR
    ]
    if not fresh:
        return
    put: Any = INSERT[connection.dialect.name](last_node)
    newer = put.excluded.at > last_node.c.at
    values = {"node": put.excluded.node, "at": put.excluded.at}
    connection.execute(
        put.on_conflict_do_update(index_elements=["number_ref"], set_=values, where=newer), fresh
    )
