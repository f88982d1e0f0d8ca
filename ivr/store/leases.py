"""Rows that several workers share out: each is one worker's alone for a while.

Owns what is free to be taken, and that of many who take a row at once one has it. Who dies with a
row in hand leaves it to others once its time is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select, update

from ivr.store.database import Store

LEASE = timedelta(seconds=60)
"""How long one worker has a row to itself: longer than fetching and deleting a recording, or a mail
server, may take; who publishes says anew with each sentence that it lives."""


@dataclass(frozen=True)
class Leases:
    """The rows of one table. ``unfinished(now)``: in which there is something left to do.

    ``due``: the column that says when; ``order``: the one by which the first is taken, if another.
    """

    table: Table
    unfinished: Callable[[datetime], ColumnElement[bool]]
    due_at: str = "next_at"
    order: str = ""
    lasts: timedelta = LEASE

    @property
    def key(self) -> ColumnElement[Any]:
        """The column that names a row."""
        return next(iter(self.table.primary_key))

    def free(self, now: datetime) -> ColumnElement[bool]:
        """Something to do, due, and in no worker's hands."""
        lease = self.table.c.lease_until
        unleased = or_(lease.is_(None), lease <= now)
        return and_(self.unfinished(now), self.table.c[self.due_at] <= now, unleased)

    def due(self, store: Store, now: datetime, most: int) -> list[tuple[str, int]]:
        """Rows to see to now, the longest waiting first: each id with its tries so far."""
        query = select(self.key, self.table.c.tries).where(self.free(now))
        first = query.order_by(self.table.c[self.order or self.due_at]).limit(most)
        return [(str(row_id), tries) for row_id, tries in store.rows(first)]

    def claim(self, connection: Connection, row_id: str | int, now: datetime, **more: Any) -> bool:
        """Take a row for this worker alone; False where another has it, or nothing is left to do.

        ``more``: what else is written down of it.
        """
        taken = update(self.table).where(self.key == row_id, self.free(now))
        values = {"tries": self.table.c.tries + 1, **self.held(now), **more}
        return connection.execute(taken.values(values)).rowcount == 1

    def held(self, now: datetime) -> dict[str, datetime]:
        """What a row says that a worker has."""
        until = now + self.lasts
        return {"lease_until": until, self.due_at: until}
