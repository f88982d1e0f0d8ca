"""Limits on texts: how many, to whom, and for how much money (faults M1, M7).

Owns every such limit. They are counted in the transaction that keeps the text, one at a time, so
that two callers cannot both get the last one. Without the database nothing is sent. Times are UTC.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select
from sqlalchemy.sql.elements import ColumnElement

from ivr.config import Settings
from ivr.seal import References
from ivr.store.database import Store, StoreDownError, exclusive
from ivr.store.tables import message, text_in

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
PREFIX = len("+4477009")
"""Characters of a number that name its range: the country and five digits more."""
UNLIMITED = 1_000_000
NOTICE = "to-staff"
"""What stands for the topic in texts to staff; no topic of the content can be called so."""
MOST_ANSWERS = 20
"""Texts from one number that are answered within an hour."""
MOST_ANSWERS_AWAY = 5
"""The same while the database is away, in each process."""
MOST_REMEMBERED = 10_000
THIS_MONTH = message.c.asked_at >= bindparam("month")
TEXT_LOCK = 7_410_317
"""Any number, the same in every process: PostgreSQL's advisory lock for counting texts."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The most texts of each kind. A day is the last 24 hours, a month that of the calendar."""

    a_call: int = 3
    a_destination_a_day: int = 3
    a_caller_a_day: int = 5
    a_prefix_an_hour: int = 10
    a_day: int = 300
    a_month: int = 3_000
    pence_a_month: int = 15_000
    pence_a_segment: int = 4


def caps_of(settings: Settings) -> Caps:
    """The limits with the totals that these settings name.

    In a demonstration nothing leaves the machine and all numbers are of one range, so that only
    the limits of a call and the totals hold.
    """
    demonstration = {"a_destination_a_day", "a_caller_a_day", "a_prefix_an_hour"}
    lifted = dict.fromkeys(demonstration, UNLIMITED) if settings.demonstration_account else {}
    return Caps(
        **lifted,
        a_day=settings.texts_a_day,
        a_month=settings.texts_a_month,
        pence_a_month=settings.texts_pence_a_month,
        pence_a_segment=settings.pence_a_segment,
    )


class Limits:
    """What may be answered to somebody who texts in."""

    def __init__(self, store: Store, references: References) -> None:
        self._store = store
        self._references = references
        self._memory = Memory()

    def text_in(self, number: str, now: datetime) -> bool:
        """Whether a text from ``number`` may be answered; it then counts.

        While the database is away this process counts by itself, and answers fewer. That nobody
        is texted who said STOP is then the carrier's business, which delivers none to them
        (Twilio's Advanced Opt-Out, error 21610).
        """
        ref, at = self._references.number(number), now.astimezone(UTC)
        try:
            with self._store.write() as connection:
                return _counted_in(connection, ref, at)
        except StoreDownError:
            return self._memory.counted(ref, at)


class Memory:
    """Texts answered within the last hour, as one process remembers them: ``most`` numbers."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._answered: dict[str, tuple[datetime, ...]] = {}
        self._lock = threading.Lock()

    def counted(self, ref: str, now: datetime) -> bool:
        """Whether one more from this reference may be answered; it then counts."""
        with self._lock:
            lately = tuple(at for at in self._answered.pop(ref, ()) if at > now - HOUR)
            allowed = len(lately) < MOST_ANSWERS_AWAY
            self._answered[ref] = (*lately, now) if allowed else lately
            while len(self._answered) > self._most:
                del self._answered[next(iter(self._answered))]
        return allowed


def one_at_a_time(connection: Connection) -> None:
    """Nobody else counts until this transaction ends. In SQLite every writer is alone anyway."""
    exclusive(connection, TEXT_LOCK)


def within(connection: Connection, row: Mapping[str, Any], caps: Caps) -> bool:
    """Whether the text of this row, not yet kept, stays inside every limit.

    Texts that failed count too: a stranger who makes them fail must not be free to go on.
    """
    now = row["asked_at"]
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    asked = {name: row[name] for name in ("call_ref", "number_ref", "caller_ref", "prefix_ref")}
    since = {"hour": now - HOUR, "day": now - DAY, "month": month}
    found = connection.execute(COUNTS, asked | since).one()._mapping
    pence = (found["segments"] + row["segments"]) * caps.pence_a_segment
    room = all(found[name] < getattr(caps, name) for name in COUNTED)
    return room and bool(pence <= caps.pence_a_month)


def _own(name: str) -> ColumnElement[bool]:
    """Texts that have this in common with the one that is asked for."""
    return message.c[name] == bindparam(name)


def _since(name: str) -> ColumnElement[bool]:
    return message.c.asked_at > bindparam(name)


COUNTED = {
    "a_call": (_own("call_ref"),),
    "a_destination_a_day": (_own("number_ref"), _since("day")),
    # Withheld callers are many people: each has the limit of a call, not one for all of them.
    "a_caller_a_day": (_own("caller_ref"), message.c.caller_ref != "", _since("day")),
    "a_prefix_an_hour": (_own("prefix_ref"), _since("hour")),
    "a_day": (_since("day"),),
    "a_month": (THIS_MONTH,),
}
"""Which texts to callers are counted for each limit of Caps."""


def _counts() -> Select[Any]:
    """One query for all of them, and for the parts of all texts that this month's money paid."""
    callers = select(func.count()).select_from(message).where(message.c.topic != NOTICE)
    counts = [callers.where(*which).label(name) for name, which in COUNTED.items()]
    parts = select(func.coalesce(func.sum(message.c.segments), 0)).where(THIS_MONTH)
    return select(*counts, parts.label("segments"))


COUNTS = _counts()
"""Made once: making it takes longer than asking it."""


def _counted_in(connection: Connection, number_ref: str, now: datetime) -> bool:
    one_at_a_time(connection)
    connection.execute(delete(text_in).where(text_in.c.at <= now - HOUR))
    own = select(func.count()).select_from(text_in).where(text_in.c.number_ref == number_ref)
    if connection.execute(own).scalar_one() >= MOST_ANSWERS:
        return False
    connection.execute(insert(text_in).values({"number_ref": number_ref, "at": now}))
    return True
