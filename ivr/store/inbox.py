"""What callers left for the advisers: messages and requests to be rung back.

Owns their life on our side: left, taken, handed over, done; and the notes on them. What identifies
anybody, and what staff write in their own words, is sealed before it comes here and opened only by
staff. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, not_, select, true, update

from ivr.secrets.seal import References
from ivr.store.callbacks import BESIDE, IS_BESIDE, Wanted, beside, keep, withdraw
from ivr.store.database import Kept, KeptByReference, Store, once_more
from ivr.store.limits import Caps
from ivr.store.notices import IS_LEFT, Ways
from ivr.store.rows import Lock, count, select_as
from ivr.store.tables import callback, item_note, recording, row_of

Kind = Literal["message", "callback"]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits for an adviser.

    ``sealed`` holds the sound, or who to ring and how; empty while a message is not here, and
    where it is ``lost`` at the carrier. ``taken_by``: a member of staff; empty where it was taken
    in the terminal. ``also``: the digits of others who asked for the same number; ``beside``: how
    they want it to be rung.
    """

    kind: Kind
    id: str
    reference: str
    about: str
    lang: str
    left_at: datetime
    taken_at: datetime | None
    taken_by: str
    done_at: datetime | None
    sealed: bytes
    best: str = ""
    seconds: int = 0
    lost: bool = False
    also: tuple[str, ...] = ()
    beside: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class HandlingStep:
    """One thing that was done with an item. ``by`` a member of staff; ``sealed`` may be empty."""

    at: datetime
    by: str
    what: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks to have somebody rung: their number, empty where it is hidden.

    ``note``: how to ring, in words sealed for staff; None where nothing was asked but to be rung.
    """

    caller: str = ""
    note: bytes | None = b""


CAPS, NOBODY = Caps(), Asking()


class Inbox(KeptByReference):
    """The messages and call-backs in the database. ``ways``: how staff are told of a new one."""

    def __init__(
        self, store: Store, references: References, ways: Ways = (), caps: Caps = CAPS
    ) -> None:
        super().__init__(store, references)
        self._ways = ways
        self._caps = caps

    def keep_callback(
        self,
        call_sid: str,
        number: str,
        sealed: bytes,
        now: datetime,
        asking: Asking = NOBODY,
        **known: str,
    ) -> str:
        """Keep a request to be rung back; what became of it as ``KeepCallback`` names it.

        A number that waits already is not put down twice: what is wanted now lies beside what was
        asked first. ``known``: about, lang and best. Raises StoreDownError.
        """
        refs = self._references
        wanted = Wanted(
            call_ref=refs.call(call_sid),
            number_ref=refs.number(number),
            caller_ref=refs.number(asking.caller) if asking.caller else "",
            asked_at=now.astimezone(UTC),
            answers={"sealed": sealed, **known},
            note=asking.note,
        )
        # The same request may be kept in the same moment.
        return once_more(lambda: self._kept(wanted))

    def _kept(self, wanted: Wanted) -> str:
        with self._store.write(lock=Lock.CALLBACKS) as connection:
            return keep(connection, wanted, self._caps, self._ways)

    def withdraw(self, number: str, now: datetime) -> bool:
        """Take back what this number asked for itself. Raises StoreDownError."""
        with self._store.write(lock=Lock.CALLBACKS) as connection:
            return withdraw(connection, self._references.number(number), now.astimezone(UTC))

    def items(self, done: bool = False) -> list[Item]:
        """What waits, oldest first; with ``done`` also what has been dealt with."""
        with self._store.read() as connection:
            found = _callbacks(connection, not_(IS_BESIDE)) + _messages(connection, true())
        waits = (each for each in found if done or each.done_at is None)
        return sorted(waits, key=lambda each: each.left_at)

    def waiting(self) -> int:
        """How many wait. Raises StoreDownError."""
        with self._store.read() as connection:
            return sum(how_many_wait(connection).values())

    def item(self, kind: str, item_id: str) -> Item | None:
        """One item, done or not; None where there is none. Raises StoreDownError."""
        _, key = row_of(kind)
        with self._store.read() as connection:
            read = _callbacks if kind == "callback" else _messages
            return next(iter(read(connection, key == item_id)), None)

    def take(self, item: Item, now: datetime, by: str = "") -> bool:
        """Take an item to work on it; False when somebody has taken it before."""
        return self._mark(item, {"taken_at": now, "taken_by": by}, "taken_at")

    def done(self, item: Item, now: datetime, by: str = "") -> bool:
        """It has been dealt with; False when that was said before."""
        self.take(item, now, by)
        return self._mark(item, {"done_at": now}, "done_at")

    def _mark(self, item: Item, values: Mapping[str, object], empty: str) -> bool:
        table, key = row_of(item.kind)
        fresh = and_(key == item.id, table.c[empty].is_(None))
        return self._store.change(update(table).where(fresh).values(values)) == 1


def how_many_wait(connection: Connection) -> Mapping[Kind, int]:
    """How many of each kind wait: the one count of them, on every page and by telephone."""
    asked = count(connection, callback, not_(IS_BESIDE), callback.c.done_at.is_(None))
    left = count(connection, recording, IS_LEFT, recording.c.done_at.is_(None))
    return {"callback": asked, "message": left}


class Handling(Kept):
    """The work on items. Everything here raises StoreDownError."""

    def note(self, item: Item, by: str, what: str, sealed: bytes, now: datetime) -> None:
        """Write down what was done."""
        with self._store.write() as connection:
            _write_down(connection, item, by, what, sealed, now)

    def hand_over(self, item: Item, by: str, to: str, now: datetime) -> bool:
        """Give it to somebody else, or back to all where ``to`` is empty.

        False, and nothing is changed, where it is not ``by``'s any more, or is done.
        """
        table, key = row_of(item.kind)
        theirs = and_(table.c.taken_at.is_not(None), table.c.taken_by == by)
        own = and_(key == item.id, theirs, table.c.done_at.is_(None))
        values = {"taken_by": to, "taken_at": now if to else None}
        with self._store.write() as connection:
            if connection.execute(update(table).where(own).values(values)).rowcount != 1:
                return False
            _write_down(connection, item, by, "handed-over" if to else "put-back", b"", now)
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
        query = select_as(HandlingStep, item_note).where(item_note.c.item == item.id)
        return self._store.all(HandlingStep, query.order_by(item_note.c.id))


def _write_down(
    connection: Connection, item: Item, by: str, what: str, sealed: bytes, now: datetime
) -> None:
    row = {"item": item.id, "at": now, "by": by, "what": what, "sealed": sealed}
    connection.execute(insert(item_note).values(row))


def _callbacks(connection: Connection, which: ColumnElement[bool]) -> list[Item]:
    rows = connection.execute(select(callback).where(which)).all()
    return [_callback(row, beside(connection, row)) for row in rows]


def _messages(connection: Connection, which: ColumnElement[bool]) -> list[Item]:
    rows = connection.execute(select(recording).where(IS_LEFT, which)).all()
    return [_message(row) for row in rows]


def _callback(row: Row[Any], others: Sequence[Row[Any]]) -> Item:
    return Item(
        kind="callback",
        id=row.id,
        left_at=row.asked_at,
        best=row.best,
        also=tuple(dict.fromkeys(each.reference for each in others if each.status == BESIDE)),
        beside=tuple(each.sealed for each in others if each.sealed),
        **_of_both(row),
    )


def _message(row: Row[Any]) -> Item:
    left, lost = row.made_at, row.status == "failed"
    own = {"kind": "message", "id": row.sid, "left_at": left, "seconds": row.seconds, "lost": lost}
    return Item(**own, **_of_both(row))


def _of_both(row: Row[Any]) -> dict[str, Any]:
    """What stands under the same name in both kinds of row."""
    names = ("reference", "about", "lang", "taken_at", "taken_by", "done_at", "sealed")
    return {name: row._mapping[name] for name in names}
