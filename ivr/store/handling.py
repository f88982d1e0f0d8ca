"""What staff do with a message or call-back: hand it over, and write down what came of it.

Owns the notes on items. What staff write in their own words comes here sealed. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, and_, insert, select, update

from ivr.store.database import Store, utc
from ivr.store.inbox import Item
from ivr.store.tables import item_note, row_of


@dataclass(frozen=True, slots=True)
class HandlingStep:
    """One thing that was done with an item. ``by`` a member of staff; ``sealed`` may be empty."""

    at: datetime
    by: str
    what: str
    sealed: bytes


class Handling:
    """The work on items. Everything here raises StoreDownError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, item: Item, by: str, what: str, sealed: bytes, now: datetime) -> None:
        """Write down what was done."""
        with self._store.write() as connection:
            _insert(connection, item, by, what, sealed, now)

    def hand_over(self, item: Item, by: str, to: str, now: datetime) -> bool:
        """Give it to somebody else, or back to all where ``to`` is empty.

        False, and nothing is changed, where it is not ``by``'s any more, or is done.
        """
        table, key = row_of(item.kind)
        own = and_(
            key == item.id,
            table.c.taken_at.is_not(None),
            table.c.taken_by == by,
            table.c.done_at.is_(None),
        )
        taken_at = now.astimezone(UTC) if to else None
        values = {"taken_by": to, "taken_at": taken_at}
        with self._store.write() as connection:
            if connection.execute(update(table).where(own).values(values)).rowcount != 1:
                return False
            _insert(connection, item, by, "handed-over" if to else "put-back", b"", now)
        return True

    def put_back_all(self, by: str) -> None:
        """Give everything that somebody has in hand back to all: they have left."""
        with self._store.write() as connection:
            for kind in ("callback", "message"):
                table, _ = row_of(kind)
                theirs = and_(table.c.taken_by == by, table.c.done_at.is_(None))
                free = {"taken_by": "", "taken_at": None}
                connection.execute(update(table).where(theirs).values(free))

    def steps(self, item: Item) -> list[HandlingStep]:
        """What was done with it, the oldest first."""
        query = select(item_note).where(item_note.c.item == item.id).order_by(item_note.c.id)
        with self._store.read() as connection:
            rows = connection.execute(query).all()
        return [HandlingStep(utc(row.at), row.by, row.what, row.sealed or b"") for row in rows]


def _insert(
    connection: Connection, item: Item, by: str, what: str, sealed: bytes, now: datetime
) -> None:
    row = {"item": item.id, "at": now.astimezone(UTC), "by": by, "what": what}
    connection.execute(insert(item_note).values({**row, "sealed": sealed or None}))
