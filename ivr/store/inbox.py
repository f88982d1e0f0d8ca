"""What callers left for the advisers: messages and requests to be rung back.

Owns their life on our side: left, taken, done. What identifies anybody is sealed before it comes
here and opened only by staff. Times are UTC.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast

from sqlalchemy import Connection, Row, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.seal import References
from ivr.store.database import Store, StoreDownError, utc
from ivr.store.notices import Ways, announce
from ivr.store.tables import callback, recording, row_of

Kind = Literal["message", "callback"]
REFERENCES = 10_000
"""Four digits: enough for what waits at one time."""
LEFT = ("kept", "fetched", "cleared", "failed")
"""A message's states in which somebody has left it: not here yet, here, or lost at the carrier."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits for an adviser.

    ``sealed`` holds the sound, or who to ring and how; empty while a message is not here, and
    where it is ``lost`` at the carrier. ``taken_by``: a member of staff; empty where it was taken
    in the terminal.
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


class Inbox:
    """The messages and call-backs in the database. ``ways``: how staff are told of a new one."""

    def __init__(self, store: Store, references: References, ways: Ways = ()) -> None:
        self._store = store
        self._references = references
        self._ways = ways

    def keep_callback(
        self, call_sid: str, number: str, sealed: bytes, now: datetime, **known: str
    ) -> str:
        """Keep a request to be rung back; its four digits.

        Asked again in one call, the newer answers hold under the same digits. ``known``: about,
        lang and best. Raises StoreDownError.
        """
        ref, number_ref = self._references.call(call_sid), self._references.number(number)
        row = {
            "call_ref": ref,
            "number_ref": number_ref,
            "status": "waiting",
            "asked_at": now.astimezone(UTC),
            "sealed": sealed,
            **known,
        }
        try:
            return self._kept(row)
        except StoreDownError as down:
            if isinstance(down.__cause__, IntegrityError):
                # The same request was being kept in the same moment.
                return self._kept(row)
            raise

    def _kept(self, row: dict[str, object]) -> str:
        own = and_(
            callback.c.call_ref == row["call_ref"], callback.c.number_ref == row["number_ref"]
        )
        with self._store.write() as connection:
            before = connection.execute(select(callback.c.reference).where(own)).scalar()
            if before is not None:
                fresh = and_(own, callback.c.done_at.is_(None))
                connection.execute(update(callback).where(fresh).values(row))
                return str(before)
            new = {"id": uuid.uuid4().hex, "reference": fresh_reference(connection, row)}
            connection.execute(insert(callback).values({**row, **new}))
            moment = cast(datetime, row["asked_at"])
            announce(connection, "callback", new["id"], self._ways, moment)
        return new["reference"]

    def items(self, done: bool = False) -> list[Item]:
        """What waits, oldest first; with ``done`` also what has been dealt with."""
        with self._store.read() as connection:
            callbacks = connection.execute(select(callback)).all()
            heard = select(recording).where(
                recording.c.purpose == "message", recording.c.status.in_(LEFT)
            )
            messages = connection.execute(heard).all()
        found = [*map(_callback, callbacks), *map(_message, messages)]
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
        return _callback(row) if kind == "callback" else _message(row)

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


def fresh_reference(connection: Connection, item: Mapping[str, object]) -> str:
    """Four digits that nothing else that waits has; where they can be, the same for one item."""
    used: set[str] = set()
    for open_ in (
        select(callback.c.reference).where(callback.c.done_at.is_(None)),
        select(recording.c.reference).where(
            recording.c.done_at.is_(None), recording.c.status.not_in(("dropped", "dropping"))
        ),
    ):
        used.update(connection.execute(open_).scalars())
    known = item.get("sid") or item["call_ref"]
    first = int(str(known).removeprefix("RE"), 16) % REFERENCES
    turns = (f"{(first + ahead) % REFERENCES:04}" for ahead in range(REFERENCES))
    return next((each for each in turns if each not in used), f"{first:04}")


def _left(row: Row[tuple[object, ...]]) -> bool:
    return row.purpose == "message" and row.status in LEFT


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
        taken_by=row.taken_by,
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
