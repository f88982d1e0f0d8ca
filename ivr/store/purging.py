"""Deleting what has been kept long enough, a few rows at a time.

Owns which rows are past the schedule of ``retention``, and nothing of when anybody looks. A caller
may be waiting for the same database, so each transaction is short. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Table,
    Update,
    and_,
    delete,
    or_,
    select,
    update,
)

from ivr.line.retention import AT_MOST, HANDLED, KEPT
from ivr.store.count_tables import last_node, ring, tally, tally_day
from ivr.store.database import Kept
from ivr.store.recordings import OPEN
from ivr.store.tables import (
    answer,
    callback,
    change,
    invitation,
    item_note,
    journal,
    notice,
    recording,
    sign_in_try,
    sms,
    staff_session,
    talk,
    text_in,
    texter,
)
from ivr.store.text_tables import text_example

BATCH = 500
"""Rows of one transaction: well under a caller's second, on a slow disk too."""
BLANK: Mapping[str, str] = {"number": "", "body": ""}
ORPHANS = and_(
    item_note.c.item.not_in(select(callback.c.id)),
    item_note.c.item.not_in(select(recording.c.sid)),
)
"""What staff wrote about things that are gone."""

Due = tuple[str, Table, ColumnElement[bool]]


class Purge(Kept):
    """The schedule, carried out."""

    def run(self, now: datetime) -> dict[str, int]:
        """Delete everything that is due; how many rows of each kind. Raises StoreDownError.

        Interrupted anywhere, the next run goes on: nothing is due twice.
        """
        now = now.astimezone(UTC)
        gone = {kind: self._each(delete(table), table, due) for kind, table, due in _due(now)}
        gone["number"] = self._each(update(sms).values(BLANK), sms, _numbers(now))
        gone["item_note"] = self._each(delete(item_note), item_note, ORPHANS)
        # A whole day at a time: these rows have no key of one column.
        gone["tally"] = self._store.change(delete(tally).where(tally.c.day <= _last_day(now)))
        return gone

    def waiting(self, now: datetime) -> int:
        """How many rows are past their time: 0 after a run. Raises StoreDownError."""
        now = now.astimezone(UTC)
        every = [*((table, due) for _, table, due in _due(now)), (sms, _numbers(now))]
        with self._store.read() as connection:
            return sum(len(_some(connection, *each)) for each in every)

    def _each(self, done: Delete | Update, table: Table, due: ColumnElement[bool]) -> int:
        """Do this with all that is due, a batch at a time; how many rows that were."""
        gone = 0
        while True:
            with self._store.write() as connection:
                some = _some(connection, table, due)
                connection.execute(done.where(_key(table).in_(some)))
            gone += len(some)
            if len(some) < BATCH:
                return gone


def _due(now: datetime) -> Iterator[Due]:
    yield "callback", callback, _handled(callback, callback.c.asked_at, now)
    yield "recording", recording, and_(_ended(now), ~_busy(now))
    yield "journal", journal, journal.c.at <= now - KEPT["journal"]
    yield "message", sms, _texts(now)
    yield "talk", talk, talk.c.began_at <= now - KEPT["talk"]
    yield "text_in", text_in, text_in.c.at <= now - KEPT["text_in"]
    yield "texter", texter, texter.c.at <= now - KEPT["texter"]
    yield "text_example", text_example, text_example.c.at <= now - KEPT["text_example"]
    yield "ring", ring, ring.c.at <= now - KEPT["ring"]
    yield "last_node", last_node, last_node.c.at <= now - KEPT["last_node"]
    yield "answer", answer, answer.c.at <= now - KEPT["answer"]
    yield "notice", notice, notice.c.due_at <= now - KEPT["notice"]
    yield "invitation", invitation, invitation.c.until <= now
    yield "session", staff_session, staff_session.c.made_at <= now - KEPT["session"]
    yield "try", sign_in_try, sign_in_try.c.at <= now - KEPT["try"]
    yield "change", change, change.c.at <= now - KEPT["change"]
    yield "tally_day", tally_day, tally_day.c.day <= _last_day(now)


def _last_day(now: datetime) -> date:
    """The last day whose counts are kept no more."""
    return (now - KEPT["tally"]).date()


def _texts(now: datetime) -> ColumnElement[bool]:
    """Texts past their time; with the carrier's id of one goes the only way to delete it there.

    After the longest time it goes all the same: the carrier has refused for months.
    """
    old = now - KEPT["message"]
    longest = sms.c.asked_at <= old - AT_MOST
    return or_(longest, and_(sms.c.asked_at <= old, sms.c.carrier_sid.is_(None)))


def _handled(table: Table, left: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    return or_(table.c.done_at <= now - HANDLED, left <= now - AT_MOST)


def _ended(now: datetime) -> ColumnElement[bool]:
    """Messages past their time, and rows of recordings whose sound is gone."""
    empty = and_(recording.c.sealed.is_(None), recording.c.made_at <= now - KEPT["dropped"])
    lost = and_(recording.c.status == "failed", recording.c.done_at.is_(None))
    return or_(_handled(recording, recording.c.made_at, now), and_(empty, ~lost))


def _busy(now: datetime) -> ColumnElement[bool]:
    """Still to be deleted at the carrier, or fetched: the row is all that remembers it.

    After the longest time it goes all the same: the carrier has refused for months.
    """
    unfinished = recording.c.status.in_(OPEN)
    return and_(unfinished, recording.c.made_at > now - AT_MOST)


def _numbers(now: datetime) -> ColumnElement[bool]:
    return and_(sms.c.number != "", sms.c.asked_at <= now - KEPT["number"])


def _key(table: Table) -> ColumnElement[Any]:
    return next(iter(table.primary_key.columns))


def _some(connection: Connection, table: Table, due: ColumnElement[bool]) -> list[Any]:
    query = select(_key(table)).where(due).limit(BATCH)
    return list(connection.execute(query).scalars())
