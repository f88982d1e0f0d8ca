"""What callers left for the advisers: messages and requests to be rung back.

Owns their life on our side: left, taken, done. What identifies anybody is sealed before it comes
here and opened only by staff. Times are UTC.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, Row, Table, and_, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from ivr.seal import References
from ivr.store.database import Store, utc
from ivr.store.notices import Ways, announce
from ivr.store.tables import callback, recording

Kind = Literal["message", "callback"]
REFERENCES = 10_000
"""Four digits: enough for what waits at one time."""
TO_HEAR = ("fetched", "cleared")
"""A message's states in which its sound is here."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits for an adviser. ``sealed`` holds the sound, or who to ring and how."""

    kind: Kind
    id: str
    reference: str
    about: str
    lang: str
    best: str
    seconds: int
    left_at: datetime
    taken_at: datetime | None
    done_at: datetime | None
    sealed: bytes


class Inbox:
    """The messages and call-backs in the database. ``ways``: how staff are told of a new one."""

    def __init__(self, store: Store, references: References, ways: Ways = ()) -> None:
        self._store = store
        self._references = references
        self._ways = ways

    def keep_callback(
        self, call_sid: str, number: str, sealed: bytes, now: datetime, **known: str
    ) -> str:
        """Keep a request to be rung back; its four digits. Asked twice in one call, it is one.

        ``known``: about, lang and best. Raises StoreDownError.
        """
        ref, number_ref = self._references.call(call_sid), self._references.number(number)
        own = and_(callback.c.call_ref == ref, callback.c.number_ref == number_ref)
        now = now.astimezone(UTC)
        with self._store.write() as connection:
            before = connection.execute(select(callback.c.reference).where(own)).scalar()
            if before is not None:
                return str(before)
            row = {
                "id": uuid.uuid4().hex,
                "call_ref": ref,
                "number_ref": number_ref,
                "reference": fresh_reference(connection, ref),
                "status": "waiting",
                "asked_at": now,
                "sealed": sealed,
                **known,
            }
            connection.execute(insert(callback).values(row))
            announce(connection, "callback", str(row["id"]), self._ways, now)
        return str(row["reference"])

    def items(self, done: bool = False) -> list[Item]:
        """What waits, oldest first; with ``done`` also what has been dealt with."""
        with self._store.read() as connection:
            callbacks = connection.execute(select(callback)).all()
            heard = select(recording).where(
                recording.c.purpose == "message", recording.c.status.in_(TO_HEAR)
            )
            messages = connection.execute(heard).all()
        found = [*map(_callback, callbacks), *map(_message, messages)]
        return sorted(
            (each for each in found if done or each.done_at is None), key=lambda each: each.left_at
        )

    def take(self, item: Item, now: datetime) -> bool:
        """Take an item to work on it; False when somebody has taken it before."""
        return self._mark(item, "taken_at", now)

    def done(self, item: Item, now: datetime) -> bool:
        """It has been dealt with; False when that was said before."""
        self._mark(item, "taken_at", now)
        return self._mark(item, "done_at", now)

    def _mark(self, item: Item, column: str, now: datetime) -> bool:
        table, own = _row_of(item)
        fresh = and_(own, table.c[column].is_(None))
        with self._store.write() as connection:
            marked = update(table).where(fresh).values({column: now.astimezone(UTC)})
            return connection.execute(marked).rowcount == 1


def fresh_reference(connection: Connection, item: str) -> str:
    """Four digits that nothing else that waits has; the same for the same item where they can be.

    ``item``: hexadecimal, by which it is known.
    """
    used: set[str] = set()
    for table in (callback, recording):
        open_ = select(table.c.reference).where(table.c.done_at.is_(None))
        used.update(connection.execute(open_).scalars())
    first = int(item, 16) % REFERENCES
    turns = (f"{(first + ahead) % REFERENCES:04}" for ahead in range(REFERENCES))
    return next((each for each in turns if each not in used), f"{first:04}")


def _row_of(item: Item) -> tuple[Table, ColumnElement[bool]]:
    if item.kind == "callback":
        return callback, callback.c.id == item.id
    return recording, recording.c.sid == item.id


def _callback(row: Row[tuple[object, ...]]) -> Item:
    return Item(
        "callback",
        row.id,
        row.reference,
        row.about,
        row.lang,
        row.best,
        0,
        utc(row.asked_at),
        _some(row.taken_at),
        _some(row.done_at),
        row.sealed,
    )


def _message(row: Row[tuple[object, ...]]) -> Item:
    return Item(
        "message",
        row.sid,
        row.reference,
        row.about,
        row.lang,
        "",
        row.seconds,
        utc(row.made_at),
        _some(row.taken_at),
        _some(row.done_at),
        row.sealed,
    )


def _some(moment: datetime | None) -> datetime | None:
    return utc(moment) if moment else None
