"""What staff are told: that something waits, once each way, and again until it is done.

Owns the rows of notices, which are the truth. A notice names nobody: it says that a message or a
call-back waits. Times are UTC.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, and_, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from ivr.store.database import Store, utc
from ivr.store.tables import notice, row_of

Ways = Sequence[str]
"""How staff are told: ``mail``, ``text``, both or neither."""
LEASE = timedelta(seconds=60)
"""How long one worker has a row to itself: longer than a mail server may take."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell staff now. ``number``: 1 the first time, then 2, 3 ...; ``tries`` of it.

    ``taken_at``: when somebody took the item; None while nobody has.
    """

    id: str
    kind: str
    item: str
    way: str
    number: int
    tries: int
    taken_at: datetime | None = None


class Notices:
    """The notices in the database."""

    def __init__(self, store: Store, lease: timedelta = LEASE) -> None:
        self._store = store
        self._lease = lease

    def due(self, now: datetime, most: int = 100) -> list[tuple[str, int]]:
        """Notices to send now, the oldest first: each id with the tries it has had."""
        query = select(notice.c.id, notice.c.tries).where(_free(now)).order_by(notice.c.due_at)
        with self._store.read() as connection:
            return [(row.id, row.tries) for row in connection.execute(query.limit(most))]

    def claim(self, notice_id: str, now: datetime) -> Notice | None:
        """Take one; None where another worker has it, or what it tells of is done."""
        own = notice.c.id == notice_id
        until = now + self._lease
        changes = {"tries": notice.c.tries + 1, "lease_until": until, "due_at": until}
        with self._store.write() as connection:
            claimed = update(notice).where(and_(own, _free(now))).values(changes)
            if connection.execute(claimed).rowcount != 1:
                return None
            row = connection.execute(select(notice).where(own)).one()
            item = _open_item(connection, row.kind, row.item)
            if item is None:
                ended = {"status": "dropped", "lease_until": None}
                connection.execute(update(notice).where(own).values(ended))
                return None
        taken = utc(item.taken_at) if item.taken_at else None
        return Notice(row.id, row.kind, row.item, row.way, row.number, row.tries, taken)

    def sent(self, told: Notice, now: datetime, again_at: datetime) -> None:
        """It has been sent; the next one is due at ``again_at``, should it then not be done."""
        values = {"status": "sent", "sent_at": now, "lease_until": None}
        fresh = and_(notice.c.id == told.id, notice.c.status == "waiting")
        with self._store.write() as connection:
            if connection.execute(update(notice).where(fresh).values(values)).rowcount == 1:
                _insert(connection, told.kind, told.item, told.way, told.number + 1, again_at)

    def later(self, told: Notice, at: datetime, error: str) -> None:
        """Not now: try again at ``at``."""
        values = {"due_at": at, "lease_until": None, "error": error[:32]}
        with self._store.write() as connection:
            connection.execute(update(notice).where(notice.c.id == told.id).values(values))


def announce(connection: Connection, kind: str, item: str, ways: Ways, now: datetime) -> None:
    """Have staff told of a new item, in the transaction that keeps it."""
    for way in ways:
        _insert(connection, kind, item, way, 1, now)


def _insert(
    connection: Connection, kind: str, item: str, way: str, number: int, due: datetime
) -> None:
    row = {
        "id": uuid.uuid4().hex,
        "kind": kind,
        "item": item,
        "way": way,
        "number": number,
        "status": "waiting",
        "tries": 0,
        "due_at": due,
        "error": "",
    }
    connection.execute(insert(notice).values(row))


def _open_item(connection: Connection, kind: str, item: str) -> Row[tuple[datetime]] | None:
    """An item that is not done yet: when it was taken. None where it is done, or not there."""
    table, key = row_of(kind)
    own = and_(key == item, table.c.done_at.is_(None))
    return connection.execute(select(table.c.taken_at).where(own)).one_or_none()


def _free(now: datetime) -> ColumnElement[bool]:
    """Waiting, due, and in no worker's hands."""
    unleased = or_(notice.c.lease_until.is_(None), notice.c.lease_until <= now)
    return and_(notice.c.status == "waiting", notice.c.due_at <= now, unleased)
