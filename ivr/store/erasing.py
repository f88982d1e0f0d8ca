"""Everything there is about one telephone number: found, and deleted.

Owns which rows those are (UK GDPR, articles 15 and 17). A number is found by its reference, as it
stands nowhere else; a call by the texts and requests that were made in it. That somebody wants no
texts is kept: forgetting it would send them texts again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select, union, update

from ivr.store.count_tables import last_node, ring
from ivr.store.database import KeptByReference
from ivr.store.recordings import OPEN
from ivr.store.tables import (
    answer,
    callback,
    item_note,
    journal,
    notice,
    recording,
    sms,
    talk,
    text_in,
)

Found = Mapping[str, list[dict[str, Any]]]
SHOWN: Mapping[str, tuple[str, ...]] = {
    "message": ("asked_at", "topic", "lang", "status", "body"),
    "callback": ("asked_at", "reference", "about", "lang", "best", "taken_at", "done_at"),
    "recording": ("made_at", "reference", "about", "lang", "seconds", "status"),
    "journal": ("at", "event", "place", "detail"),
    "talk": ("began_at", "desk", "ended_at"),
    "text_in": ("at",),
    "ring": ("at",),
    "last_node": ("at", "node"),
    "answer": ("at", "budget", "segments"),
}
"""What is shown of each kind of row to who asks for it: nothing of anybody else."""


class Erasing(KeptByReference):
    """What there is about numbers. Everything here raises StoreDownError."""

    def show(self, number: str) -> Found:
        """Every row about a number (E.164), by kind."""
        with self._store.read() as connection:
            rows = self._rows(connection, number)
            return {table.name: _shown(connection, table, which) for table, which in rows}

    def erase(self, number: str, now: datetime) -> Mapping[str, int]:
        """Delete every row about a number; how many of each kind.

        A message that is still at the carrier is marked: the worker deletes it there, and then its
        row. Done twice, the second time finds nothing.
        """
        with self._store.write() as connection:
            rows = self._rows(connection, number)
            _forget_work(connection, number_ref=self._references.number(number))
            return {table.name: _gone(connection, table, which, now) for table, which in rows}

    def knows_call(self, call_sid: str) -> bool:
        """Whether anything is written down of this call."""
        own = journal.c.call_ref == self._references.call(call_sid)
        with self._store.read() as connection:
            return connection.execute(select(journal.c.id).where(own).limit(1)).first() is not None

    def erase_calls(self, call_sids: Collection[str]) -> datetime | None:
        """Delete all that these calls led to; when the first of them was, where one was."""
        refs = [self._references.call(each) for each in call_sids]
        asked = select(callback.c.id).where(callback.c.call_ref.in_(refs))
        first = select(journal.c.at).where(journal.c.call_ref.in_(refs)).order_by(journal.c.at)
        with self._store.write() as connection:
            began: datetime | None = connection.execute(first.limit(1)).scalar()
            connection.execute(delete(item_note).where(item_note.c.item.in_(asked)))
            for table in (sms, callback, journal, talk):
                connection.execute(delete(table).where(table.c.call_ref.in_(refs)))
        return began

    def _rows(self, connection: Connection, number: str) -> list[tuple[Table, ColumnElement[bool]]]:
        ref = self._references.number(number)
        texts = or_(sms.c.number_ref == ref, sms.c.caller_ref == ref)
        query = union(
            select(sms.c.call_ref).where(texts),
            select(callback.c.call_ref).where(_asked(ref)),
            select(callback.c.renewed_ref).where(_asked(ref)),
            select(ring.c.call_ref).where(ring.c.number_ref == ref),
        )
        calls = list(connection.execute(query).scalars())
        return [
            (sms, texts),
            (callback, _asked(ref)),
            (text_in, text_in.c.number_ref == ref),
            (answer, answer.c.number_ref == ref),
            (recording, recording.c.call_ref.in_(calls)),
            (journal, journal.c.call_ref.in_(calls)),
            (talk, talk.c.call_ref.in_(calls)),
            (ring, ring.c.number_ref == ref),
            (last_node, last_node.c.number_ref == ref),
        ]


def _asked(ref: str) -> ColumnElement[bool]:
    """Requests to be rung on this number, and those that were made from it."""
    return or_(callback.c.number_ref == ref, callback.c.caller_ref == ref)


def _forget_work(connection: Connection, number_ref: str) -> None:
    """What staff wrote about requests of this number, and that they were told of them."""
    theirs = select(callback.c.id).where(_asked(number_ref))
    connection.execute(delete(item_note).where(item_note.c.item.in_(theirs)))
    connection.execute(delete(notice).where(notice.c.item.in_(theirs)))


def _gone(connection: Connection, table: Table, which: ColumnElement[bool], now: datetime) -> int:
    """Delete rows; of recordings, those that the carrier may still have only their content."""
    if table is not recording:
        return connection.execute(delete(table).where(which)).rowcount
    still_there = and_(which, recording.c.status.in_(OPEN))
    emptied = {"status": "dropping", "sealed": None, "about": "", "next_at": now}
    marked = connection.execute(update(recording).where(still_there).values(emptied)).rowcount
    ended = and_(which, recording.c.status.not_in(OPEN))
    return marked + connection.execute(delete(recording).where(ended)).rowcount


def _shown(
    connection: Connection, table: Table, which: ColumnElement[bool]
) -> list[dict[str, Any]]:
    columns = [table.c[name] for name in SHOWN[table.name]]
    rows = connection.execute(select(*columns).where(which)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
