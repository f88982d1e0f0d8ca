"""What callers did, counted day by day from the journal, and read back for a span of days.

Owns when a day is counted. Counting a day anew gives the same, so it may be done at any time, by
any worker; a day that is long over is never touched again. Times are UTC, days London's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from ivr.config import LONDON
from ivr.flow import family
from ivr.line.statistics import CountKey, Noted, counted
from ivr.store.count_tables import tally, tally_day
from ivr.store.database import Kept
from ivr.store.outbox import ORDER
from ivr.store.rows import Lock, put
from ivr.store.tables import journal, sms

DAY = timedelta(days=1)
LONGEST_CALL = timedelta(hours=5)
"""A call may go on after midnight; Twilio ends it after four hours."""
SETTLES_AFTER = timedelta(hours=12)
"""From then on nothing more comes to a day: no call goes on, and every text's fate is known."""


@dataclass(frozen=True, slots=True)
class Span:
    """What callers did on the days from ``first`` to ``last``.

    ``days``: calls and served of each day that had any. ``counted_at``: when the last of these days
    was counted, None where none is.
    """

    first: date
    last: date
    calls: Mapping[CountKey, int]
    days: Mapping[date, tuple[int, int]]
    counted_at: datetime | None

    def of(self, what: str, at: str = "", to: str = "") -> int:
        """How many calls did this."""
        return self.calls.get(CountKey(what, at, to), 0)

    def each(self, what: str) -> dict[tuple[str, str], int]:
        """Every count of one kind, by where it was, the largest first."""
        found = {(key.at, key.to): calls for key, calls in self.calls.items() if key.what == what}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


class Statistics(Kept):
    """The counts in the database. Everything here raises StoreDownError."""

    def count(self, now: datetime) -> int:
        """Count every day that is not settled, oldest first; how many days there were."""
        days = list(self._open(now))
        for day in days:
            self._count(day, now)
        return len(days)

    def recount(self, since: datetime, now: datetime) -> None:
        """Count every day from ``since`` on anew, settled or not: their journal is still there."""
        day = since.astimezone(LONDON).date()
        with self._store.write(lock=Lock.STATISTICS) as connection:
            for table in (tally, tally_day):
                connection.execute(delete(table).where(table.c.day >= day))
        self.count(now)

    def between(self, first: date, last: date) -> Span:
        """What callers did from ``first`` to ``last``, both included."""
        within = tally.c.day.between(first, last)
        total = func.sum(tally.c.calls)
        sums = select(tally.c.what, tally.c.at, tally.c.to, total).where(within)
        daily = select(tally.c.day, tally.c.what, tally.c.calls).where(
            within, tally.c.what.in_(("calls", "served"))
        )
        newest = select(func.max(tally_day.c.counted_at)).where(
            tally_day.c.day.between(first, last)
        )
        with self._store.read() as connection:
            rows = connection.execute(sums.group_by(tally.c.what, tally.c.at, tally.c.to)).all()
            days = _by_day(connection.execute(daily))
            at = connection.execute(newest).scalar()
        calls = {CountKey(*row[:3]): int(row[3]) for row in rows}
        return Span(first, last, calls, days, at)

    def sums(self, what: Iterable[str], first: date, last: date) -> dict[str, int]:
        """How many calls did each of these, wherever, from ``first`` to ``last``."""
        within = tally.c.day.between(first, last) & tally.c.what.in_(tuple(what))
        sums = select(tally.c.what, func.sum(tally.c.calls)).where(within).group_by(tally.c.what)
        return {row[0]: int(row[1]) for row in self._store.rows(sums)}

    def _open(self, now: datetime) -> Iterator[date]:
        """The days from the first of the journal to today that are not settled."""
        oldest = self._store.value(select(func.min(journal.c.at)))
        done = set(self._store.values(select(tally_day.c.day).where(tally_day.c.settled)))
        day = (oldest or now).astimezone(LONDON).date()
        while day <= now.astimezone(LONDON).date():
            if day not in done:
                yield day
            day += DAY

    def _count(self, day: date, now: datetime) -> None:
        with self._store.read() as connection:
            counts = counts_of(connection, day)
        settled = now >= bounds(day)[1] + SETTLES_AFTER
        rows = [{"day": day, **key._asdict(), "calls": calls} for key, calls in counts.items()]
        with self._store.write(lock=Lock.STATISTICS) as connection:
            connection.execute(delete(tally).where(tally.c.day == day))
            if rows:
                connection.execute(insert(tally), rows)
            put(connection, tally_day, {"day": day}, {"counted_at": now, "settled": settled})


def counts_of(connection: Connection, day: date) -> Counter[CountKey]:
    """What the calls that began on a London day count for, as far as they have come."""
    begin, end = bounds(day)
    return Counter(_keys(_calls(connection, begin, end), _texted(connection, begin, end)))


def bounds(day: date) -> tuple[datetime, datetime]:
    """When a London day begins and ends: 23, 24 or 25 hours."""
    begin = datetime.combine(day, time(), LONDON)
    return begin.astimezone(UTC), datetime.combine(day + DAY, time(), LONDON).astimezone(UTC)


def _calls(
    connection: Connection, begin: datetime, end: datetime
) -> dict[str, tuple[datetime, list[Noted]]]:
    """The notes of every call that began between the two, in order, with when it began."""
    names = (journal.c.call_ref, journal.c.at, journal.c.event, journal.c.place, journal.c.detail)
    window = select(*names).where(journal.c.at >= begin, journal.c.at < end + LONGEST_CALL)
    calls: dict[str, tuple[datetime, list[Noted]]] = {}
    for row in connection.execute(window.order_by(journal.c.id)):
        if row.event == "rang" and row.at < end:
            calls.setdefault(row.call_ref, (row.at, []))
        if row.call_ref in calls:
            calls[row.call_ref][1].append(Noted(row.event, row.place, row.detail))
    return calls


def _texted(connection: Connection, begin: datetime, end: datetime) -> set[str]:
    """The calls whose text has reached the carrier, and was not refused by it."""
    query = select(sms.c.call_ref).where(
        sms.c.asked_at >= begin,
        sms.c.asked_at < end + LONGEST_CALL,
        sms.c.status.in_(ORDER),
    )
    return set(connection.execute(query).scalars())


def _keys(
    calls: Mapping[str, tuple[datetime, list[Noted]]], texted: set[str]
) -> Iterator[CountKey]:
    for call_ref, (began, notes) in calls.items():
        yield from counted(notes, began.astimezone(LONDON).hour, call_ref in texted, family)


def _by_day(rows: Iterable[Row[Any]]) -> dict[date, tuple[int, int]]:
    days: dict[date, tuple[int, int]] = {}
    for row in rows:
        rang, served = days.get(row.day, (0, 0))
        days[row.day] = (row.calls, served) if row.what == "calls" else (rang, row.calls)
    return days
