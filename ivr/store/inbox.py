"""What callers left for the advisers: messages and requests to be rung back.

Owns their life on our side: left, taken, done. What identifies anybody is sealed before it comes
here and opened only by staff. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row, and_, not_, select, update
from sqlalchemy.exc import IntegrityError

from ivr.secrets.seal import References
from ivr.store.callbacks import BESIDE, IS_BESIDE, Wanted, beside, keep, withdraw
from ivr.store.database import Store, StoreDownError, utc
from ivr.store.limits import Caps
from ivr.store.notices import LEFT, Ways
from ivr.store.tables import callback, recording, row_of

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
    best: str
    seconds: int
    left_at: datetime
    taken_at: datetime | None
    done_at: datetime | None
    sealed: bytes
    lost: bool = False
    taken_by: str = ""
    also: tuple[str, ...] = ()
    beside: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks to have somebody rung: their number, empty where it is hidden.

    ``note``: how to ring, in words sealed for staff; None where nothing was asked but to be rung.
    """

    caller: str = ""
    note: bytes | None = b""


CAPS, NOBODY = Caps(), Asking()


class Inbox:
    """The messages and call-backs in the database. ``ways``: how staff are told of a new one."""

    def __init__(
        self, store: Store, references: References, ways: Ways = (), caps: Caps = CAPS
    ) -> None:
        self._store = store
        self._references = references
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
        try:
            return self._kept(wanted)
        except StoreDownError as down:
            if isinstance(down.__cause__, IntegrityError):
                # The same request was being kept in the same moment.
                return self._kept(wanted)
            raise

    def _kept(self, wanted: Wanted) -> str:
        with self._store.write() as connection:
            return keep(connection, wanted, self._caps, self._ways)

    def withdraw(self, number: str, now: datetime) -> bool:
        """Take back what this number asked for itself. Raises StoreDownError."""
        with self._store.write() as connection:
            return withdraw(connection, self._references.number(number), now.astimezone(UTC))

    def items(self, done: bool = False) -> list[Item]:
        """What waits, oldest first; with ``done`` also what has been dealt with."""
        with self._store.read() as connection:
            rows = connection.execute(select(callback).where(not_(IS_BESIDE))).all()
            callbacks = [_callback(row, beside(connection, row)) for row in rows]
            heard = select(recording).where(
                recording.c.purpose == "message", recording.c.status.in_(LEFT)
            )
            messages = connection.execute(heard).all()
        found = [*callbacks, *map(_message, messages)]
        return sorted(
            (each for each in found if done or each.done_at is None), key=lambda each: each.left_at
        )

    def item(self, kind: str, item_id: str) -> Item | None:
        """One item, done or not; None where there is none. Raises StoreDownError."""
        table, key = row_of(kind)
        with self._store.read() as connection:
            row = connection.execute(select(table).where(key == item_id)).one_or_none()
            if row is None or (kind == "message" and not _left(row)):
                return None
            if kind == "callback":
                return _callback(row, beside(connection, row))
        return _message(row)

    def take(self, item: Item, now: datetime, by: str = "") -> bool:
        """Take an item to work on it; False when somebody has taken it before."""
        return self._mark(item, {"taken_at": now.astimezone(UTC), "taken_by": by}, "taken_at")

    def done(self, item: Item, now: datetime, by: str = "") -> bool:
        """It has been dealt with; False when that was said before."""
        self.take(item, now, by)
        return self._mark(item, {"done_at": now.astimezone(UTC)}, "done_at")

    def _mark(self, item: Item, values: Mapping[str, object], empty: str) -> bool:
        table, key = row_of(item.kind)
        fresh = and_(key == item.id, table.c[empty].is_(None))
        with self._store.write() as connection:
            return connection.execute(update(table).where(fresh).values(values)).rowcount == 1


def _left(row: Row[tuple[object, ...]]) -> bool:
    return row.purpose == "message" and row.status in LEFT


def _callback(row: Row[Any], others: Sequence[Row[Any]]) -> Item:
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
        taken_by=row.taken_by,
        also=tuple(dict.fromkeys(each.reference for each in others if each.status == BESIDE)),
        beside=tuple(each.sealed for each in others if each.sealed),
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
        row.sealed or b"",
        row.status == "failed",
        row.taken_by,
    )


def _some(moment: datetime | None) -> datetime | None:
    return utc(moment) if moment else None
