"""Open or closed, and when next.

Owns the sums about opening hours. Takes London times as arguments; never asks a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

LOOK_AHEAD_DAYS = 60
"""An opening further off than this is not worth saying: the line then gives no day."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly opening times, Monday first, each day a tuple of (from, until), and days closed."""

    week: tuple[tuple[tuple[time, time], ...], ...]
    closed: frozenset[date] = frozenset()

    def spans(self, day: date) -> tuple[tuple[time, time], ...]:
        """When an adviser is there on ``day``; empty when closed."""
        return () if day in self.closed else self.week[day.weekday()]


def is_open(hours: Hours, now: datetime) -> bool:
    """True from the opening minute up to, not including, the closing minute, London time."""
    return any(start <= now.time() < end for start, end in hours.spans(now.date()))


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """The first opening after ``now``, in the zone of ``now``; None if there is none in 60 days."""
    return next((at for at in _openings(hours, now) if at > now), None)


def _openings(hours: Hours, now: datetime) -> Iterator[datetime]:
    for ahead in range(LOOK_AHEAD_DAYS):
        day = now.date() + timedelta(days=ahead)
        for start, _ in hours.spans(day):
            yield datetime.combine(day, start, tzinfo=now.tzinfo)
