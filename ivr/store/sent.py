"""How texts went: the day's and the month's sums, what did not arrive, and what is still there.

Owns reading the outbox for people, and when the carrier's record of a text is due to go: after as
many days as the number and words here. No number is in what it gives. Times are UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from ivr.line.retention import KEPT
from ivr.store.answers import answers_used
from ivr.store.database import Kept, Store
from ivr.store.limits import DAY, Budget, Caps, answers_budgets, staff_budget, used
from ivr.store.outbox import STUCK_AFTER, UNFINISHED, WAITING
from ivr.store.rows import select_as
from ivr.store.tables import sms
from ivr.texts.ends import ACCOUNT_CODE

WEEK = timedelta(days=7)
NOT_ARRIVED = ("undelivered", "failed", "canceled")
WORKED_OUT = re.compile(r"-[0-9a-f]{32}$")
"""What stands behind the topic of a text whose words are one caller's own."""
LEVELS = (100, 80, 50)
"""Per cent of a limit at which somebody should know of it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A text that did not arrive, or of which nothing final is known (``status`` tells which).

    ``error``: the carrier's code, or our own word for it; may be empty.
    """

    id: str
    asked_at: datetime
    topic: str
    status: str
    error: str


@dataclass(frozen=True, slots=True)
class Use:
    """How much of a limit is used: ``a_day`` and ``a_month`` in texts, ``pence_a_month``.

    With the name of a budget before them: its parts in a day, and its pence.
    """

    limit: str
    used: int
    most: int

    @property
    def level(self) -> int:
        """The highest of LEVELS that is reached; 0 below all of them."""
        share = 100 if not self.most else 100 * self.used // self.most
        return next((level for level in LEVELS if share >= level), 0)


class Sent(Kept):
    """What can be told of the texts. Everything here raises StoreDownError."""

    def __init__(self, store: Store, caps: Caps) -> None:
        super().__init__(store)
        self._caps = caps

    def lately(self, now: datetime) -> Mapping[str, int]:
        """How many texts of the last 24 hours are at each status."""
        counts = select(sms.c.status, func.count().label("texts")).where(sms.c.asked_at > now - DAY)
        rows = self._store.rows(counts.group_by(sms.c.status))
        return {row.status: row.texts for row in rows}

    def used(self, now: datetime) -> tuple[Use, ...]:
        """How much of each total is used: of texts to callers, to staff, and of each budget of
        answers."""
        now = now.astimezone(UTC)
        with self._store.read() as connection:
            answered = [
                use
                for budget in answers_budgets(self._caps)
                for use in _of(budget, *answers_used(connection, budget, now))
            ]
            return (*self._texts(connection, now), *answered)

    def _texts(self, connection: Connection, now: datetime) -> tuple[Use, ...]:
        found, caps = used(connection, now), self._caps
        return (
            Use("a_day", found.a_day, caps.a_day),
            Use("a_month", found.a_month, caps.a_month),
            Use("pence_a_month", found.segments * caps.pence_a_segment, caps.pence_a_month),
            *_of(staff_budget(caps), found.staff_today, found.staff_this_month),
        )

    def held_up(self) -> str:
        """The code with which the carrier serves nobody of this account; empty where it does.

        Known from the texts that wait for it.
        """
        waits = and_(sms.c.status == WAITING, sms.c.error.startswith(ACCOUNT_CODE))
        query = select(sms.c.error).where(waits).order_by(sms.c.tried_at.desc()).limit(1)
        return (self._store.value(query) or "").removeprefix(ACCOUNT_CODE)

    def troubles(self, now: datetime) -> list[Trouble]:
        """The texts of the last seven days that did not arrive or are stuck, oldest first."""
        ended = sms.c.status.in_(NOT_ARRIVED)
        silent = and_(sms.c.status.in_(UNFINISHED), sms.c.tried_at <= now - STUCK_AFTER)
        held = or_(sms.c.asked_at <= now - STUCK_AFTER, sms.c.error.startswith(ACCOUNT_CODE))
        waits = and_(sms.c.status == WAITING, held)
        wrong = and_(sms.c.asked_at > now - WEEK, or_(ended, silent, waits))
        query = select_as(Trouble, sms).where(wrong).order_by(sms.c.asked_at)
        return [_of_topic(each) for each in self._store.all(Trouble, query)]


class TextsThere(Kept):
    """The carrier's records of texts, by the ids in our rows and no others.

    A row has the carrier's id as long as there is such a record. Everything here raises
    StoreDownError.
    """

    def due(self, now: datetime, most: int) -> list[tuple[str, str]]:
        """Our id and the carrier's of each text whose record is to go now.

        ``next_at`` tells when a text that was handed over is looked at again.
        """
        now = now.astimezone(UTC)
        free = and_(_past(now), sms.c.next_at <= now)
        query = select(sms.c.id, sms.c.carrier_sid).where(free).order_by(sms.c.next_at)
        return [(text, carrier_sid) for text, carrier_sid in self._store.rows(query.limit(most))]

    def gone(self, message_id: str) -> None:
        """The carrier has it no more."""
        self._store.change(update(sms).where(sms.c.id == message_id).values(carrier_sid=None))

    def later(self, message_id: str, at: datetime) -> None:
        """Not now: try again at ``at``."""
        self._store.change(update(sms).where(sms.c.id == message_id).values(next_at=at))

    def late(self, now: datetime, by: timedelta) -> int:
        """How many are still there so long after their time."""
        return self._store.count(sms, _past(now.astimezone(UTC) - by))


def _of(budget: Budget, today: int, this_month: int) -> tuple[Use, Use]:
    month = budget.a_month * budget.pence
    return (
        Use(f"{budget.name}_a_day", today, budget.a_day),
        Use(f"{budget.name}_pence_a_month", this_month * budget.pence, month),
    )


def _of_topic(text: Trouble) -> Trouble:
    """What was worked out for one caller has the words' reference behind the topic."""
    return replace(text, topic=WORKED_OUT.sub("", text.topic))


def _past(now: datetime) -> ColumnElement[bool]:
    old = sms.c.asked_at <= now - KEPT["number"]
    return and_(sms.c.carrier_sid.is_not(None), old)
