"""How texts went: the day's and the month's sums, and each that did not arrive.

Owns reading the outbox for people. No number is in what it gives. Times are UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, ScalarSelect, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from ivr.store.answers import answers_used
from ivr.store.database import Store, utc
from ivr.store.limits import DAY, NOTICE, Budget, Caps, answers_budgets, month_of, staff_budget
from ivr.store.outbox import STUCK_AFTER, UNFINISHED, WAITING
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


class Sent:
    """What can be told of the texts. Everything here raises StoreDownError."""

    def __init__(self, store: Store, caps: Caps) -> None:
        self._store = store
        self._caps = caps

    def lately(self, now: datetime) -> Mapping[str, int]:
        """How many texts of the last 24 hours are at each status."""
        counts = select(sms.c.status, func.count().label("texts")).where(sms.c.asked_at > now - DAY)
        with self._store.read() as connection:
            rows = connection.execute(counts.group_by(sms.c.status))
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
        callers, staff = sms.c.topic != NOTICE, sms.c.topic == NOTICE
        today, in_month = sms.c.asked_at > now - DAY, sms.c.asked_at >= month_of(now)
        parts = select(func.coalesce(func.sum(sms.c.segments), 0))
        query = select(
            _count(and_(callers, today)),
            _count(and_(callers, in_month)),
            *(
                parts.where(*which).scalar_subquery()
                for which in (
                    (callers, in_month),
                    (staff, today),
                    (staff, in_month),
                )
            ),
        )
        day, texts, paid, *to_staff = connection.execute(query).one()
        caps = self._caps
        return (
            Use("a_day", day, caps.a_day),
            Use("a_month", texts, caps.a_month),
            Use("pence_a_month", paid * caps.pence_a_segment, caps.pence_a_month),
            *_of(staff_budget(caps), *to_staff),
        )

    def held_up(self) -> str:
        """The code with which the carrier serves nobody of this account; empty where it does.

        Known from the texts that wait for it.
        """
        waits = and_(sms.c.status == WAITING, sms.c.error.startswith(ACCOUNT_CODE))
        query = select(sms.c.error).where(waits).order_by(sms.c.tried_at.desc()).limit(1)
        with self._store.read() as connection:
            return (connection.execute(query).scalar() or "").removeprefix(ACCOUNT_CODE)

    def troubles(self, now: datetime) -> list[Trouble]:
        """The texts of the last seven days that did not arrive or are stuck, oldest first."""
        ended = sms.c.status.in_(NOT_ARRIVED)
        silent = and_(sms.c.status.in_(UNFINISHED), sms.c.tried_at <= now - STUCK_AFTER)
        held = or_(sms.c.asked_at <= now - STUCK_AFTER, sms.c.error.startswith(ACCOUNT_CODE))
        waits = and_(sms.c.status == WAITING, held)
        wrong = and_(sms.c.asked_at > now - WEEK, or_(ended, silent, waits))
        with self._store.read() as connection:
            rows = connection.execute(select(sms).where(wrong).order_by(sms.c.asked_at))
            return list(_troubles(rows))


def _of(budget: Budget, today: int, this_month: int) -> tuple[Use, Use]:
    month = budget.a_month * budget.pence
    return (
        Use(f"{budget.name}_a_day", today, budget.a_day),
        Use(f"{budget.name}_pence_a_month", this_month * budget.pence, month),
    )


def _count(which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(sms).where(which).scalar_subquery()


def _troubles(rows: Iterable[Row[Any]]) -> Iterator[Trouble]:
    for row in rows:
        # What was worked out for one caller has the words' reference behind the topic.
        topic = WORKED_OUT.sub("", row.topic)
        yield Trouble(row.id, utc(row.asked_at), topic, row.status, row.error)
